/**
 * All facts of all actors, for search indexes and databases: at least once, in order per actor, without a
 * hole over owners, restarts and compaction (N14). A reader that stops reading holds nothing. Of a directory
 * that is only read it ends with what is there.
 */
import type { AnyEvent, Fact } from '../actors/fact.ts';
import { TroupeError } from '../actors/troupeError.ts';
import { kindOf } from '../actors/address.ts';
import type { Commit } from '../storage/commit.ts';
import type { Cursor, TailPage } from '../storage/journal.ts';
import { unpack } from '../storage/values.ts';
import { abortError } from './abort.ts';
import { awake } from './awake.ts';
import { assertNames, assertTexts } from './invalidOption.ts';
import { bodiesOf } from './notification.ts';
import type { Opened } from './opened.ts';

/** Where the feed begins, and what of it is wanted. */
export interface FeedOptions {
  /** The cursor of the last page that was dealt with; absent: from the beginning. */
  readonly after?: Cursor;
  readonly kind?: string;
  readonly types?: readonly string[];
  /** Of the actor, as they are now. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A fact of any actor. */
export interface FeedItem extends Fact {
  readonly address: string;
}

/** Facts, and the cursor behind them. */
export interface FeedPage {
  /** Everything up to here has been given. */
  readonly cursor: Cursor;
  readonly items: readonly FeedItem[];
}

const names: Readonly<Record<keyof FeedOptions, true>> = {
  after: true,
  kind: true,
  types: true,
  labels: true,
  signal: true,
};
const windowMs = 33;
const pageCommits = 256;

/** Ends with the commit that reaches `limit`: a cursor stands between commits. */
export async function* feedOf(
  opened: Opened,
  options: FeedOptions,
  limit = Infinity,
): AsyncGenerator<FeedPage, void, undefined> {
  assertNames('feed', options, names);
  assertTexts('types', options.types);
  const pulse = new Pulse(opened, options.signal);
  let [cursor, left] = [options.after, limit];
  try {
    pulse.assertWanted();
    // Nobody tells a reader of somebody else's directory that there is more.
    const isListening = !opened.plan.isReadOnly;
    if (isListening) await opened.news.listen(pulse);
    for (;;) {
      const { page, items } = await pageOf(opened, cursor, options, left, pageCommits);
      const isNew = page.cursor !== cursor;
      cursor = page.cursor;
      // Also a page of nothing that was asked for moves the cursor on.
      if (isNew && page.commits.length > 0) yield { cursor, items };
      left -= items.length;
      if (left <= 0) return;
      if (page.end && !isListening) return;
      if (page.end) await pulse.next();
      else pulse.assertWanted();
    }
  } finally {
    pulse.end();
  }
}

interface Read {
  readonly page: TailPage;
  readonly items: readonly FeedItem[];
}

async function pageOf(
  opened: Opened,
  cursor: Cursor | undefined,
  options: FeedOptions,
  wanted: number,
  commits: number,
): Promise<Read> {
  const page = await opened.journal.tail(cursor, commits);
  const items: FeedItem[] = [];
  for (const [index, commit] of page.commits.entries()) {
    // Read again up to here: only a whole page says where the cursor is behind it.
    if (items.length >= wanted) return pageOf(opened, cursor, options, wanted, index);
    items.push(...(await itemsIn(opened, commit, options)));
  }
  return { page, items };
}

async function itemsIn(
  opened: Opened,
  { address, bodies: hashes, facts }: Commit,
  { kind, types, labels }: FeedOptions,
): Promise<readonly FeedItem[]> {
  if (kind !== undefined && kindOf(address) !== kind) return [];
  if (labels !== undefined && !(await hasLabels(opened, address, labels))) return [];
  const bodies = await bodiesOf(opened.journal, address, hashes);
  const items: FeedItem[] = [];
  for (const { seq, at, event: bytes, id, by, trace } of facts) {
    if (bytes === undefined) continue;
    const event = unpack(bytes, bodies) as AnyEvent; // Only events are stored as events.
    if (types?.includes(event.type) === false) continue;
    items.push({
      address,
      seq,
      to: seq,
      at,
      event,
      ...(id !== undefined && { id }),
      ...(by !== undefined && { by }),
      ...(trace !== undefined && { trace }),
    });
  }
  return items;
}

async function hasLabels(
  { journal }: Opened,
  address: string,
  labels: Readonly<Record<string, string>>,
): Promise<boolean> {
  const row = (await journal.last(address))?.row;
  return row !== undefined && Object.entries(labels).every(([name, value]) => row.labels[name] === value);
}

/** Tells that there may be more. */
class Pulse {
  readonly windowMs = windowMs;
  readonly #opened: Opened;
  readonly #signal: AbortSignal | undefined;
  #hasNews = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(opened: Opened, signal: AbortSignal | undefined) {
    this.#opened = opened;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  readonly #abort = (): void => this.#wake?.();

  heard(): void {
    this.#hasNews = true;
    this.#wake?.();
  }

  failed(error: Error): void {
    this.#failure = error;
    this.heard();
  }

  async next(): Promise<void> {
    this.assertWanted();
    if (!this.#hasNews) {
      await awake(new Promise<void>((resolve) => (this.#wake = resolve)));
      this.#wake = undefined;
    }
    this.#hasNews = false;
    this.assertWanted();
  }

  assertWanted(): void {
    if (this.#signal?.aborted === true) throw abortError(this.#signal, 'none');
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#opened.isClosed) throw new TroupeError('CLOSED', 'This runtime is closed: open it again.', {});
  }

  end(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#opened.news.leave(this);
  }
}
