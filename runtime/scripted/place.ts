/**
 * Where in its script an agent is, as its own facts tell it: so that a list of steps goes on after its worker
 * was lost, without a word said twice. It is carried in the run's digest, and gone with the seal.
 *   - What stands by itself names its step; text between such steps is counted, because it merges.
 *   - A scripted process lives as long as whatever its runtime lives in: the process of the system, or the
 *     virtual time of one life of a test's runtime.
 */
import type { RunFold } from '../../actors/agentRun/digest/fold.ts';
import type { RunDigest } from '../../actors/agentRun/digest/digest.ts';
import type { Fact } from '../../actors/fact.ts';
import { realWait } from '../host/clock.ts';
import type { Wait } from '../host/clock.ts';

export interface Place {
  readonly processId: string;
  readonly pid: number;
  readonly startTime: number;
  /** The last step that is recorded. */
  readonly step: number;
  /** Characters of text that are recorded behind it. */
  readonly text: number;
}

interface Placed {
  readonly script?: Place;
}

/** The fold of a run that remembers the place, too; what it seals is what the plain one seals. */
export function placedFold(plain: RunFold): RunFold {
  return {
    ...plain,
    fold: (digest, fact) => {
      const after = plain.fold(digest, fact);
      const place = after === digest ? placeOf(digest) : placeAfter(placeOf(digest), fact);
      if (after.carry === null || place === undefined) return after;
      return { ...after, carry: { ...after.carry, script: place } as RunDigest['carry'] };
    },
  };
}

export function placeOf(digest: RunDigest): Place | undefined {
  return (digest.carry as Placed | null)?.script;
}

/** What only a scripted agent's facts have. */
type Said = Partial<Pick<Place, 'processId' | 'pid' | 'startTime'>> & {
  readonly type: string;
  readonly scriptStep?: number;
  readonly text?: string;
};

function placeAfter(place: Place | undefined, { event, by }: Fact): Place | undefined {
  if (by === undefined || !/#process@\d+$/.test(by)) return place;
  const said: Said = event;
  if (said.type === 'process.start') {
    const { processId = '', pid = 0, startTime = 0 } = said;
    return { processId, pid, startTime, step: -1, text: 0 };
  }
  if (place === undefined) return place;
  if (said.scriptStep !== undefined) return { ...place, step: said.scriptStep, text: 0 };
  return isText(said) ? { ...place, text: place.text + said.text.length } : place;
}

/** Text that may merge with more of its like: it cannot name its step. */
export function isText(said: Said): said is Said & { readonly text: string } {
  const { type, text } = said;
  return (type === 'message.delta' || type === 'tool.progress') && typeof text === 'string';
}

const virtual = new WeakMap<Wait, number>();
let lives = 0;
/** Threads of one process read its start a little differently. */
const toleranceMs = 10_000;

/** When that began in which a scripted process lives: what tells it from another of the same pid. */
export function startTimeOf(wait: Wait): number {
  if (wait === realWait) return Math.round(Date.now() - process.uptime() * 1000);
  const known = virtual.get(wait) ?? ++lives * toleranceMs;
  virtual.set(wait, known);
  return known;
}

export function isAlive({ pid, startTime }: Place, wait: Wait): boolean {
  return pid === process.pid && Math.abs(startTime - startTimeOf(wait)) < toleranceMs;
}
