/**
 * Rows of many actors, live: first those there are, then what changed, at most one entry per actor and
 * window (N11). Costs what changes, not what there is.
 */
import { TroupeError } from '../actors/troupeError.ts';
import { isSelected } from '../storage/row.ts';
import { abortError } from './abort.ts';
import { awake } from './awake.ts';
import { assertNames } from './invalidOption.ts';
import { assertFilter, listedOf, queryOf, rowsOf } from './list.ts';
import type { Filter, ListedRow } from './list.ts';
import type { Opened } from './opened.ts';
import { windowOf } from './subscribeOptions.ts';

/** Which actors are watched. */
export type WatchFilter = Omit<Filter, 'order' | 'limit'>;

/** How a watch is served. */
export interface WatchOptions {
  readonly windowMs?: number;
  readonly signal?: AbortSignal;
}

/** Rows that came or changed, and addresses that no longer belong. */
export interface RowChanges {
  /** New, or not as they were. */
  readonly changed: readonly ListedRow[];
  /** Addresses that the filter selects no more. */
  readonly removed: readonly string[];
}

const windowMsDefault = 250;

export async function* watchRows(
  opened: Opened,
  filter: WatchFilter,
  options: WatchOptions,
): AsyncGenerator<RowChanges, void, undefined> {
  assertFilter(filter);
  assertNames('watch', options, { windowMs: true, signal: true });
  const { windowMs, signal } = options;
  const watch = new Watch(opened, filter, windowOf(windowMs, windowMsDefault), signal);
  try {
    watch.assertWanted();
    await opened.news.listen(watch);
    yield { changed: await watch.all(), removed: [] };
    for (;;) {
      const changes = await watch.next();
      if (changes.changed.length > 0 || changes.removed.length > 0) yield changes;
    }
  } finally {
    watch.end();
  }
}

class Watch {
  readonly windowMs: number;
  readonly #opened: Opened;
  readonly #filter: WatchFilter;
  readonly #signal: AbortSignal | undefined;
  /** What the reader knows of, as it was told. */
  readonly #known = new Map<string, Pick<ListedRow, 'seq' | 'status'>>();
  #news = new Set<string>();
  #isLost = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #toldAt = 0;

  constructor(opened: Opened, filter: WatchFilter, windowMs: number, signal: AbortSignal | undefined) {
    this.#opened = opened;
    this.#filter = filter;
    this.windowMs = windowMs;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#abort, { once: true });
  }

  readonly #abort = (): void => this.#wake?.();

  heard(addresses: readonly string[] | undefined): void {
    if (addresses === undefined) this.#isLost = true;
    else for (const address of addresses) this.#news.add(address);
    this.#wake?.();
  }

  failed(error: Error): void {
    this.#failure = error;
    this.#wake?.();
  }

  async all(): Promise<ListedRow[]> {
    const rows: ListedRow[] = [];
    for await (const row of rowsOf(this.#opened, this.#filter)) if (this.#isNews(row)) rows.push(row);
    return rows;
  }

  /** Notes it; false: the reader knows it as it is. */
  #isNews({ address, seq, status }: ListedRow): boolean {
    const known = this.#known.get(address);
    this.#known.set(address, { seq, status });
    return known?.seq !== seq || known.status !== status;
  }

  async next(): Promise<RowChanges> {
    while (this.#news.size === 0 && !this.#isLost) await this.#wait();
    await this.#windowEnds();
    this.#toldAt = this.#opened.plan.now();
    if (this.#isLost) return this.#relisted();
    const news = this.#news;
    this.#news = new Set();
    const changes = { changed: [] as ListedRow[], removed: [] as string[] };
    for (const address of news) await this.#judge(address, changes);
    return changes;
  }

  async #wait(): Promise<void> {
    this.assertWanted();
    await awake(new Promise<void>((resolve) => (this.#wake = resolve)));
    this.assertWanted();
  }

  /** News come in the shortest window of all; this one may be longer. */
  async #windowEnds(): Promise<void> {
    const { now, wait } = this.#opened.plan;
    // No longer than a window, also when the clock was set back.
    const ms = Math.min(this.#toldAt + this.windowMs - now(), this.windowMs);
    if (ms <= 0 || this.#toldAt === 0) return;
    let stop: (() => void) | undefined;
    const ended = new Promise<void>((resolve) => {
      stop = wait(ms, resolve);
      // News do not end this wait early.
      this.#wake = () => this.#isUnwanted && resolve();
    });
    await awake(ended);
    stop?.();
    this.assertWanted();
  }

  get #isUnwanted(): boolean {
    return this.#signal?.aborted === true || this.#failure !== undefined || this.#opened.isClosed;
  }

  assertWanted(): void {
    this.#wake = undefined;
    if (this.#signal?.aborted === true) throw abortError(this.#signal, 'none');
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#opened.isClosed) throw new TroupeError('CLOSED', 'This runtime is closed: open it again.', {});
  }

  async #judge(
    address: string,
    { changed, removed }: { changed: ListedRow[]; removed: string[] },
  ): Promise<void> {
    const { journal, quarantine } = this.#opened;
    const { status } = this.#filter;
    const row = (await journal.last(address))?.row;
    const listed = row && isSelected(row, queryOf(this.#filter)) ? listedOf(row, quarantine) : undefined;
    if (listed !== undefined && (status ?? listed.status) === listed.status) {
      if (this.#isNews(listed)) changed.push(listed);
    } else if (this.#known.delete(address)) removed.push(address);
  }

  /** News were missed: everything is looked at again. */
  async #relisted(): Promise<RowChanges> {
    this.#isLost = false;
    this.#news.clear();
    const before = new Map(this.#known);
    const changed: ListedRow[] = [];
    for await (const row of rowsOf(this.#opened, this.#filter)) {
      before.delete(row.address);
      if (this.#isNews(row)) changed.push(row);
    }
    for (const address of before.keys()) this.#known.delete(address);
    return { changed, removed: [...before.keys()] };
  }

  end(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#opened.news.leave(this);
  }
}
