/**
 * `troupe/client`: a runtime behind HTTP, from a browser or another process. At most 6 KB, and nothing else.
 */
export { connect } from './client/connect.ts';
export { isTroupeError } from './client/refusal.ts';
export type { Client } from './client/connect.ts';
export type { ClientOptions } from './client/remote.ts';
export type { ClientOutbox } from './client/outbox.ts';
export type { ClientRef, ClientSendOptions } from './client/ref.ts';
export type { ClientRun } from './client/run.ts';
export type { Store, StoreState } from './client/store.ts';
export type { MessagesSource, RowsSource, ShownMessages, SnapshotSource } from './client/stores.ts';
