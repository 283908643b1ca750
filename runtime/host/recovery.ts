/**
 * Who owes something is woken when a host starts; the rest sleeps until it is asked for. No statechart is run
 * to find out, so starting costs the same however long the histories are.
 */
import { kindOf } from '../../actors/address.ts';
import type { Journal } from '../../storage/journal.ts';
import type { Answers } from './answers.ts';
import type { Deeds } from './deeds.ts';
import type { Kinds } from './kinds.ts';

export interface RecoveryParts {
  readonly journal: Journal;
  readonly shards: readonly number[];
  readonly kinds: Kinds;
  readonly deeds: Deeds;
  readonly answers: Answers;
}

/** Actors of kinds that nobody hosts here keep what they owe, for whoever hosts them; that is told. */
export async function wakeDue({ journal, shards, kinds, deeds, answers }: RecoveryParts): Promise<void> {
  const homeless = new Map<string, number>();
  for (const { address, at } of await journal.due({ shards })) {
    const kind = kindOf(address);
    if (kinds.has(kind)) deeds.wakeAt(address, at);
    else homeless.set(kind, (homeless.get(kind) ?? 0) + 1);
  }
  for (const [kind, count] of homeless) {
    const text = `${count} actors of kind "${kind}" have something due, and no definition hosts them.`;
    answers.log('warn', text, { kind, count });
  }
}
