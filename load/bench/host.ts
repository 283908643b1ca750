/**
 * How many durable sends a second (V1), beside XState alone in memory? 1000 actors, 2000 sends in flight,
 * one statechart. Hosted by one worker, by two, and in the caller's thread.
 */
import assert from 'node:assert/strict';
import { createActor } from 'xstate';
import { counting } from '../chart.ts';
import { Crowd, note, openHost } from '../crowd.ts';
import type { Hosted } from '../crowd.ts';
import { scratch } from '../disk.ts';
import { inTurns, median, medianRatio, rate, ratiosOf } from '../measure.ts';
import { bench, goal, ratioOf, short, spreadOf, times } from '../report.ts';
import type { Report } from '../report.ts';

const actors = 1000;
const inFlight = 2000;
const sends = 20_000;
const memorySends = 100_000;
const rounds = 5;
const wanted = 0.35;
const names = ['worker', 'twoWorkers', 'thread', 'few'] as const;

type Name = 'xstate' | (typeof names)[number];

await bench(measure);

async function measure(): Promise<Report> {
  const troupes: Hosted[] = [];
  const crowdOf = async (workers: number, size: number): Promise<Crowd> => {
    const troupe = await openHost(scratch('host'), { workers });
    troupes.push(troupe);
    return new Crowd(troupe, size);
  };
  const crowds = {
    worker: await crowdOf(1, actors),
    twoWorkers: await crowdOf(2, actors),
    thread: await crowdOf(0, actors),
    few: await crowdOf(1, 100),
  };
  const cpu: Record<Name, number[]> = { xstate: [], worker: [], twoWorkers: [], thread: [], few: [] };
  const sending = (name: (typeof names)[number]) => async () =>
    rate(async () => charged(cpu[name], async () => crowds[name].send(sends, inFlight)));
  const samples = await inTurns(rounds, () => ({
    xstate: async () => rate(async () => charged(cpu.xstate, inMemory)),
    worker: sending('worker'),
    twoWorkers: sending('twoWorkers'),
    thread: sending('thread'),
    few: sending('few'),
  }));
  for (const name of names) {
    assert.equal(crowds[name].sends, sends * (rounds + 1));
    await crowds[name].assertDone();
  }
  for (const troupe of troupes) await troupe.close();
  return reportOf(samples, cpu);
}

/** Notes the microseconds of processor time, of all threads, that each unit of `work` took. */
async function charged(notes: number[], work: () => number | Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  const units = await work();
  const { user, system } = process.cpuUsage(before);
  notes.push((user + system) / units);
  return units;
}

/** The same statechart in memory, one thread, nothing kept. */
function inMemory(): number {
  const cast = Array.from({ length: actors }, () => createActor(counting).start());
  for (let i = 0; i < memorySends; i++) cast[i % actors]?.send(note(i));
  for (const actor of cast) {
    assert.equal(actor.getSnapshot().context.count, memorySends / actors);
    actor.stop();
  }
  return memorySends;
}

function reportOf(
  samples: Readonly<Record<Name, readonly number[]>>,
  cpu: Readonly<Record<Name, readonly number[]>>,
): Report {
  const row = (title: string, name: Name): string[] => {
    const figures = samples[name];
    const ratios = figures.map((figure, i) => figure / (samples.xstate[i] ?? 0));
    const spread = `${times(Math.min(...ratios))} – ${times(Math.max(...ratios))}`;
    const charge = `${median(cpu[name]).toFixed(1)} µs`;
    return [title, times(medianRatio(figures, samples.xstate)), spread, short(median(figures)), charge];
  };
  const ratio = medianRatio(samples.worker, samples.xstate);
  return {
    name: 'host',
    question: 'How many durable sends a second?',
    settings: [
      `${actors} actors, ${inFlight} sends in flight, events of 230 bytes, each receipt after its flush; ` +
        `${rounds} rounds of ${short(sends)} sends, taking turns.`,
      `Reference: XState alone, ${actors} actors with the same statechart in memory in one ` +
        `thread; it keeps ` +
        'nothing and survives nothing. Its actors are started within the round.',
      'Processor time is that of all threads; on a busy machine it says more than the rate.',
    ],
    tables: [
      {
        columns: ['', 'of XState in memory', 'spread', 'sends/s', 'processor time a send'],
        rows: [
          row('XState, nothing durable', 'xstate'),
          row('Troupe, one worker', 'worker'),
          row('Troupe, two workers', 'twoWorkers'),
          row('Troupe, in the caller’s thread', 'thread'),
          row('Troupe, one worker, 100 actors', 'few'),
        ],
      },
    ],
    goals: [
      goal(
        `V1: one worker ≥ ${wanted} × XState in memory`,
        times(ratio, wanted),
        ratio >= wanted,
        spreadOf(ratiosOf(samples.worker, samples.xstate)),
      ),
    ],
    ratios: [
      ratioOf('clock', 'sends beside XState in memory', ratio),
      ratioOf('processor', 'a send beside XState in memory', median(cpu.xstate) / median(cpu.worker)),
    ],
  };
}
