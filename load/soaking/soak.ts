/**
 * A soak: a mixed load for minutes or hours, a worker killed now and then, and what the server costs
 * meanwhile. It gives samples and what was checked; judging them is its caller's.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Site } from '../site/site.ts';
import { Hearing } from './hearing.ts';
import type { HeardBetween } from './hearing.ts';
import { assertRecorded, breaking, posting, reading, speaking, writing } from './lanes.ts';
import type { Shift } from './lanes.ts';
import { costOf } from './sampled.ts';
import type { Sample } from './sampled.ts';

/** A worker is back long before. */
const backMs = 30_000;

export interface SoakPlan {
  readonly seconds: number;
  readonly sampleMs: number;
  /** A worker is killed so often. */
  readonly breakMs: number;
  readonly writers: number;
  readonly progress: (sample: Sample) => void;
}

export interface Soaked {
  readonly samples: readonly Sample[];
  readonly kills: number;
  readonly checked: string;
}

/** As far as samples tell: one a row of samples with a kill. */
export function killsIn(samples: readonly Sample[]): number {
  return samples.filter(({ killed }, i) => killed === true && samples[i - 1]?.killed !== true).length;
}

export async function soak(plan: SoakPlan): Promise<Soaked> {
  // Idle actors are put away sooner than by default, so that the level is reached in minutes.
  const site = await Site.open('soak', { limits: { idleMs: 10_000 } });
  try {
    const { samples, kills, told, outboxes } = await loaded(site, plan);
    await assertBack(site, kills);
    await site.close();
    const recorded = await site.recorded();
    const checked = await assertRecorded(recorded, told, outboxes);
    await recorded.close();
    return { samples, kills, checked };
  } finally {
    site.remove();
  }
}

/** A worker started anew for each one that was killed, and for no other reason. */
async function assertBack(site: Site, kills: number): Promise<void> {
  const until = performance.now() + backMs;
  // The last kill may have been just now.
  while ((await site.held()).restarts < kills && performance.now() < until) await pause(50);
  const { restarts, failures } = await site.held();
  assert.deepEqual({ restarts, failures }, { restarts: kills, failures: 0 });
}

interface Loaded {
  readonly samples: readonly Sample[];
  readonly kills: number;
  readonly told: ReadonlyMap<string, number>;
  readonly outboxes: readonly string[];
}

async function loaded(site: Site, plan: SoakPlan): Promise<Loaded> {
  const over = new AbortController();
  const hearing = new Hearing();
  let [answers, notes] = [0, 0];
  const { signal } = over;
  const shift: Shift = {
    site,
    signal,
    isOver: () => signal.aborted,
    answered: () => answers++,
    noted: () => notes++,
    hearing,
  };
  const lanes = Promise.all([
    breaking(shift, plan.breakMs),
    posting(shift),
    Promise.all(Array.from({ length: plan.writers }, async (_, lane) => writing(shift, lane))),
    speaking(shift),
    reading(shift),
  ]);
  const sampler = sampled(site, plan, over, () => {
    const taken = { ...hearing.taken(), answers, notes };
    [answers, notes] = [0, 0];
    return taken;
  });
  // Whichever fails first ends the others. A reader that never hears the end of its stream has no other end.
  const bounded = Promise.race([lanes, endless(signal)]);
  const [[kills, outboxes, told], samples] = await Promise.all([bounded, sampler]).finally(() =>
    over.abort(),
  );
  return { samples, kills, outboxes, told: new Map(told.flatMap((one) => [...one])) };
}

/** Throws, so long after the end. */
async function endless(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  await pause(backMs, undefined, { ref: false });
  throw new Error(`the load has not ended ${backMs / 1000} s after its time`);
}

interface Taken extends HeardBetween {
  readonly answers: number;
  readonly notes: number;
}

async function sampled(
  site: Site,
  { seconds, sampleMs, progress }: SoakPlan,
  over: AbortController,
  taken: () => Taken,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const start = performance.now();
  let before = start;
  while (!over.signal.aborted && performance.now() - start < seconds * 1000) {
    await pause(sampleMs);
    const cost = await costOf(site);
    const now = performance.now();
    const { answers, ...rest } = taken();
    const perSecond = (answers / (now - before)) * 1000;
    const sample: Sample = { ...cost, ...rest, seconds: (now - start) / 1000, answers: perSecond };
    before = now;
    samples.push(sample);
    progress(sample);
  }
  over.abort();
  return samples;
}
