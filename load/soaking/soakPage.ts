/** The report of a soak as one page: each measure over time, and what was judged of it. */
import { amountOf, html } from '../loadPage.ts';
import { judged } from './slope.ts';
import type { Verdict } from './slope.ts';
import { judgedSeriesOf, measures, seriesOf } from './sampled.ts';
import type { Measure, MeasureName } from './sampled.ts';
import type { Soaked } from './soak.ts';
import { timePlot } from './timePlot.ts';

export const measureNames = Object.keys(measures) as readonly MeasureName[];

/** A soak, and under which circumstances it was. */
export interface SoakRun {
  readonly soaked: Soaked;
  readonly minutes: number;
  /** Of what its load is made. */
  readonly how: string;
  readonly command: string;
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
  /** Of the machine, before. */
  readonly load: number;
}

export type Verdicts = Partial<Readonly<Record<MeasureName, Verdict>>>;

/** Of every measure that is judged. */
export function verdictsOf({ samples }: Pick<Soaked, 'samples'>): Verdicts {
  return Object.fromEntries(
    measureNames.flatMap((name) => {
      const { tolerance }: Measure = measures[name];
      return tolerance === undefined ? [] : [[name, judged(judgedSeriesOf(samples, name), tolerance)]];
    }),
  );
}

/** One line for people. */
export function sentenceOf(name: MeasureName, { ok, rise, allowed, mean }: Verdict): string {
  const { unit }: Measure = measures[name];
  const amounts = [rise, mean, allowed].map((one) => `${amountOf(Math.round(one * 10) / 10)} ${unit}`.trim());
  const [rises, around, most] = amounts;
  return `${ok ? 'flat' : 'GROWS'}: the second half rises by ${rises} around ${around}; ${most} is allowed`;
}

export function soakPage({ soaked, how, command, date, machine, versions }: SoakRun): string {
  const circumstances = `${command}, ${date}. ${machine}. ${versions}. ${how}`;
  const verdicts = verdictsOf(soaked);
  const sections = measureNames.map((name) => {
    const verdict = verdicts[name];
    const told = verdict === undefined ? 'not judged' : sentenceOf(name, verdict);
    const plot = timePlot({ ...titled(name), points: seriesOf(soaked.samples, name) });
    return `${plot}<p class="${verdict?.ok === false ? 'bad' : ''}">${html(told)}</p>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Troupe over time</title><style>${style}</style>
<h1>Troupe over time</h1>
<p>${html(circumstances)}</p>
<p>${html(`${soaked.checked}; the worker was killed ${soaked.kills} times.`)}</p>
${sections.join('\n')}
</html>
`;
}

const style =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:760px;margin:2em auto;padding:0 1em;color:#222;' +
  'background:#fff}svg{width:100%;margin-top:1em}p{color:#555;margin:0}.bad{color:#c00;font-weight:bold}' +
  '@media(prefers-color-scheme:dark){body{background:#16181d;color:#e4e6ea}p{color:#a9afba}' +
  '.bad{color:#ff8a80}}';

function titled(name: MeasureName): { readonly title: string; readonly unit: string } {
  const { name: title, unit } = measures[name];
  return { title, unit };
}
