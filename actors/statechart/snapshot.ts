/**
 * XState's machine snapshot, with `unknown` where its own alias `AnyMachineSnapshot` would let anything
 * through. Only this folder makes and reads them; for everybody else they are opaque, to be passed on.
 */
import type { AnyActorRef, EventObject, MachineSnapshot, StateSchema, StateValue } from 'xstate';

export type Snapshot = MachineSnapshot<
  Record<string, unknown>,
  EventObject,
  Record<string, AnyActorRef>,
  StateValue,
  string,
  unknown,
  Record<string, unknown>,
  StateSchema
>;
