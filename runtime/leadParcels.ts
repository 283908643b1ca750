/**
 * Messages between actors as commits record them: made by one commit (`send`), taken by another (`got`), the
 * same by the ordinal of their pair.
 */
import { childAddressOf, kindOf } from '../actors/address.ts';
import type { AnyEvent } from '../actors/fact.ts';
import type { Commit, StoredFact } from '../storage/commit.ts';
import { unpack } from '../storage/values.ts';
import type { Lead, LeadEnd } from './leads.ts';

type MessageKind = Extract<Lead['kind'], 'message' | 'birth' | 'stop' | 'end'>;

/** A message as its sender recorded it. */
export interface Parcel {
  readonly kind: MessageKind;
  readonly name: string;
  readonly from: LeadEnd;
  readonly to: string;
  readonly ordinal: number;
}

/** A message as its receiver recorded it, with the fact that it became. */
export interface Took {
  readonly kind: MessageKind;
  readonly name: string;
  readonly from: string;
  readonly ordinal: number;
  readonly end: LeadEnd;
}

export function parcelsIn({ address, seq, to, at, intents }: Commit): readonly Parcel[] {
  return (intents as readonly (readonly unknown[])[]).flatMap((intent): readonly Parcel[] => {
    const [word, receiver, ordinal, written, bytes] = intent;
    if (word !== 'send' || typeof receiver !== 'string' || typeof ordinal !== 'number') return [];
    const kind = kinds[String(written)] ?? 'message';
    const name = kind === 'message' ? typeOf(bytes) : kind;
    return [{ kind, name, from: { address, seq, to, at }, to: receiver, ordinal }];
  });
}

/** By the words of the log; all others are events. */
const kinds: Readonly<Record<string, MessageKind>> = { birth: 'birth', stop: 'stop', end: 'end' };

export function tookIn(commit: Commit): readonly Took[] {
  const { address, facts } = commit;
  const intents = commit.intents as readonly (readonly unknown[])[];
  const parent = intents.find(([word]) => word === 'parent')?.[1];
  let next = 0;
  return intents.flatMap((intent): readonly Took[] => {
    const [word, from, ordinal] = intent;
    if (word !== 'got' || typeof from !== 'string' || typeof ordinal !== 'number') return [];
    // In the order of their facts.
    for (let i = next; i < facts.length; i++) {
      const fact = facts[i];
      const kind = fact && kindOfTaken(address, fact, from, parent);
      if (fact === undefined || kind === undefined) continue;
      next = i + 1;
      const end = { address, seq: fact.seq, to: fact.seq, at: fact.at };
      const name = kind === 'message' ? typeOf(fact.event) : kind;
      return [{ kind, name, from, ordinal, end }];
    }
    return [];
  });
}

/** As what this fact was taken from there; undefined: it was not. */
function kindOfTaken(
  address: string,
  { seq, by, event }: StoredFact,
  from: string,
  parent: unknown,
): MessageKind | undefined {
  if (by === from) return 'message';
  if (by !== undefined || event === undefined) return undefined;
  const { type, child } = unpack(event, () => noBytes) as AnyEvent & { readonly child?: string };
  if (type === 'actor.born' && seq === 1 && parent === from) return 'birth';
  if (type === 'actor.stopped') return 'stop';
  if (!/^child\.(?:done|failed)$/.test(type) || child === undefined) return undefined;
  const started = Number(from.slice(from.lastIndexOf('@') + 1));
  return Number.isSafeInteger(started) && childAddressOf(kindOf(from), address, child, started) === from
    ? 'end'
    : undefined;
}

function typeOf(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) return '';
  return (unpack(bytes, () => noBytes) as AnyEvent).type;
}

const noBytes = new Uint8Array();
