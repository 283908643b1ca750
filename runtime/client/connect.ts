/**
 * A runtime behind HTTP, in the shape of `Troupe`: for browsers and Node alike, without anything of Node.
 */
import type { AnyDefinition, ByKind, DefinitionsOf, KindOf } from '../definition.ts';
import type { FeedOptions, FeedPage } from '../feed.ts';
import type { Filter, ListedRow } from '../list.ts';
import type { Quarantined } from '../quarantine.ts';
import type { Shape } from '../shape.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Troupe } from '../troupe.ts';
import type { UsageOptions, UsageRow } from '../usage.ts';
import type { RowChanges, WatchFilter, WatchOptions } from '../watch.ts';
import { Endable } from './endable.ts';
import { followed } from './following.ts';
import { ClientOutbox } from './outbox.ts';
import { pages } from './paging.ts';
import { ClientRef } from './ref.ts';
import { newSendId, Remote } from './remote.ts';
import type { ClientOptions } from './remote.ts';
import { liveRows } from './rows.ts';
import { ClientRun } from './run.ts';
import type { Store } from './store.ts';
import { messagesStore, rowsStore, snapshotStore } from './stores.ts';
import type { MessagesSource, RowsSource, ShownMessages, SnapshotSource } from './stores.ts';

/** Nothing is asked before the first call; nothing has to be closed but what is followed. */
export function connect<Module = never>(
  url: string,
  options: ClientOptions = {},
): Client<DefinitionsOf<Module>> {
  return new Client(new Remote(url, options));
}

/** A runtime somewhere else, in the shape of one in this process. */
export class Client<D = never> {
  readonly #remote: Remote;

  constructor(remote: Remote) {
    this.#remote = remote;
  }

  actor<const K extends KindOf<D>>(kind: K, id: string): ClientRef<ByKind<D, K>>;
  actor(kind: [D] extends [never] ? string : never, id: string): ClientRef;
  actor(kind: string, id: string): ClientRef<never> {
    return new ClientRef(this.#remote, kind, id);
  }

  /** An agent run; without an id a new, unique one. */
  run(id: string = newSendId()): ClientRun {
    return new ClientRun(this.#remote, id);
  }

  outbox(id: string): ClientOutbox {
    return new ClientOutbox(this.#remote, id);
  }

  /** Rows of the directory, newest first unless asked otherwise. */
  list(filter: Filter = {}): AsyncIterable<ListedRow> {
    return pages(this.#remote, '/v1/actors', filter);
  }

  /** The rows that a filter selects, and then what changes of them; the first item is all there is now. */
  watch(filter: WatchFilter = {}, { signal, windowMs }: WatchOptions = {}): Endable<RowChanges> {
    return new Endable(signal, (ended) => liveRows(this.#remote, { ...filter, windowMs }, ended));
  }

  /** Every fact of every actor, at least once and in order per actor, and then what comes. */
  feed({ signal, ...query }: FeedOptions = {}): Endable<FeedPage> {
    const remote = this.#remote;
    return new Endable(signal, async function* (ended) {
      for await (const { item } of followed(remote, '/v1/feed', { query: () => query, signal: ended })) {
        yield item as FeedPage; // As the route has it.
      }
    });
  }

  /** What runs used, as counted when it was recorded. */
  async usage(query: UsageOptions = {}): Promise<readonly UsageRow[]> {
    return this.#items('/v1/usage', query);
  }

  async definitions(kind?: string): Promise<readonly Shape[]> {
    return this.#items('/v1/definitions', { kind });
  }

  async quarantined(): Promise<readonly Quarantined[]> {
    return this.#items('/v1/quarantined', {});
  }

  async stats(): ReturnType<Troupe['stats']> {
    return this.#remote.ask('/v1/stats');
  }

  /** Whether every history is what was written. */
  async verify(): ReturnType<Troupe['verify']> {
    return this.#remote.ask('/v1/verify');
  }

  async #items<T>(path: string, query: object): Promise<readonly T[]> {
    return (await this.#remote.ask<{ readonly items: readonly T[] }>(path, { query })).items;
  }

  /** Where an actor stands, what a run says, or which actors there are: live while somebody listens. */
  store<X = AnyDefinition>(of: SnapshotSource<X>): Store<Snapshot<X>>;
  store(of: MessagesSource): Store<ShownMessages>;
  store(of: RowsSource): Store<readonly ListedRow[]>;
  store(of: SnapshotSource<AnyDefinition> | MessagesSource | RowsSource): Store<unknown> {
    if ('snapshot' in of) return snapshotStore(of);
    if ('messages' in of) return messagesStore(of);
    return rowsStore(of, (filter, options) => this.watch(filter, options));
  }
}
