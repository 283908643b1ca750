/**
 * Does what has ended leave memory behind? The heap after forced collections over 2000 sealed runs, each of
 * which was watched to its end, and over 2000 subscriptions that came and went (10 000 each when
 * BENCH_LONG=1). More than the bounds fails the process; so does a control that keeps a little of each and
 * stays within them: bounds that nothing breaks say nothing.
 */
import assert from 'node:assert/strict';
import { openTroupe } from '../../runtime/index.ts';
import type { Troupe } from '../../runtime/index.ts';
import { scratch } from '../disk.ts';
import { collectGarbage, median } from '../measure.ts';
import { bench, fixed, goal, short } from '../report.ts';
import type { Goal, Report } from '../report.ts';

const isLong = process.env['BENCH_LONG'] === '1';
const count = isLong ? 10_000 : 2000;
/**
 * Runs before anything is measured. The journal knows where an actor stands whose last commit is in the last
 * 32 MiB of its log, and of 20 000 more: the long form begins when that is full, the short one allows for it.
 */
const warmRuns = isLong ? 45_000 : 2000;
const rounds = 5;
const atOnce = 100;
/** What stays in memory beside what is measured. */
const residentActors = 64;

interface Case {
  readonly title: string;
  /** Bytes of heap that each may leave. */
  readonly bytesMax: number;
  /** One after the other, so many at once; gives what a control keeps of each. */
  readonly one: (troupe: Troupe, id: string) => Promise<object>;
}

const cases: readonly Case[] = [
  { title: 'a sealed run', bytesMax: isLong ? 200 : 1500, one: ended },
  { title: 'a subscription', bytesMax: 50, one: subscribed },
];

await bench(measure);

/** Works and is watched until it is sealed. */
async function ended(troupe: Troupe, id: string): Promise<object> {
  const run = troupe.run(id);
  const subscription = run.subscribe({ wait: true });
  const said = [
    run.start({ title: 'A run that ends' }),
    run.send({ type: 'turn.start', turnId: 't' }),
    run.send({ type: 'turn.end', turnId: 't', status: 'ok' }),
    run.end({ cause: 'completed' }),
  ];
  let isSealed = false;
  for await (const { sealed } of subscription) isSealed = sealed;
  assert(isSealed, 'the seal is the last notification');
  await Promise.all(said);
  return (await run.digest()).digest;
}

/** Comes, is told where the run stands, and goes, in one of the ways there are. */
async function subscribed(troupe: Troupe, id: string): Promise<object> {
  const controller = new AbortController();
  const subscription = troupe.run('watched').subscribe({ signal: controller.signal });
  const { value } = await subscription.next();
  assert(value?.reset !== undefined, 'it begins with where the run stands');
  if (id.endsWith('0')) controller.abort();
  else await subscription.return();
  return value;
}

async function measure(): Promise<Report> {
  const troupe = await openTroupe({
    directory: scratch('leaks'),
    workers: 0,
    limits: { residentActors },
  });
  await troupe.run('watched').start();
  const rows: { readonly left: number; readonly control: number; readonly one: Case }[] = [];
  for (const one of cases) {
    const kept: object[] = [];
    await all(troupe, one, 'warm', one.one === ended ? warmRuns : count);
    const left: number[] = [];
    for (let round = 0; round < rounds; round++) left.push(await growth(troupe, one, `${round}`));
    const control = await growth(troupe, one, 'control', kept);
    assert.equal(kept.length, count);
    rows.push({ left: median(left), control, one });
  }
  await assertEmpty(troupe);
  await troupe.close();
  return reportOf(rows);
}

/** Bytes of heap that each has left. */
async function growth(troupe: Troupe, one: Case, name: string, kept?: object[]): Promise<number> {
  const before = await used(troupe);
  await all(troupe, one, name, count, kept);
  return ((await used(troupe)) - before) / count;
}

async function all(
  troupe: Troupe,
  { one }: Case,
  name: string,
  total: number,
  kept?: object[],
): Promise<void> {
  for (let i = 0; i < total; i += atOnce) {
    const some = Array.from({ length: atOnce }, async (_, k) => one(troupe, `${name}-${i + k}`));
    const results = await Promise.all(some);
    kept?.push(...results);
  }
}

async function used(troupe: Troupe): Promise<number> {
  await troupe.flush();
  for (let i = 0; i < 4; i++) {
    // What ended with this turn of the loop is let go in the next.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function assertEmpty(troupe: Troupe): Promise<void> {
  const { subscriptions, workers } = await troupe.stats();
  assert.deepEqual([subscriptions.subscribers, subscriptions.channels, workers[0]?.projections], [0, 0, 0]);
}

function reportOf(
  rows: readonly { readonly left: number; readonly control: number; readonly one: Case }[],
): Report {
  const bytes = (figure: number, bound?: number): string => `${fixed(figure, 0, bound)} B`;
  for (const { left, control, one } of rows) {
    assert(left <= one.bytesMax, `${one.title} leaves ${bytes(left)}, more than ${one.bytesMax}`);
    assert(control > one.bytesMax, `the control of ${one.title} stays within ${one.bytesMax} B: ${control}`);
  }
  return {
    name: 'leaks',
    question: 'Does what has ended leave memory behind?',
    settings: [
      `${short(count)} of each, ${atOnce} at once, in the caller’s thread; heap with array buffers after ` +
        `forced collections, medians of ${rounds} rounds after ${short(warmRuns)} runs. A run is watched ` +
        'to its seal, and its digest read; every tenth subscription is aborted, the others return. Of a ' +
        'sealed run, the journal knows for a while where it stands (some 800 B): a fixed amount, however ' +
        'many there are; the long form begins when that is full. The control ' +
        'keeps the digest, or the first notification, of each. Beyond the bounds, or with a control within ' +
        'them, the benchmark fails. BENCH_LONG=1: 10 k of each, after 45 k runs.',
    ],
    tables: [
      {
        columns: ['heap that each leaves', 'measured', 'the control', 'at most'],
        rows: rows.map(({ left, control, one }) => [
          one.title,
          bytes(left),
          bytes(control),
          bytes(one.bytesMax),
        ]),
      },
    ],
    goals: rows.map(({ left, one }): Goal => {
      const promise = `${one.title} leaves ≤ ${one.bytesMax} B of heap (${short(count)})`;
      return goal(promise, bytes(left, one.bytesMax), left <= one.bytesMax);
    }),
  };
}
