/**
 * The actor that is looked at: a stretch of its history, and one moment of it, the present unless a fact was
 * chosen. Both are asked for one question at a time; what came to be wanted meanwhile is asked next.
 *   W1. The stretch has no gaps; while the present is shown it ends with the last known fact.
 *   W2. A moment is what the server says of `at(seq)`: nothing is computed here.
 */
import { isCode, read } from './api.ts';
import { Latest } from './latest.ts';
import { pathTo } from './guests.ts';
import type { Fact, Page, Snapshot } from './told.ts';

export interface Moment {
  readonly snapshot: Snapshot;
  /** How it stood one fact earlier; absent: there is none, or it is erased. */
  readonly before: Snapshot | undefined;
  readonly fact: Fact | undefined;
}

export interface WatchedEvents {
  readonly factsChanged: () => void;
  readonly momentChanged: () => void;
  readonly failed: (error: unknown) => void;
}

const pageFacts = 500;
const factsMax = 5000;
const snapshotsMax = 64;

export class Watched {
  readonly address: string;
  readonly #path: string;
  readonly #events: WatchedEvents;
  readonly #ended = new AbortController();
  readonly #snapshots = new Map<number, Snapshot>();
  readonly #history: Latest;
  readonly #moment: Latest;
  facts: readonly Fact[] = [];
  /** The last fact there is. */
  head = 0;
  /** The fact that is looked at; absent: the present. */
  at: number | undefined;
  moment: Moment | undefined;

  constructor(address: string, at: number | undefined, events: WatchedEvents) {
    this.address = address;
    this.#path = pathTo(address);
    this.at = at;
    this.#events = events;
    const failed = (error: unknown): void => {
      if (!this.#ended.signal.aborted) events.failed(error);
    };
    this.#history = new Latest(async () => this.#readHistory(), failed);
    this.#moment = new Latest(async () => this.#readMoment(), failed);
    this.#history.want();
    this.#moment.want();
  }

  close(): void {
    this.#ended.abort();
  }

  /** The row says that there is more. */
  news(seq: number): void {
    if (seq <= this.head) return;
    this.head = seq;
    if (this.at !== undefined) {
      this.#events.factsChanged();
      return;
    }
    this.#history.want();
    this.#moment.want();
  }

  /** What bears the address now is something else: a guest whose server was away. */
  anew(): void {
    this.facts = [];
    this.head = 0;
    this.moment = undefined;
    this.#snapshots.clear();
    this.again();
  }

  /** What failed is asked again. */
  again(): void {
    this.#history.want();
    this.#moment.want();
  }

  goTo(at: number | undefined): void {
    const wanted = at === undefined ? undefined : Math.max(1, Math.min(at, this.head || at));
    if (wanted === this.at) return;
    this.at = wanted;
    this.#history.want();
    this.#moment.want();
  }

  /** The page before the stretch. */
  async earlier(): Promise<void> {
    const [first] = this.facts;
    if (first === undefined || first.seq === 1) return;
    try {
      const { items } = await this.#page(`before=${first.seq}&reverse=true&limit=${pageFacts}`);
      // Meanwhile another stretch may have been asked for.
      if (this.facts[0] !== first) return;
      this.facts = [...items.toReversed(), ...this.facts];
      this.#events.factsChanged();
    } catch (error) {
      this.#events.failed(error);
    }
  }

  factAt(seq: number): Fact | undefined {
    return this.facts.find((fact) => fact.seq <= seq && seq <= fact.to);
  }

  async #readHistory(): Promise<void> {
    const last = this.facts.at(-1);
    const { at } = this;
    if (at !== undefined && this.factAt(at) === undefined) {
      const after = Math.max(0, at - Math.floor(pageFacts / 2));
      const { items, head } = await this.#page(`after=${after}&limit=${pageFacts}`);
      this.#have(items, head);
    } else if (last === undefined || this.head - last.to > pageFacts) {
      const { items, head } = await this.#page(`reverse=true&limit=${pageFacts}`);
      this.#have(items.toReversed(), head);
    } else if (at === undefined) {
      const { items, head } = await this.#page(`after=${last.to}&limit=${pageFacts}`);
      if (items.length > 0) this.#have([...this.facts, ...items], head);
      if (head > (this.facts.at(-1)?.to ?? head)) this.#history.want();
    }
  }

  async #page(query: string): Promise<Page> {
    return read<Page>(`${this.#path}/events?${query}`, this.#ended.signal);
  }

  #have(facts: readonly Fact[], head: number): void {
    this.facts = facts.slice(-factsMax);
    this.head = Math.max(this.head, head);
    this.#events.factsChanged();
    // A moment may have been read before its fact was.
    if (this.moment !== undefined && this.moment.fact === undefined) this.#moment.want();
  }

  async #readMoment(): Promise<void> {
    const { at } = this;
    const snapshot = at === undefined ? await this.#snapshot() : await this.#snapshotAt(at);
    const before = snapshot.seq > 1 ? await this.#snapshotBefore(snapshot.seq - 1) : undefined;
    if (this.at !== at) return;
    const fact = this.factAt(snapshot.seq);
    this.moment = { snapshot, before, fact };
    this.head = Math.max(this.head, snapshot.seq);
    this.#events.momentChanged();
  }

  async #snapshot(): Promise<Snapshot> {
    const snapshot = await read<Snapshot>(`${this.#path}/snapshot`, this.#ended.signal);
    this.#keep(snapshot);
    return snapshot;
  }

  async #snapshotAt(seq: number): Promise<Snapshot> {
    const known = this.#snapshots.get(seq);
    if (known !== undefined) return known;
    const snapshot = await read<Snapshot>(`${this.#path}/snapshot?at=${seq}`, this.#ended.signal);
    this.#keep(snapshot);
    return snapshot;
  }

  /** What is erased or older than what is kept cannot be read; the moment itself still can. */
  async #snapshotBefore(seq: number): Promise<Snapshot | undefined> {
    try {
      return await this.#snapshotAt(seq);
    } catch (error) {
      if (isCode(error, 'NOT_FOUND', 'CORRUPT', 'CURSOR_GONE')) return undefined;
      throw error;
    }
  }

  #keep(snapshot: Snapshot): void {
    this.#snapshots.set(snapshot.seq, snapshot);
    const oldest = this.#snapshots.keys().next();
    if (this.#snapshots.size > snapshotsMax && oldest.done !== true) this.#snapshots.delete(oldest.value);
  }
}
