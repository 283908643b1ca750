/**
 * The runtime in an application's hands. Several of these may share one open directory; each is closed by who
 * opened it, and the last one closes what they share.
 */
import { addressAt, addressOf, isAddress } from '../actors/address.ts';
import { TroupeError } from '../actors/troupeError.ts';
import { verify } from '../storage/verify.ts';
import type { Verified } from '../storage/verify.ts';
import { endedBy } from './abort.ts';
import type { AnyDefinition, ByKind, KindOf } from './definition.ts';
import { feedOf } from './feed.ts';
import type { FeedOptions, FeedPage } from './feed.ts';
import { invalidOption } from './invalidOption.ts';
import { rowsOf } from './list.ts';
import { closed, Leaving } from './leaving.ts';
import { newId } from './newId.ts';
import { Outbox } from './outbox.ts';
import { Pty } from './pty.ts';
import { Run } from './run.ts';
import type { Filter, ListedRow } from './list.ts';
import type { Opened } from './opened.ts';
import type { Quarantined } from './quarantine.ts';
import { Ref } from './ref.ts';
import { refoldOf } from './refold.ts';
import type { Holder } from './ref.ts';
import type { Joined } from './registry.ts';
import type { Shape } from './shape.ts';
import { statsOf } from './stats.ts';
import type { Stats } from './stats.ts';
import { usageOf } from './usage.ts';
import type { UsageOptions, UsageRow } from './usage.ts';
import { watchRows } from './watch.ts';
import type { RowChanges, WatchFilter, WatchOptions } from './watch.ts';

/** What `verify` found over all actors. */
export interface VerifiedAll {
  readonly ok: boolean;
  readonly actors: number;
  readonly bad: readonly ({ readonly address: string } & Verified)[];
}

export class Troupe<D = never> implements AsyncDisposable {
  readonly #joined: Joined;
  readonly #holder: Holder;
  #closing: Promise<void> | undefined;

  constructor(joined: Joined) {
    this.#joined = joined;
    const leaving = new Leaving();
    this.#holder = { opened: joined.opened, leaving, assertOpen: () => this.#assertOpen() };
  }

  /** @internal What it shares, as long as it is open itself; for what is built on a runtime. */
  get opened(): Opened {
    this.#assertOpen();
    return this.#joined.opened;
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw closed();
  }

  /** A reference to an actor, by kind or by definition; `UNKNOWN_KIND` if nothing of that kind is hosted. */
  actor<const K extends KindOf<D>>(kind: K, id: string): Ref<ByKind<D, K>>;
  actor<X extends AnyDefinition>(definition: X, id: string): Ref<X>;
  actor(of: string | AnyDefinition, id: string): Ref<unknown> {
    if (typeof id !== 'string') throw invalidOption('the id of an actor', id, 'it is a text');
    const kind = typeof of === 'string' ? of : of.kind;
    const shape = this.opened.hosting.shapes.find((known) => known.kind === kind);
    if (shape === undefined) throw unknownKind(kind, this.opened);
    if (typeof of !== 'string' && of.version !== shape.version) {
      const text = `"${kind}" is hosted in version ${shape.version}; the one at hand is ${of.version}.`;
      throw new TroupeError('DEFINITION_MISMATCH', text, { kind, hosted: shape.version, given: of.version });
    }
    return new Ref(this.#holder, addressAt(kind, id));
  }

  /** An agent run; without an id a new, unique one, that sorts by when it was made. */
  run(id: string = newId()): Run {
    return new Run(this.#holder, addressOf('run', id));
  }

  /** A session on a PTY; without an id a new, unique one. */
  pty(id: string = newId()): Pty {
    return new Pty(this.#holder, addressOf('pty', id));
  }

  /** What children owe the parent of this name: `run/conductor` reads `outbox('conductor')`. */
  outbox(id: string): Outbox {
    return new Outbox(this.#holder, addressOf('outbox', id));
  }

  /** Rows of the directory, newest first unless asked otherwise. */
  list(filter: Filter = {}): AsyncIterable<ListedRow> {
    return rowsOf(this.opened, filter);
  }

  /** The rows that a filter selects, and then what changes of them; the first item is all there is now. */
  watch(filter: WatchFilter = {}, options: WatchOptions = {}): AsyncIterable<RowChanges> {
    const { opened } = this;
    const { leaving } = this.#holder;
    return leaving.following(options.signal, (signal) => watchRows(opened, filter, { ...options, signal }));
  }

  /** Every fact of every actor, at least once and in order per actor, and then what comes. */
  feed(options: FeedOptions = {}): AsyncIterable<FeedPage> {
    const { opened } = this;
    const { leaving } = this.#holder;
    return leaving.following(options.signal, (signal) => feedOf(opened, { ...options, signal }));
  }

  /** What runs used, as counted when it was recorded. */
  async usage(options: UsageOptions = {}): Promise<readonly UsageRow[]> {
    const { journal, plan } = this.opened;
    return usageOf(journal, plan.indexLabels, options);
  }

  /** The kinds that are hosted, with their statecharts as plain data. */
  async definitions(kind?: string): Promise<readonly Shape[]> {
    const { shapes } = this.opened.hosting;
    if (kind === undefined) return shapes;
    const found = shapes.filter((shape) => shape.kind === kind);
    if (found.length === 0) throw unknownKind(kind, this.opened);
    return found;
  }

  async stats(): Promise<Stats> {
    return statsOf(this.opened);
  }

  /** Whether a history, or every history, is what was written. */
  async verify(address: string): Promise<Verified>;
  async verify(): Promise<VerifiedAll>;
  async verify(address?: string): Promise<Verified | VerifiedAll> {
    const { journal } = this.opened;
    if (address !== undefined) return verify(journal, address, refoldOf(this.opened, address));
    const bad: VerifiedAll['bad'][number][] = [];
    let actors = 0;
    for await (const row of rowsOf(this.opened, { order: 'oldest' })) {
      const verified = await verify(journal, row.address, refoldOf(this.opened, row.address));
      if (!verified.ok) bad.push({ address: row.address, ...verified });
      actors++;
    }
    return { ok: bad.length === 0, actors, bad };
  }

  /** Actors that were set aside, and why. */
  async quarantined(): Promise<readonly Quarantined[]> {
    return this.opened.quarantine.list();
  }

  /** Lets an actor that was set aside try again; `NOT_FOUND` if nobody set it aside. */
  async release(address: string): Promise<void> {
    const { quarantine, router, news } = this.opened;
    assertAside(quarantine.has(address), address);
    quarantine.release(address);
    news.heard([address]);
    router.allowActor(address);
    await router.ask(router.linkOf(address), { op: 'release', address });
  }

  /** A copy that opens as a directory of its own; writers go on meanwhile. */
  async backup(path: string): Promise<{ readonly bytes: number }> {
    return this.opened.journal.backup(path);
  }

  /** Gives space back; the file shrinks when the directory is opened next. */
  async compact(): Promise<void> {
    await this.opened.journal.compact();
  }

  /** Everything sent so far has its answer, and has reached the subscribers that read. */
  async flush({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { router, channels } = this.opened;
    await endedBy(signal, router.settled());
    await channels.flush(undefined, signal);
  }

  /** Nothing new is taken, what is in flight becomes durable; a second close is the first one. */
  async close(): Promise<void> {
    // Where others keep it open, what waits for this one ends; where nobody does, everything has ended.
    this.#closing ??= this.#joined.leave().finally(() => this.#holder.leaving.end());
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function assertAside(isAside: boolean, address: unknown): void {
  if (isAside) return;
  // Of callers without types, too.
  if (typeof address !== 'string' || !isAddress(address)) {
    throw new TroupeError('INVALID_ADDRESS', `${String(address)} is no address: those are "kind/id".`, {});
  }
  const text = `${address} was not set aside: there is nothing to release. quarantined() lists who was.`;
  throw new TroupeError('NOT_FOUND', text, { address });
}

function unknownKind(kind: string, { hosting, plan }: Opened): TroupeError {
  const kinds = hosting.shapes.map((shape) => shape.kind);
  const known = kinds.length === 0 ? 'none is' : `these are: ${kinds.join(', ')}`;
  const remedy = plan.isReadOnly
    ? 'Only what is recorded can be told of it: for more, say where it is defined ' +
      '(`--actors FILE` in a shell, `actors` of connectTroupe).'
    : 'Give it to openTroupe in actors.';
  const text = `No definition of kind "${kind}" is hosted; ${known}. ${remedy}`;
  return new TroupeError('UNKNOWN_KIND', text, { kind, kinds });
}
