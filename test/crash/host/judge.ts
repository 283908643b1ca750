/**
 * Whether histories keep what the host promises, judged from their facts and intents alone: sends, timers and
 * effects here, what actors have with each other in family.ts.
 */
import { strict as assert } from 'node:assert';
import type { Known } from './directory.ts';
import { assertFamilies } from './family.ts';
import type { Histories, History } from './histories.ts';
import type { TaskRun } from './machines.ts';

export interface Judged {
  readonly facts: number;
  readonly timers: number;
  readonly effects: number;
  readonly messages: number;
  readonly children: number;
}

export function assertHistories(
  histories: Histories,
  known: readonly Known[],
  runs: readonly TaskRun[],
): Judged {
  assertSends(histories, known);
  let [facts, timers] = [0, 0];
  const ends = new Map<string, End>();
  for (const history of histories.values()) {
    facts += history.commits.reduce((sum, commit) => sum + commit.facts.length, 0);
    timers += assertTimers(history);
    for (const [effectId, end] of endsOf(history)) ends.set(effectId, end);
  }
  assertRuns(ends, runs);
  return { facts, timers, effects: ends.size, ...assertFamilies(histories) };
}

// Sends ---------------------------------------------------------------------------------------------------

function assertSends(histories: Histories, known: readonly Known[]): void {
  const seqs = new Map<string, number>();
  const put = (address: string, id: string, seq: number): void => {
    const key = `${address} ${id}`;
    assert(!seqs.has(key), `${address}: ${id} is at ${seqs.get(key)} and at ${seq}`);
    seqs.set(key, seq);
  };
  for (const { address, commits } of histories.values()) {
    for (const { facts, intents } of commits) {
      for (const { id, seq } of facts) if (id !== undefined) put(address, id, seq);
      for (const intent of intents) {
        if (intent[0] === 'ids') for (const id of intent[3]) put(address, id, intent[1]);
      }
    }
  }
  for (const { sent, seq, isRefused } of known) {
    const found = seqs.get(`${sent.address} ${sent.id}`);
    assert.equal(found, seq, `${sent.address}: ${sent.id} was acknowledged at ${seq}, it is at ${found}`);
    if (isRefused === true) assert.equal(found, undefined, `${sent.address}: ${sent.id} was refused`);
  }
}

// Timers --------------------------------------------------------------------------------------------------

/** Each is set, and then fired or called off, once. Gives how many fired. */
function assertTimers({ address, sealed, commits }: History): number {
  const live = new Map<string, number>();
  let fired = 0;
  for (const { facts, intents } of commits) {
    const firings = facts.filter(({ event }) => event.type === 'timer.fired');
    for (const { seq, at, event } of firings) {
      const timer = String(event['timer']);
      const ended = intents.filter((intent) => intent[0] === 'untimer' && intent[1] === timer);
      const same = firings.filter((other) => other.event['timer'] === timer);
      assert(same.length <= ended.length, `${address}@${seq}: ${timer} fired more often than it ended`);
      const due = live.get(timer) ?? dueIn(intents, timer);
      assert(due !== undefined, `${address}@${seq}: ${timer} fired, and was not set`);
      assert(due <= at, `${address}@${seq}: ${timer} fired before it was due`);
      fired++;
    }
    for (const intent of intents) {
      if (intent[0] === 'timer') live.set(intent[1], intent[2]);
      if (intent[0] === 'untimer') assert(live.delete(intent[1]), `${address}: ${intent[1]} ended twice`);
    }
  }
  assert.deepEqual([...live], [], `${address}: timers that never fired (sealed: ${sealed})`);
  return fired;
}

function dueIn(intents: History['commits'][number]['intents'], timer: string): number | undefined {
  const dues = intents.flatMap((intent) => (intent[0] === 'timer' && intent[1] === timer ? [intent[2]] : []));
  return dues.length === 0 ? undefined : Math.min(...dues);
}

// Effects -------------------------------------------------------------------------------------------------

interface End {
  readonly at: number;
  readonly src: string;
  /** False: its state was left, or its actor ended. */
  readonly isRecorded: boolean;
}

/** Each that was started has one end. */
function endsOf({ address, commits }: History): Map<string, End> {
  const live = new Map<string, { readonly effectId: string; readonly src: string }>();
  const ends = new Map<string, End>();
  const recorded = new Map<string, number>();
  for (const { at, facts, intents } of commits) {
    for (const { seq, at: endedAt, event } of facts) {
      if (event.type !== 'effect.done' && event.type !== 'effect.failed') continue;
      const effectId = `${address}#${String(event['effect'])}`;
      assert(!recorded.has(effectId), `${address}@${seq}: ${effectId} ended twice`);
      recorded.set(effectId, endedAt);
      if (event.type === 'effect.failed') continue;
      assert.deepEqual(event['output'], { effectId }, `${address}@${seq}: the output of another`);
    }
    for (const intent of intents) {
      if (intent[0] === 'effect') {
        assert(!live.has(intent[1]), `${address}: ${intent[1]} was started while it ran`);
        live.set(intent[1], { effectId: `${address}#${intent[1]}@${intent[5]}`, src: intent[3] });
      } else if (intent[0] === 'uneffect') {
        const effect = live.get(intent[1]);
        assert(effect !== undefined, `${address}: ${intent[1]} ended, and was not started`);
        live.delete(intent[1]);
        const { effectId, src } = effect;
        const endedAt = recorded.get(effectId);
        ends.set(effectId, { at: endedAt ?? at, src, isRecorded: endedAt !== undefined });
      }
    }
  }
  assert.deepEqual([...live], [], `${address}: effects that never ended`);
  for (const effectId of recorded.keys())
    assert(ends.has(effectId), `${effectId} ended, and was not started`);
  return ends;
}

/** Nothing runs that nobody asked for, or whose end is known. */
function assertRuns(ends: ReadonlyMap<string, End>, runs: readonly TaskRun[]): void {
  const ran = new Set(runs.map(({ effectId }) => effectId));
  for (const { effectId, attempt, at } of runs) {
    const end = ends.get(effectId);
    assert(end !== undefined, `${effectId} ran, and was not asked for`);
    // A further attempt may start while the stop is on its way to the disk, and a task of the callers' thread
    // while it is on its way to that thread.
    if (!end.isRecorded && (attempt > 1 || end.src === 'remote')) continue;
    const late = `${effectId}: attempt ${attempt} started ${at - end.at} ms after its end`;
    assert(at <= end.at, `${late} (recorded: ${end.isRecorded})`);
  }
  for (const [effectId, { isRecorded }] of ends) {
    if (isRecorded) assert(ran.has(effectId), `${effectId} has an end, and never ran`);
  }
}
