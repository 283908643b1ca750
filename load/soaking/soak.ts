/**
 * A soak: a mixed load for minutes or hours, a worker killed now and then, and what the server costs
 * meanwhile. It gives samples and what was checked; judging them is its caller's.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from '../measure.ts';
import { Site } from '../site/site.ts';
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
    site.kill();
    rmSync(site.directory, { recursive: true, force: true });
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
  const late: number[] = [];
  let answers = 0;
  const { signal } = over;
  const isOver = (): boolean => signal.aborted;
  const shift: Shift = { site, signal, isOver, answered: () => answers++ };
  const lanes = Promise.all([
    breaking(shift, plan.breakMs),
    posting(shift),
    Promise.all(Array.from({ length: plan.writers }, async (_, lane) => writing(shift, lane))),
    speaking(shift, (ms) => late.push(ms)),
    reading(shift),
  ]);
  const sampler = sampled(site, plan, over, () => {
    const taken = { late: late.splice(0), answers };
    answers = 0;
    return taken;
  });
  // Whichever fails first ends the others.
  const [[kills, outboxes, told], samples] = await Promise.all([lanes, sampler]).finally(() => over.abort());
  return { samples, kills, outboxes, told: new Map(told.flatMap((one) => [...one])) };
}

async function sampled(
  site: Site,
  { seconds, sampleMs, progress }: SoakPlan,
  over: AbortController,
  taken: () => { readonly late: readonly number[]; readonly answers: number },
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const start = performance.now();
  let [before, total] = [start, 0];
  while (!over.signal.aborted && performance.now() - start < seconds * 1000) {
    await pause(sampleMs);
    const cost = await costOf(site);
    const now = performance.now();
    const { late, answers } = taken();
    total += answers;
    const sample: Sample = {
      ...cost,
      seconds: (now - start) / 1000,
      // Nothing was heard in this time: what was true before.
      lag: late.length > 0 ? percentile(late, 99) : (samples.at(-1)?.lag ?? 0),
      answers: (answers / (now - before)) * 1000,
      factBytes: (cost.disk * 1024 * 1024) / Math.max(1, total),
    };
    before = now;
    samples.push(sample);
    progress(sample);
  }
  over.abort();
  return samples;
}
