/**
 * A bundle: one actor's history as lines of JSON, to be read by people and programs, and to be taken into
 * another directory bit for bit.
 *   B1. The first line says whose it is, where it stands, by which definition, and how it ended.
 *   B2. Then a line for each commit: its facts as they are read, and under `record` all that was stored of
 *       it, from which the same bytes are made again. The chain at the end proves that they are the same.
 *   B3. What can be read says what the record says: a bundle whose readable half was changed is none.
 *   B4. What was erased is in no bundle: such a commit has no record, and its bundle can only be read.
 */
import type { Commit, CommitDraft, Seal } from '../../storage/commit.ts';
import type { Body, BodyOf } from '../../storage/values.ts';
import { packPlain, unpack } from '../../storage/values.ts';

export const bundleVersion = 1;

export interface BundleHead {
  readonly troupe: 'bundle';
  readonly version: number;
  readonly address: string;
  readonly seq: number;
  readonly status: 'live' | 'sealed';
  /** It has timers, tasks or messages under way: whoever owns its directory goes on with them. */
  readonly owes: boolean;
  /** Its chain after its last commit. */
  readonly chain: string;
  readonly digest?: unknown;
  readonly seal?: Seal;
  /** Its kind, version and statechart as plain data, where they are known. */
  readonly definition?: unknown;
}

export interface BundleCommit {
  readonly seq: number;
  readonly to: number;
  readonly facts: readonly unknown[];
  /** Base64; absent: something of it was erased. */
  readonly record?: string;
}

/** All that was stored of a commit; undefined: some of it was erased. */
export function recordOf(commit: Commit, bodies: BodyOf | undefined): string | undefined {
  const draft = draftOf(commit, bodies);
  return draft && packPlain(draft).toString('base64');
}

/** What it was made of. */
export function draftOf(commit: Commit, bodyOf: BodyOf | undefined): CommitDraft | undefined {
  const { address, seq, facts, reached, intents, row, due, usage, seal } = commit;
  const drafts = facts.flatMap(({ seq: _, event, ...fact }) =>
    event === undefined ? [] : [{ ...fact, event }],
  );
  const bodies = commit.bodies.flatMap((hash): Body[] => {
    const bytes = bodyOf?.(hash);
    return bytes === undefined ? [] : [{ hash, bytes }];
  });
  if (drafts.length < facts.length || bodies.length < commit.bodies.length) return undefined;
  return {
    address,
    seq,
    facts: drafts,
    bodies,
    intents,
    ...(reached !== undefined && { reached }),
    ...(row !== undefined && { row }),
    ...(due !== undefined && { due }),
    ...(usage !== undefined && { usage }),
    ...(seal !== undefined && { seal: sealDraftOf(seal) }),
  };
}

function sealDraftOf(bytes: Uint8Array): CommitDraft['seal'] {
  const { chain: _, digestHash: __, ...draft } = JSON.parse(Buffer.from(bytes).toString()) as Seal;
  return draft;
}

/** The commit of a record: whoever takes it compares what comes of it. */
export function draftIn(record: string): CommitDraft {
  return unpack(Buffer.from(record, 'base64')) as CommitDraft;
}
