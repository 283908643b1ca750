/**
 * Stately's inspection protocol, as the tools of @statelyai/inspect speak it over a WebSocket: one of these a
 * message, as JSON.
 */

/** The version of their package whose events these are. */
export const protocolVersion = '0.7.2';

interface StatelyEvent {
  readonly sessionId: string;
  readonly rootId: string;
  /** Milliseconds since 1970, as text. */
  readonly createdAt: string;
  readonly id: string;
  readonly _version: string;
}

/** Where an actor stands, in the words of XState's snapshots. */
export interface StatelySnapshot {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly value: unknown;
  readonly context: unknown;
  readonly tags: readonly string[];
  readonly output?: unknown;
  readonly error?: unknown;
}

/** There is an actor; `definition` is the config of its machine, as JSON. */
export interface StatelyActor extends StatelyEvent {
  readonly type: '@xstate.actor';
  readonly name: string;
  readonly definition: string;
  readonly parentId: string | undefined;
  readonly snapshot: StatelySnapshot;
}

export interface StatelySent extends StatelyEvent {
  readonly type: '@xstate.event';
  readonly event: { readonly type: string };
  readonly sourceId: string | undefined;
}

export interface StatelyStepped extends StatelyEvent {
  readonly type: '@xstate.snapshot';
  readonly event: { readonly type: string };
  readonly snapshot: StatelySnapshot;
}

export type StatelyInspection = StatelyActor | StatelySent | StatelyStepped;
