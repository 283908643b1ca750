/**
 * Commits as plain text and numbers: as they were written, and as they were read, in one form.
 */
import type { Commit, EncodedCommit, FactDraft } from '../commit.ts';

/** Everything a reader can see of a commit, apart from functions and the bytes of its header. */
export interface Shown {
  readonly address: string;
  readonly seq: number;
  readonly to: number;
  readonly at: number;
  readonly facts: readonly unknown[];
  readonly reached: unknown;
  readonly intents: unknown;
  readonly row: unknown;
  readonly due: unknown;
  readonly usage: unknown;
  readonly bodies: unknown;
  readonly erased: boolean;
  readonly tag: string;
  readonly seal: unknown;
}

/** As read. Of an erased commit nobody needs to know which bodies it had. */
export function shown(commit: Commit): Shown {
  const { address, seq, to, at, reached, row, due, usage, erased, seal } = commit;
  return {
    address,
    seq,
    to,
    at,
    facts: commit.facts.map(({ seq: number, event, at: time, id, by, trace }) => {
      const bytes = event === undefined ? undefined : hexOf(event);
      return { seq: number, at: time, event: bytes, id, by, trace };
    }),
    reached,
    intents: [...commit.intents],
    row,
    due,
    usage,
    bodies: erased ? [] : [...commit.bodies],
    erased,
    tag: hexOf(commit.tag),
    seal: seal === undefined ? undefined : JSON.parse(Buffer.from(seal).toString()),
  };
}

/** As written; erased when its facts end at or before `bodiesTo`. */
export function written({ draft, to, chain, seal }: EncodedCommit, bodiesTo = 0): Shown {
  const erased = to <= bodiesTo;
  const { address, seq, facts, reached, due, usage, bodies } = draft;
  return {
    address,
    seq,
    to,
    at: facts[0]?.at ?? 0,
    facts: facts.map((fact, i) => writtenFact(fact, seq + i, erased)),
    reached,
    intents: erased ? [] : [...(draft.intents ?? [])],
    row: erased ? undefined : draft.row,
    due,
    usage,
    bodies: erased ? [] : (bodies ?? []).map(({ hash }) => hash),
    erased,
    tag: hexOf(chain.subarray(0, 8)),
    seal,
  };
}

function writtenFact({ event, at, id, by, trace }: FactDraft, seq: number, erased: boolean): unknown {
  return { seq, at, event: erased ? undefined : hexOf(event), id, by, trace };
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
