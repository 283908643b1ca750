/**
 * What a parent makes of its children's messages.
 *
 * A child that writes to its parent in the step that ends it is over by the time its parent reads that: as in
 * XState, its end is heard though the message made the parent leave the state that invoked it. Any other end
 * of a child that was left is dropped: XState would have stopped it before. So is that of a child whose id
 * runs anew, where XState would take it for the end of the new one.
 */
import { unpack } from '../../storage/values.ts';
import type { HostEvent } from '../definition.ts';
import type { Message } from '../protocol.ts';
import type { Ledger } from './ledger.ts';
import { failureOf } from './words.ts';

/** Between parent and child, beside the machines' own events. */
export function isAboutFamily({ kind }: Message): boolean {
  return kind === 'birth' || kind === 'stop' || kind === 'end';
}

/** The id of the child that lives at this address. */
export function childAt({ children }: Ledger, address: string): string | undefined {
  for (const child of children?.values() ?? []) if (child.address === address) return child.id;
  return undefined;
}

/** Undefined when nobody waits for that end any more. */
export function endOfChild(ledger: Ledger, { bytes, from }: Message): HostEvent | undefined {
  const { child, ok, value } = unpack(bytes) as { child: string; ok: boolean; value: unknown };
  const known = ledger.children?.get(child)?.address ?? ledger.left?.get(child);
  if (known !== from) return undefined;
  if (ok) return { type: 'child.done', child, output: value };
  return { type: 'child.failed', child, error: failureOf(value) };
}
