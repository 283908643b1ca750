/**
 * How a chart looks: one style sheet over custom properties, so that a page can set its own. Light and dark
 * are the same rules with other colours.
 */

export type Theme = 'light' | 'dark' | 'auto';

type Colours = Readonly<Record<string, string>>;

const light: Colours = {
  page: '#ffffff',
  box: '#ffffff',
  region: '#f8fafc',
  band: '#eef2f7',
  line: '#c3cddb',
  ink: '#0f172a',
  muted: '#4f5e75',
  arrow: '#7587a0',
  event: '#1d4ed8',
  guard: '#9a3412',
  action: '#3f6212',
  label: '#eff4ff',
  tag: '#e4e9f2',
  active: '#2563eb',
  glow: '#dbe8ff',
  heat: '#ea580c',
};

const dark: Colours = {
  page: '#0d1420',
  box: '#18212f',
  region: '#111a27',
  band: '#222e40',
  line: '#3b4a60',
  ink: '#e8eef6',
  muted: '#a9b7ca',
  arrow: '#7f92ac',
  event: '#93b8ff',
  guard: '#f5b58a',
  action: '#b5d98a',
  label: '#1b2840',
  tag: '#2c3a4f',
  active: '#6ea0ff',
  glow: '#1f3a6e',
  heat: '#f97316',
};

const rules = `
.chart{background:var(--chart-page);font-family:Inter,Helvetica,Arial,"Liberation Sans",system-ui,sans-serif}
.chart text{fill:var(--chart-ink);font-size:12px}
.chart .page{fill:var(--chart-page)}
.chart .box{fill:var(--chart-box);stroke:var(--chart-line);stroke-width:1.25}
.chart .frame{fill:var(--chart-region);stroke:var(--chart-line);stroke-width:1.25}
.chart .region>.frame{stroke-dasharray:5 4}
.chart .rows{fill:var(--chart-region)}
.chart .band{fill:var(--chart-band)}
.chart .rule{stroke:var(--chart-line);stroke-width:1}
.chart .ring{fill:none;stroke:var(--chart-line);stroke-width:1.25}
.chart .final>.box,.chart .final>.ring{stroke:var(--chart-muted)}
.chart .name{font-size:14px;font-weight:650}
.chart .event{font-weight:600;fill:var(--chart-event)}
.chart .guard{fill:var(--chart-guard)}
.chart .action{fill:var(--chart-action)}
.chart .word{fill:var(--chart-muted)}
.chart .more{font-size:11px;fill:var(--chart-muted)}
.chart .tag{font-size:10.5px;font-weight:600;fill:var(--chart-muted)}
.chart .chip{fill:var(--chart-tag)}
.chart .path{fill:none;stroke:var(--chart-arrow);stroke-width:1.5;stroke-linejoin:round}
.chart .head,.chart .dot{fill:var(--chart-arrow)}
.chart .label{fill:var(--chart-label)}
.chart .heat{fill:var(--chart-heat)}
.chart .active>.box{fill:var(--chart-glow);stroke:var(--chart-active);stroke-width:2}
.chart .active>.frame,.chart .active>.ring{stroke:var(--chart-active);stroke-width:1.75}
.chart .active>.rule{stroke:var(--chart-active);stroke-opacity:.5}
.chart .active>g>.chip{fill:var(--chart-box)}
`.trim();

/** How strong the colour of heat lies over a box; at its strongest every text on it can still be read. */
export const heatOpacity = (heat: number): number => 0.05 + heat * 0.25;

/** The style sheet; `auto` follows the reader's own setting. */
export function chartStyle(theme: Theme): string {
  const first = coloursOf(theme === 'dark' ? dark : light);
  const other = theme === 'auto' ? `@media(prefers-color-scheme:dark){${coloursOf(dark)}}\n` : '';
  return `${first}\n${other}${rules}`;
}

function coloursOf(colours: Colours): string {
  const all = Object.entries(colours).map(([name, value]) => `--chart-${name}:${value}`);
  return `.chart{${all.join(';')}}`;
}
