/**
 * The digest of a kind that gives none of its own: what happened how often, and when. Bounded: the most
 * frequent 64 event types by name, the rest under `other`.
 */
import type { Fact } from '../../actors/fact.ts';
import type { DigestFold } from '../definition.ts';

interface EventDigest {
  readonly seq: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly events: Readonly<Record<string, number>>;
}

const namesMax = 64;
const nameLengthMax = 128;

function fold(digest: EventDigest, { seq, at, event }: Fact): EventDigest {
  const name = nameIn(digest.events, event.type);
  // Set, not written as a computed key of the literal: V8 defines those slowly, and every fact comes here.
  const events: Record<string, number> = { ...digest.events };
  events[name] = (Object.hasOwn(events, name) ? (events[name] ?? 0) : 0) + 1;
  return { seq, firstAt: digest.seq === 0 ? at : digest.firstAt, lastAt: at, events };
}

function nameIn(events: Readonly<Record<string, number>>, type: string): string {
  if (Object.hasOwn(events, type)) return type;
  // Not cut in the middle of a character: half of one cannot be stored. Nor can that name.
  const name = type.slice(0, nameLengthMax).toWellFormed();
  if (name === '__proto__') return 'other';
  return Object.hasOwn(events, name) || Object.keys(events).length < namesMax ? name : 'other';
}

export const eventDigest: DigestFold = {
  schema: 1,
  start: (): EventDigest => ({ seq: 0, firstAt: 0, lastAt: 0, events: {} }),
  fold: (digest, fact) => fold(digest as EventDigest, fact),
};
