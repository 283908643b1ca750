/** The report of a soak as one page: each measure over time, and what was judged of it. */
import { amountOf, circumstancesIn, html } from '../loadPage.ts';
import type { Circumstances } from '../loadPage.ts';
import { measures, seriesOf, shownOf, verdictsOf } from './measures.ts';
import type { MeasureName, Verdicts } from './measures.ts';
import type { Verdict } from './slope.ts';
import type { Soaked } from './soak.ts';
import { timePlot } from './timePlot.ts';

/** A soak, and under which circumstances it was. */
export interface SoakRun extends Circumstances {
  readonly soaked: Soaked;
  readonly minutes: number;
  /** Of what its load is made. */
  readonly how: string;
  /** It did not come to its end: its samples are kept, and say nothing for or against. */
  readonly interrupted?: true;
}

/** None of a soak that was interrupted. */
export function verdictsIn({ soaked, interrupted }: Pick<SoakRun, 'soaked' | 'interrupted'>): Verdicts {
  return interrupted === true ? {} : verdictsOf(soaked.samples);
}

/** One line for people. */
export function sentenceOf(name: MeasureName, verdict: Verdict): string {
  const { ok, rise, allowed, median, max } = verdict;
  const { unit } = measures[name];
  const amountIn = (one: number): string => `${amountOf(Math.round(one * 10) / 10)} ${unit}`.trim();
  const around = `around ${amountIn(median)} (median; ${amountIn(max)} at most)`;
  const rises = `the second half rises by ${amountIn(rise)} ${around}`;
  return `${ok ? 'flat' : 'GROWS'}: ${rises}; ${amountIn(allowed)} is allowed`;
}

export function soakPage(run: SoakRun): string {
  const { soaked, how, interrupted = false } = run;
  const verdicts = verdictsIn(run);
  const ended = interrupted ? 'It was interrupted, and so is not judged. ' : '';
  const sections = shownOf(soaked.samples).map((name) => {
    const verdict = verdicts[name];
    const told = verdict === undefined ? 'not judged' : sentenceOf(name, verdict);
    const plot = timePlot({ ...titled(name), points: seriesOf(soaked.samples, name) });
    return `${plot}<p class="${verdict?.ok === false ? 'bad' : ''}">${html(told)}</p>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Troupe over time</title><style>${style}</style>
<h1>Troupe over time</h1>
${circumstancesIn(run)}
<p>${html(`${ended}${how}. ${soaked.checked}; the worker was killed ${soaked.kills} times.`)}</p>
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
