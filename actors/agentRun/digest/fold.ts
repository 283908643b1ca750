/**
 * The digest as a fold over facts (contract D1–D9).
 *
 * What follows from a fact and is none of its own (asks that a turn's end closes, the cause of an end, in old
 * histories the turn lost with a process) the fold concludes from its book, with the same `advance` as
 * the machine: neither can know an ending that the other does not.
 *   - A fact that was folded changes nothing when it comes again; one that leaves a gap breaks an invariant.
 *   - After the end nothing changes any more.
 */
import type { Fact } from '../../fact.ts';
import { invariant } from '../../invariant.ts';
import { advance } from '../advance.ts';
import type { Book } from '../book.ts';
import { ofHistory } from '../bookEvent.ts';
import { concludedWith } from '../concluding.ts';
import { finalStateOf } from '../finals.ts';
import { noIds } from '../ids.ts';
import type { Price } from '../usage.ts';
import { digestSchema, startDigest } from './digest.ts';
import type { Carry, RunDigest } from './digest.ts';
import { countedEvent } from './eventCounts.ts';
import type { Folding } from './folding.ts';
import { countedNews } from './newsCounts.ts';

/** A fold of facts, as the runtime takes it. */
export interface RunFold {
  readonly schema: number;
  readonly start: () => RunDigest;
  readonly fold: (digest: RunDigest, fact: Fact) => RunDigest;
  readonly shown: (digest: RunDigest) => RunDigest;
}

/** The digest fold of runs whose usage is priced by `price`; a price that changes makes another fold. */
export function runFoldOf(price?: Price): RunFold {
  return {
    schema: digestSchema,
    start: () => startDigest,
    fold: (digest, fact) => folded(digest, fact, price),
    shown,
  };
}

/**
 * What readers of a live run get: under 64 KiB without the ids that were used, which may be many times that.
 * Whoever folds on from it knows only those that come.
 */
function shown(digest: RunDigest): RunDigest {
  const { carry } = digest;
  if (carry === null) return digest;
  const { book } = carry;
  const meter = { ...book.meter, keys: noIds };
  return { ...digest, carry: { ...carry, book: { ...book, ids: noIds, meter } } };
}

function folded(digest: RunDigest, fact: Fact, price: Price | undefined): RunDigest {
  const { carry } = digest;
  if (carry === null || fact.seq <= digest.seq) return digest; // D1
  invariant(fact.seq === digest.seq + 1, `a digest at seq ${digest.seq} folds the next, not ${fact.seq}`);
  const told = ofHistory(fact.event);
  const { book, news } = advance(carry.book, told, price);
  const at = countedNews(countedEvent(timed(digest, carry, fact), fact.event, told), news);
  const after = { ...at.digest, state: stateNameOf(book) };
  return book.phase === 'ended' ? ended(after, at.carry, book) : { ...after, carry: { ...at.carry, book } };
}

/**
 * A lost process is noticed when somebody comes back: that time was nobody's, and the turn it lost ended with
 * the last that was heard of it.
 */
function timed(digest: RunDigest, carry: Carry, { seq, at, event }: Fact): Folding {
  const last = digest.lastAt ?? at;
  const isLate = event.type === 'process.lost' || concludedWith(event) === 'process.lost';
  const now = isLate ? last : Math.max(at, last);
  const passed = now - last;
  const { turns } = digest;
  const spent =
    carry.turn === null ? { idleMs: turns.idleMs + passed } : { activeMs: turns.activeMs + passed };
  const firstAt = digest.firstAt ?? at;
  const moved: RunDigest = {
    ...digest,
    runs: 1,
    seq,
    firstAt,
    lastAt: now,
    durationMs: now - firstAt,
    turns: passed === 0 ? turns : { ...turns, ...spent },
  };
  return { digest: moved, carry, seq, at, now };
}

/** What is known at the end only; nothing is carried any further. */
function ended(digest: RunDigest, { said }: Carry, { ending, lastTurn, turnId, queue }: Book): RunDigest {
  invariant(ending !== null, 'a run that has ended has a cause');
  const { text, textBytes, seq } = said;
  return {
    ...digest,
    outcome: { ...ending, lastTurn: turnId === null ? lastTurn : 'open' },
    result: textBytes === 0 ? null : { text, textBytes, seq },
    prompts: { ...digest.prompts, waiting: queue.map(({ promptId }) => promptId) },
    carry: null,
  };
}

/** Where a run stands, in one word; its tags say more. */
export function stateNameOf({ phase, ending, paused, asks, turnId, interrupted }: Book): string {
  if (phase === 'ended' && ending !== null) return finalStateOf(ending.cause);
  if (phase === 'created' || phase === 'stopping') return phase;
  if (paused !== null) return 'paused';
  if (asks.length > 0) return 'waiting';
  if (turnId !== null) return 'busy';
  return interrupted ? 'interrupted' : 'idle';
}
