/** Colours of the inspector, light and dark; those of the chart are beside them in chart/theme.ts. */
export const colours = `
:root{
  --page:#f4f6fa;--panel:#fff;--raised:#f8fafc;--line:#dde3ec;--ink:#0f172a;--muted:#475569;--faint:#566275;
  --accent:#1d4ed8;--accent-ink:#fff;--glow:#e3ecff;--hover:#eef2f9;
  --good:#15803d;--good-back:#dcfce7;--bad:#b91c1c;--bad-back:#fee2e2;--warn:#92400e;--warn-back:#fef3c7;
  --hue0:#475569;--hue1:#1d4ed8;--hue2:#6d28d9;--hue3:#0f766e;--hue4:#92400e;--hue5:#be185d;--hue6:#3f6212;
  --hue7:#0369a1;--shadow:0 1px 2px rgb(15 23 42/.06),0 1px 8px rgb(15 23 42/.04);
  --sans:Inter,system-ui,"Segoe UI",Helvetica,Arial,"Liberation Sans",sans-serif;
  --mono:ui-monospace,"JetBrains Mono",Menlo,Consolas,"Liberation Mono",monospace;
  color-scheme:light;
}
:root[data-theme=dark]{
  --page:#090f19;--panel:#0d1420;--raised:#121b2a;--line:#223047;--ink:#e8eef6;--muted:#b3c0d2;
  --faint:#94a3b8;
  --accent:#7aa8ff;--accent-ink:#0b1220;--glow:#172a4d;--hover:#152033;
  --good:#4ade80;--good-back:#0e2a1b;--bad:#fca5a5;--bad-back:#3a1517;--warn:#fcd34d;--warn-back:#33270b;
  --hue0:#aab8cb;--hue1:#8fb4ff;--hue2:#c4b0ff;--hue3:#5eead4;--hue4:#fdba74;--hue5:#f9a8d4;--hue6:#bef264;
  --hue7:#7dd3fc;--shadow:none;
  color-scheme:dark;
}
.hue0{--hue:var(--hue0)}.hue1{--hue:var(--hue1)}.hue2{--hue:var(--hue2)}.hue3{--hue:var(--hue3)}
.hue4{--hue:var(--hue4)}.hue5{--hue:var(--hue5)}.hue6{--hue:var(--hue6)}.hue7{--hue:var(--hue7)}
`;
