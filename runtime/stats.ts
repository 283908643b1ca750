/**
 * What a runtime counts, as a plain object.
 */
import type { JournalStats } from '../storage/journal.ts';
import type { Channels } from './channel.ts';
import type { HostStanding } from './hosting.ts';
import type { Opened } from './opened.ts';
import type { HostStats } from './protocol.ts';
import type { SendCounters } from './router.ts';

/** One worker thread. */
export interface WorkerStats extends HostStanding, Partial<HostStats> {}

export interface Stats {
  /** Of this thread's host when there are no workers. Counters of a host start anew with its thread. */
  readonly workers: readonly WorkerStats[];
  readonly journal: JournalStats;
  readonly sends: SendCounters;
  /** Tasks at work in this thread. */
  readonly effects: number;
  readonly quarantined: number;
  /** Of all workers: actors that ended as `error`, and users' code that threw where nobody hears it. */
  readonly failures: number;
  readonly subscriptions: ReturnType<Channels['stats']>;
}

/** A host that does not answer is told by its standing alone. */
const answerMs = 1_000;

export async function statsOf({
  router,
  hosting,
  journal,
  effects,
  quarantine,
  channels,
  plan,
}: Opened): Promise<Stats> {
  const workers = await Promise.all(
    hosting.standing().map(async (standing): Promise<WorkerStats> => {
      const link = router.links[standing.slot];
      if (link === undefined || standing.state !== 'up' || standing.stuck) return standing;
      const signal = AbortSignal.timeout(answerMs);
      try {
        const counted = await router.ask(link, { op: 'stats' }, signal);
        return { ...(counted as HostStats), ...standing };
      } catch {
        return standing;
      }
    }),
  );
  // Without workers the host writes through this thread's journal, which counts that itself.
  const others = plan.workers === 0 ? [] : workers.map((worker) => worker.journal);
  return {
    workers,
    journal: others.reduce<JournalStats>(
      (sum, one) => (one === undefined ? sum : added(sum, one)),
      journal.stats(),
    ),
    sends: router.counters(),
    effects: effects.running,
    quarantined: quarantine.size,
    failures: workers.reduce((sum, { failures = 0 }) => sum + failures, 0),
    subscriptions: channels.stats(),
  };
}

function added(one: JournalStats, other: JournalStats): JournalStats {
  return {
    commits: one.commits + other.commits,
    groups: one.groups + other.groups,
    flushes: one.flushes + other.flushes,
    bytes: one.bytes + other.bytes,
    otherPuts: one.otherPuts + other.otherPuts,
    reads: one.reads + other.reads,
  };
}
