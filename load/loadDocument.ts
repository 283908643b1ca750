/**
 * docs/LOAD.md: what `npm run load -- --publish` and `npm run soak -- --publish` measured, as text, with its
 * plots. Each of the two keeps its figures in docs/load/ as data, so that one can be repeated without the
 * other.
 */
import { amountOf, latencyPlot, marks, msOf } from './loadPage.ts';
import type { Circumstances, LoadRun } from './loadPage.ts';
import { warningOf } from './quiet.ts';
import { short, tableOf } from './report.ts';
import type { SoakRun } from './soaking/soakPage.ts';
import { sentenceOf, verdictsIn } from './soaking/soakPage.ts';
import { measures, seriesOf, shownOf, warmUpSeconds } from './soaking/measures.ts';
import { timePlot } from './soaking/timePlot.ts';
import type { Result } from './underLoad.ts';

export interface LoadDocument {
  readonly text: string;
  /** By file name, beside the data. */
  readonly plots: ReadonlyMap<string, string>;
}

const intro = `# Under load

Written by \`npm run load -- --publish\` and \`npm run soak -- --publish\`; do not edit. A server in a process
of its own, on a disk, is put under load over HTTP by clients that share its machine. Every answer that is no
2xx fails a scenario, and so gives no figures; refusals that a scenario provokes on purpose (429) are counted
apart. Then the server ends, its directory is opened again, and what was answered is looked for in the
journal, before a figure is written. Single operations, beside what else one could use:
[BENCHMARKS.md](BENCHMARKS.md).`;

export function loadDocument(load: LoadRun | undefined, soak: SoakRun | undefined): LoadDocument {
  const plots = new Map<string, string>();
  const parts = [
    intro,
    ...(load === undefined ? [] : loadParts(load, plots)),
    ...(soak === undefined ? [] : soakParts(soak, plots)),
  ];
  return { text: `${parts.filter((part) => part !== '').join('\n\n')}\n`, plots };
}

function loadParts(run: LoadRun, plots: Map<string, string>): string[] {
  const { results, load } = run;
  return [
    '## Scenarios',
    warningOf(load),
    tableOf({
      columns: ['', 'requests', 'answered', 'refused on purpose', 'cut off at the end', 'errors'],
      rows: results.map(({ name, traffic }) => {
        const { sent, answered, refused, cutOff, failed } = traffic;
        const linked = `[${name}](#${name.toLowerCase()})`;
        return [linked, ...[sent, answered, refused, cutOff, failed].map(String)];
      }),
    }),
    'A request is cut off when time is up before its answer has come: it is recorded once, or not at all. ' +
      'A stream counts as one.',
    ...results.map((result) => scenarioPart(result, plots)),
    circumstancesOf(run),
  ];
}

function scenarioPart(result: Result, plots: Map<string, string>): string {
  const { name, question, figures, latencies, remarks = [], checked, seconds } = result;
  const plot = latencyPlot(result);
  if (plot !== undefined) plots.set(`${name}.svg`, plot);
  return [
    `### ${name}`,
    `**${question}**`,
    tableOf({
      columns: ['figure', 'value'],
      rows: figures.map(({ name: title, value, unit }) => [title, `${amountOf(value)}${unit}`]),
    }),
    ...(latencies.length === 0
      ? []
      : [
          tableOf({
            columns: ['milliseconds', ...marks, 'values'],
            rows: latencies.map(({ name: title, ms, count }) => [title, ...msOf(ms), short(count)]),
          }),
        ]),
    ...(plot === undefined ? [] : [`![${name}: latency](load/${name}.svg)`]),
    ...remarks,
    `Checked: ${checked.join('; ')}. It took ${seconds.toFixed(0)} s.`,
  ].join('\n\n');
}

function soakParts(run: SoakRun, plots: Map<string, string>): string[] {
  const { soaked, minutes, load, how, interrupted = false } = run;
  const shown = shownOf(soaked.samples);
  const verdicts = verdictsIn(run);
  const judged = shown.flatMap((name) => {
    const verdict = verdicts[name];
    return verdict === undefined
      ? []
      : [[measures[name].name, String(verdict.count), sentenceOf(name, verdict)]];
  });
  const images = shown.map((name) => {
    const { name: title, unit } = measures[name];
    plots.set(`soak-${name}.svg`, timePlot({ title, unit, points: seriesOf(soaked.samples, name) }));
    return `![${title}](load/soak-${name}.svg)`;
  });
  return [
    `## Soak: ${minutes} minutes`,
    warningOf(load),
    `${how}. ${soaked.checked}; the worker was killed ${soaked.kills} times. What may not grow is judged ` +
      'by the line through the second half of its samples (grey in the plots), the first ' +
      `${warmUpSeconds / 60} minutes never.`,
    interrupted ? 'It was interrupted, and so is not judged.' : '',
    judged.length === 0 ? '' : tableOf({ columns: ['measure', 'samples', 'verdict'], rows: judged }),
    images.join('\n'),
    circumstancesOf(run),
  ];
}

function circumstancesOf(run: Circumstances): string {
  const { command, commit, date, machine, versions, load } = run;
  const when = `${date.slice(0, 10)}, commit ${commit}, load ${load.toFixed(1)} before`;
  return `*${when}. ${machine}. ${versions}. \`${command}\`.*`;
}
