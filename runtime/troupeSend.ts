/**
 * Messages to other actors: the action `troupe.send`, as a machine's types know it. The host sees its
 * name and does the rest, with the commit of the step that says it.
 */
import type { AnyEvent } from '../actors/fact.ts';

/** What a machine sends to another actor. */
export interface TroupeSendParams {
  /** An address: `kind/id`. */
  readonly to: string;
  /** The second form lets an event be written down with its fields. */
  readonly event: AnyEvent | (AnyEvent & Readonly<Record<string, unknown>>);
  /** Later by this long; recorded, so that a crash does not forget it. */
  readonly delayMs?: number;
  /** Of a delayed one: what `cancel` calls it off by. */
  readonly id?: string;
}

/** For `setup({ actions: { 'troupe.send': troupeSend } })`. Does nothing itself: the name is what counts. */
export function troupeSend(_args: unknown, _params: TroupeSendParams): void {}
