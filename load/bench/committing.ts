/**
 * Which way of committing with lmdb is the fastest for one group after the other, and the cheapest in
 * processor time? The measurements behind docs/decisions/0002-synchronous-commits.md.
 */
import assert from 'node:assert/strict';
import { scratch, slowness } from '../disk.ts';
import { Floor } from '../floor.ts';
import { inTurns, median, medianRatio, percentile } from '../measure.ts';
import type { Samples } from '../measure.ts';
import { bench, short, times } from '../report.ts';
import type { Report } from '../report.ts';

const rounds = 7;
const shapes = [
  { name: '1 KB', values: 1, bytes: 1024, groups: 600 },
  { name: '32 KB', values: 1, bytes: 32_000, groups: 400 },
  { name: '64 KB', values: 1, bytes: 65_536, groups: 250 },
  { name: '320 KB as 5 values', values: 5, bytes: 65_536, groups: 100 },
  { name: '320 KB as 10 values', values: 10, bytes: 32_000, groups: 100 },
] as const;
const modes = ['synchronous', 'asynchronous', 'overlapped'] as const;
type Mode = (typeof modes)[number];

interface Result {
  readonly name: string;
  readonly rates: Samples<Mode>;
  readonly p50: Readonly<Record<Mode, number>>;
  readonly cpu: Readonly<Record<Mode, number>>;
}

await bench(measure);

async function measure(): Promise<Report> {
  const results: Result[] = [];
  for (const shape of shapes) results.push(await compare(shape));
  return {
    name: 'committing',
    question: 'Which way of committing is the fastest for one group after the other?',
    settings: [
      'lmdb alone; the next group is put when the one before is flushed. Processor time is that of all ' +
        'threads.',
      'Synchronous: transactionSync in the calling thread; asynchronous: put and `flushed`, by lmdb’s ' +
        'thread; overlapped: the same with overlappingSync, lmdb’s default.',
      `Medians of ${rounds} rounds, taking turns.`,
    ],
    tables: [
      {
        columns: ['group', 'mode', 'beside synchronous', 'groups/s', 'p50', 'processor time a group'],
        rows: results.flatMap(rowsOf),
      },
    ],
    goals: [],
  };
}

function rowsOf({ name, rates, p50, cpu }: Result): string[][] {
  return modes.map((mode, i) => [
    i === 0 ? name : '',
    mode,
    times(medianRatio(rates[mode], rates.synchronous)),
    short(median(rates[mode])),
    `${p50[mode].toFixed(3)} ms`,
    `${cpu[mode].toFixed(0)} µs`,
  ]);
}

async function compare(shape: (typeof shapes)[number]): Promise<Result> {
  const groups = Math.max(20, Math.round(shape.groups / slowness()));
  const floors = {
    synchronous: new Floor(scratch('synchronous')),
    asynchronous: new Floor(scratch('asynchronous')),
    overlapped: new Floor(scratch('overlapped'), { overlappingSync: true }),
  };
  const values = Array.from({ length: shape.values }, (_, i) => Buffer.alloc(shape.bytes, i + 1));
  const took: Record<Mode, number[]> = { synchronous: [], asynchronous: [], overlapped: [] };
  const cpu: Record<Mode, number[]> = { synchronous: [], asynchronous: [], overlapped: [] };
  const variant = (mode: Mode) => async () => {
    const floor = floors[mode];
    const used = process.cpuUsage();
    const start = performance.now();
    for (let i = 0; i < groups; i++) {
      const begun = performance.now();
      if (mode === 'synchronous') floor.append(...values);
      else await floor.appendLater(...values);
      took[mode].push(performance.now() - begun);
    }
    const elapsed = performance.now() - start;
    const { user, system } = process.cpuUsage(used);
    cpu[mode].push((user + system) / groups);
    return (groups / elapsed) * 1000;
  };
  const rates = await inTurns<Mode>(rounds, () => ({
    synchronous: variant('synchronous'),
    asynchronous: variant('asynchronous'),
    overlapped: variant('overlapped'),
  }));
  for (const floor of Object.values(floors)) {
    assert.equal(floor.groups, (rounds + 1) * groups * shape.values);
    assert.equal(floor.at(floor.groups)?.length, shape.bytes);
    await floor.close();
  }
  const each = (of: (mode: Mode) => number): Record<Mode, number> => ({
    synchronous: of('synchronous'),
    asynchronous: of('asynchronous'),
    overlapped: of('overlapped'),
  });
  return {
    name: shape.name,
    rates,
    p50: each((mode) => percentile(took[mode], 50)),
    cpu: each((mode) => median(cpu[mode])),
  };
}
