/**
 * The three things that pages show: where an actor stands, what a run says, which actors there are.
 */
import type { Message, OpenAsk } from '../../actors/agentRun/transcript/message.ts';
import type { ListedRow } from '../list.ts';
import type { Snapshot } from '../snapshot.ts';
import type { RowChanges, WatchFilter, WatchOptions } from '../watch.ts';
import type { ClientRef } from './ref.ts';
import type { ClientRun } from './run.ts';
import { storeOf } from './store.ts';
import type { Store } from './store.ts';

/** Those since the store was first listened to, in their order; what did not change is the same object. */
export interface ShownMessages {
  readonly messages: readonly Message[];
  readonly asks: readonly OpenAsk[];
  /** Where the page before them begins. */
  readonly before: string | undefined;
  readonly sealed: boolean;
}

/** The state of this actor, as a store. */
export interface SnapshotSource<D> {
  readonly snapshot: ClientRef<D>;
  readonly windowMs?: number;
}

/** Messages of this run, as a store. */
export interface MessagesSource {
  readonly messages: ClientRun;
  /** How many there are at first. */
  readonly last?: number;
}

/** Rows that this filter selects, as a store. */
export interface RowsSource {
  readonly rows: WatchFilter;
  readonly windowMs?: number;
}

export function snapshotStore<D>({ snapshot: ref, ...options }: SnapshotSource<D>): Store<Snapshot<D>> {
  return storeOf<Snapshot<D>>(async function* (signal) {
    let seq = 0;
    for await (const { to } of ref.subscribe({ ...options, wait: true, signal })) {
      // One that was read a moment ago may hold it already.
      if (to <= seq) continue;
      const snapshot = await ref.snapshot();
      ({ seq } = snapshot);
      yield snapshot;
    }
  });
}

export function messagesStore({ messages: run, ...options }: MessagesSource): Store<ShownMessages> {
  return storeOf<ShownMessages>(async function* (signal) {
    const shown = new Map<string, Message>();
    for await (const page of run.messages({ ...options, signal })) {
      for (const message of page.messages) shown.set(message.messageId, message);
      const { asks, before, sealed } = page;
      yield { messages: [...shown.values()], asks, before, sealed };
    }
  });
}

/** Newest first, as a list has them. */
export function rowsStore(
  { rows: filter, ...options }: RowsSource,
  watch: (filter: WatchFilter, options: WatchOptions) => AsyncIterable<RowChanges>,
): Store<readonly ListedRow[]> {
  return storeOf<readonly ListedRow[]>(async function* (signal) {
    const rows = new Map<string, ListedRow>();
    for await (const { changed, removed } of watch(filter, { ...options, signal })) {
      for (const row of changed) rows.set(row.address, row);
      for (const address of removed) rows.delete(address);
      yield [...rows.values()].toSorted((a, b) => b.at - a.at);
    }
  });
}
