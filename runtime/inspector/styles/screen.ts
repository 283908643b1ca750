/** The screen of a PTY: dark in both themes, as terminals are. */
export const screen = `
.screenview{--glass:#0b1018;--glass-ink:#dbe4f0;--tty0:#1b2330;--tty1:#f87171;--tty2:#4ade80;--tty3:#facc15;
  --tty4:#60a5fa;--tty5:#e879f9;--tty6:#22d3ee;--tty7:#d5dde8;--tty8:#7b8ba1;--tty9:#fca5a5;--tty10:#86efac;
  --tty11:#fde047;--tty12:#93c5fd;--tty13:#f0abfc;--tty14:#67e8f9;--tty15:#f8fafc}
.screentitle{padding:15px 14px 9px 270px;color:var(--muted);text-align:right;font-size:12px}
.room{flex:1;min-height:0;overflow:auto;background:var(--glass);padding:14px}
.glass{font-family:var(--mono);line-height:1.28;color:var(--glass-ink);white-space:pre;margin:0 auto}
.glass .line{min-height:1.28em}
.glass .bold{font-weight:700}.glass .dim{opacity:.65}.glass .italic{font-style:italic}
.glass .underline{text-decoration:underline}.glass .strikethrough{text-decoration:line-through}
.glass .caret{background:var(--glass-ink);color:var(--glass)}
`;
