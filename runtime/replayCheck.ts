/**
 * Before a deploy: every history of a directory through today's definitions, from its first fact, without
 * running anything. What comes out differently would be quarantined when its actor is next needed. States are
 * compared, because commits record them; contexts are not, so that a changed `assign` is not found.
 */
import { hostedWith } from './builtIn.ts';
import { existsSync } from 'node:fs';
import type { ErrorDetails } from '../actors/troupeError.ts';
import type { Journal } from '../storage/journal.ts';
import { openJournal } from '../storage/open.ts';
import type { AnyDefinition } from './definition.ts';
import { activate } from './host/activation.ts';
import type { Histories } from './host/activation.ts';
import { Kinds } from './host/kinds.ts';
import { invalidOption } from './invalidOption.ts';

/** Which directory is replayed, and with which definitions. */
export interface ReplayOptions {
  /** Read beside a living owner, too: nothing is written. */
  readonly directory: string;
  readonly actors: readonly AnyDefinition[];
}

/** Whether a definition still does what an actor did. */
export interface ReplayFinding {
  readonly address: string;
  readonly ok: boolean;
  /** Why not; `details.firstBadSeq` says where. */
  readonly message?: string;
  readonly details?: ErrorDetails;
}

/**
 * Compares the states that histories lead to with those recorded, not the contexts. One finding an actor
 * whose kind is known, newest first. Actors of other kinds are passed over.
 */
export async function* replayCheck({ directory, actors }: ReplayOptions): AsyncGenerator<ReplayFinding> {
  if (typeof directory !== 'string' || !existsSync(directory)) {
    throw invalidOption('directory', directory, 'there is no such folder');
  }
  const kinds = new Kinds(hostedWith(actors));
  const journal = await openJournal({ directory, readOnly: true });
  try {
    for (const { kind } of actors) yield* checkKind(journal, kinds, kind);
  } finally {
    await journal.close();
  }
}

async function* checkKind(journal: Journal, kinds: Kinds, kind: string): AsyncGenerator<ReplayFinding> {
  for (let after: string | undefined; ;) {
    const { rows, next } = await journal.rows({ kind, ...(after === undefined ? {} : { after }) });
    for (const { address } of rows) yield await check(journal, kinds, address);
    if (next === undefined) return;
    after = next;
  }
}

async function check(journal: Journal, kinds: Kinds, address: string): Promise<ReplayFinding> {
  const standing = await journal.last(address);
  // What was erased can only go on from its snapshot.
  const isErased = (standing?.erased?.bodiesTo ?? 0) > 0;
  const { quarantine } = await activate({ journal: isErased ? journal : fromStart(journal), kinds }, address);
  if (quarantine === undefined) return { address, ok: true };
  return { address, ok: false, message: quarantine.message, details: quarantine.details };
}

/** The same histories, as if no snapshot had been taken. */
function fromStart(journal: Journal): Histories {
  return {
    last: async (address) => journal.last(address),
    read: async (address, range) => journal.read(address, range),
    snapshot: async () => undefined,
    bodies: async (address, hashes) => journal.bodies(address, hashes),
    seal: async (address) => journal.seal(address),
  };
}
