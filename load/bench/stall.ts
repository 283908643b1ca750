/**
 * How long does another thread's append wait while this one writes, carries rows out, or compacts? LMDB has
 * one writer at a time: whatever this thread does in one transaction, the others wait for.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { openJournal } from '../../storage/index.ts';
import type { OpenJournal, Writer } from '../../storage/index.ts';
import { Crew } from '../crew.ts';
import { scratch } from '../disk.ts';
import { percentile } from '../measure.ts';
import type { MetronomeData } from '../metronome.ts';
import { bench, fixed, goal } from '../report.ts';
import type { Report } from '../report.ts';

const actors = 10_000;
const commitsAtOnce = 1000;
const beatMs = 2;
const waitMsMax = 15;
const idle = 'nothing';
const carrying = 'appends, carrying rows out';

interface Phase {
  readonly name: string;
  readonly beats: readonly number[];
}

await bench(measure);

async function measure(): Promise<Report> {
  const journal = await openJournal({ directory: scratch('stall') });
  assert(journal.share !== undefined);
  const workerData: MetronomeData = { share: journal.share(), slot: 1, beatMs };
  const metronome = new Worker(new URL('../metronome.ts', import.meta.url), { workerData });
  const writer = await journal.writer(0);
  const crew = new Crew(actors);
  const phases: Phase[] = [];
  const phase = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    await taken(metronome, 'take');
    await work();
    phases.push({ name, beats: await taken(metronome, 'take') });
  };
  await pause(300);
  await phase(idle, async () => pause(1500));
  const before = journal.stats().otherPuts;
  await phase('appends, the tail not yet full', async () => appends(writer, crew, 40));
  assert(journal.stats().otherPuts - before < actors, 'no rider yet');
  await appends(writer, crew, 100);
  const ridden = journal.stats().otherPuts;
  await phase(carrying, async () => appends(writer, crew, 300));
  assert(journal.stats().otherPuts - ridden > actors, 'the riders rode');
  await phase('closing the writer', async () => writer.close());
  await phase('compacting', async () => compact(journal));
  const gone = once(metronome, 'exit');
  await taken(metronome, 'end');
  await gone;
  await crew.assertStored(journal);
  await journal.close();
  return reportOf(phases);
}

async function taken(metronome: Worker, word: 'take' | 'end'): Promise<number[]> {
  const answer = once(metronome, 'message');
  metronome.postMessage(word);
  const [beats] = (await answer) as [number[]];
  return beats;
}

/** As fast as they go, but with turns of the loop in between. */
async function appends(writer: Writer, crew: Crew, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await writer.append(crew.encoded(crew.turn(commitsAtOnce)));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function compact(journal: OpenJournal): Promise<void> {
  const { pages } = await journal.compact();
  assert(pages >= actors, 'every actor has a page');
}

function reportOf(phases: readonly Phase[]): Report {
  const p99Of = (phase: string): number =>
    percentile(phases.find(({ name }) => name === phase)?.beats ?? [], 99);
  const p99 = p99Of(carrying);
  const measured = `${fixed(p99, 1, waitMsMax)} ms (${p99Of(idle).toFixed(1)} ms with nothing beside it)`;
  return {
    name: 'stall',
    question: 'How long does another thread wait for this one?',
    settings: [
      `One thread appends 10 commits every ${beatMs} ms to its own slot; beside it this one appends ` +
        `${commitsAtOnce} commits at a time of ${actors / 1000} k actors, or does upkeep.`,
      'The longest wait is mostly the scheduler’s when the cores are taken: compare it with the first ' +
        'row and the load below. One run; the percentiles are those of its appends.',
    ],
    tables: [
      {
        columns: ['meanwhile', 'appends', 'p50', 'p99', 'longest'],
        rows: phases.map(({ name, beats }) => [
          name,
          String(beats.length),
          ...[50, 99, 100].map((p) => `${percentile(beats, p).toFixed(2)} ms`),
        ]),
      },
    ],
    goals: [goal(`p99 ≤ ${waitMsMax} ms while rows are carried out`, measured, p99 <= waitMsMax)],
  };
}
