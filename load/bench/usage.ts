/**
 * Does asking what was used stay cheap with the number of runs? 10 k runs over 90 days (100 k when
 * BENCH_LONG=1) of four models and two engines, ended and reported on a clock that the benchmark moves; asked
 * after a tenth of them, and after all.
 */
import assert from 'node:assert/strict';
import { openTroupe } from '../../runtime/index.ts';
import type { Troupe } from '../../runtime/index.ts';
import { scratch } from '../disk.ts';
import { collectGarbage, median, processorTime } from '../measure.ts';
import { bench, fixed, goal, short, times } from '../report.ts';
import type { Report } from '../report.ts';

const runs = process.env['BENCH_LONG'] === '1' ? 100_000 : 10_000;
const few = runs / 10;
const days = 90;
const dayMs = 86_400_000;
const begin = Date.UTC(2026, 0, 1);
const end = begin + days * dayMs;
const models = ['large', 'medium', 'small', 'tiny'];
const engines = ['one', 'other'];
const tokens = { input: 1000, output: 100 };
const atOnce = 50;
const rounds = 9;
const wantedRatio = 1.2;
const wantedMs = 100;
const wantedDayMs = 10;

const questions = {
  'all of it, one sum': {},
  'all of it by model': { by: ['model'] },
  'all of it by model and engine': { by: ['model', 'engine'] },
  'all of it by hour': { by: ['hour'] },
  'one day by hour and model': { by: ['hour', 'model'], since: end - dayMs, until: end },
} as const;
type Question = keyof typeof questions;
const names = Object.keys(questions) as Question[];

/** Milliseconds of processor time, round by round. */
type Figures = Readonly<Record<Question, number[]>>;

await bench(measure);

async function measure(): Promise<Report> {
  let now = begin;
  const troupe = await openTroupe({ directory: scratch('usage'), workers: 0, clock: { now: () => now } });
  const use = async (count: number, id: string): Promise<void> => {
    for (let i = 0; i < count; i += atOnce) {
      const some = Array.from({ length: Math.min(atOnce, count - i) }, (_, k) => i + k);
      // Spread over all of the time, and over the hours of a day.
      now = begin + Math.floor((i / count) * days * dayMs);
      await Promise.all(some.map(async (n) => used(troupe, `${id}${n}`, n)));
    }
  };
  // Every hour has seen each model and engine before anything is asked: the buckets are there, full or not.
  let before = 0;
  for (let hour = 0; hour < days * 24; hour++) {
    now = begin + hour * 3_600_000;
    await Promise.all(pairs().map(async ([model, engine]) => one(troupe, `h${hour}`, model, engine)));
    before += pairs().length;
  }
  await use(few, 'few');
  const first = await asked(troupe, before + few);
  await use(runs - few, 'many');
  const all = await asked(troupe, before + runs);
  await troupe.close();
  return reportOf(first, all, before);
}

function pairs(): (readonly [model: string, engine: string])[] {
  return models.flatMap((model) => engines.map((engine) => [model, engine] as const));
}

async function used(troupe: Troupe, id: string, n: number): Promise<void> {
  const [model = '', engine = ''] = pairs()[n % pairs().length] ?? [];
  await one(troupe, id, model, engine);
}

/** A run that says what it used and ends. */
async function one(troupe: Troupe, id: string, model: string, engine: string): Promise<void> {
  const run = troupe.run(`${id}-${model}-${engine}`);
  const report = { type: 'usage', key: 'k', model, mode: 'delta', scope: 'turn', ...tokens } as const;
  const [, , { final }] = await Promise.all([
    run.start({ engine }),
    run.send(report),
    run.end({ cause: 'completed' }),
  ]);
  assert(final);
}

async function asked(troupe: Troupe, counted: number): Promise<Figures> {
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Figures; // All.
  for (let round = 0; round <= rounds; round++) {
    collectGarbage();
    for (const name of names) {
      let input = 0;
      const ms = await processorTime(async () => {
        for (const row of await troupe.usage(questions[name])) input += row.input;
      });
      if (!('since' in questions[name]))
        assert.equal(input, counted * tokens.input, 'every run is counted once');
      else assert(input >= pairs().length * 24 * tokens.input, 'the day is there');
      if (round > 0) figures[name].push(ms);
    }
  }
  return figures;
}

function reportOf(first: Figures, all: Figures, before: number): Report {
  const ratioOf = (name: Question): number => median(all[name]) / median(first[name]);
  const whole = names.filter((name) => !('since' in questions[name]));
  const worst = Math.max(...whole.map(ratioOf));
  const slowest = Math.max(...whole.map((name) => median(all[name])));
  const day = median(all['one day by hour and model']);
  return {
    name: 'usage',
    question: 'Does asking what was used stay cheap with the number of runs?',
    settings: [
      `${short(runs)} sealed runs over ${days} days, ${models.length} models and ${engines.length} ` +
        `engines, and before them ${short(before)} that fill each of the ${days * 24} hours’ ` +
        `counters once; in the caller’s thread, medians of ${rounds}. Every run is counted in each ` +
        `answer before its figure is told. Asked after ${short(few)} runs and after all. ` +
        'BENCH_LONG=1: 100 k runs.',
    ],
    tables: [
      {
        columns: ['', `after ${short(few)} runs`, `after ${short(runs)} runs`, 'ratio'],
        rows: names.map((name) => [
          name,
          `${median(first[name]).toFixed(1)} ms`,
          `${median(all[name]).toFixed(1)} ms`,
          times(ratioOf(name)),
        ]),
      },
    ],
    goals: [
      goal(
        `usage of ${days} days with ten times the runs ≤ ${wantedRatio} × (${short(runs)} runs)`,
        `${times(worst, wantedRatio)} at most`,
        worst <= wantedRatio,
      ),
      goal(
        `usage of ${days} days ≤ ${wantedMs} ms of a processor (${short(runs)} runs)`,
        `${fixed(slowest, 1, wantedMs)} ms at most`,
        slowest <= wantedMs,
      ),
      goal(
        `usage of a day ≤ ${wantedDayMs} ms of a processor (${short(runs)} runs)`,
        `${fixed(day, 1, wantedDayMs)} ms`,
        day <= wantedDayMs,
      ),
    ],
  };
}
