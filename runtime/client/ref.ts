/**
 * A reference to one actor of a server: what `Ref` does, by requests. Holding one opens nothing.
 *   - A send has an id, its own where the caller gives none: tried again after a lost answer, it is applied
 *     once, and its receipt calls it no duplicate.
 *   - A subscription goes on behind the last fact that was read, over any number of connections (P8).
 */
import type { Fact } from '../../actors/fact.ts';
import type {
  AnyDefinition,
  DigestOf,
  EventOf,
  HostEvent,
  InputOf,
  ReplyOf,
  StateOf,
} from '../definition.ts';
import type { HistoryOptions } from '../history.ts';
import type { UntilOptions } from '../leaving.ts';
import type { Notification } from '../notification.ts';
import type { Digest, Receipt, Ref } from '../ref.ts';
import type { SendOptions } from '../sending.ts';
import type { Snapshot } from '../snapshot.ts';
import type { SubscribeOptions } from '../subscribeOptions.ts';
import { Endable } from './endable.ts';
import { followed } from './following.ts';
import { refusal } from './refusal.ts';
import { newSendId, unless, within } from './remote.ts';
import type { Remote } from './remote.ts';

type EventIn<D> = EventOf<D> | HostEvent;
type Judge<D> = (snapshot: Snapshot<D>) => boolean;
type TypeIn<D> = EventIn<D>['type'];
/** Who sends is what the server's `authorize` says. */
export type ClientSendOptions<Input = unknown> = Omit<SendOptions<Input>, 'by'>;

type Shared =
  | 'address'
  | 'send'
  | 'snapshot'
  | 'at'
  | 'digest'
  | 'until'
  | 'verify'
  | 'label'
  | 'erase'
  | 'describe'
  | 'exists';

const pageMax = 1000;

/** An actor on a server. */
export class ClientRef<D = AnyDefinition> implements Pick<Ref<D>, Shared> {
  readonly address: string;
  protected readonly remote: Remote;
  readonly #path: string;

  constructor(remote: Remote, kind: string, id: string) {
    this.address = `${kind}/${id}`;
    this.remote = remote;
    this.#path = `/v1/actors/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
  }

  async send(event: EventOf<D>, options: ClientSendOptions<InputOf<D>> = {}): Promise<Receipt<ReplyOf<D>>> {
    const { signal, wait, trace, ifSeq, labels, input, id = newSendId() } = options;
    const receipt = await this.remote.ask<Receipt<ReplyOf<D>>>(`${this.#path}/events`, {
      query: { wait },
      body: { event, id, trace, ifSeq, labels, input },
      signal,
    });
    // Of an id that nobody else knows, the send before is a try of this one.
    return { ...receipt, ...(options.id === undefined && { duplicate: false }) };
  }

  async exists(): Promise<boolean> {
    return (await unless('NOT_FOUND', this.digest())) !== undefined;
  }

  async snapshot(): Promise<Snapshot<D>> {
    return this.#read({});
  }

  /** As it stood after the fact `seq`. */
  async at(seq: number): Promise<Snapshot<D>> {
    return this.#read({ at: seq });
  }

  async #read(query: object, signal?: AbortSignal): Promise<Snapshot<D>> {
    const told = await this.remote.ask<Omit<Snapshot<D>, 'matches'>>(`${this.#path}/snapshot`, {
      query,
      signal,
    });
    return { ...told, matches: (state) => isIn(told.state, state) };
  }

  async digest(): Promise<Digest<DigestOf<D>>> {
    return this.remote.ask(`${this.#path}/digest`);
  }

  /** What is recorded, page by page; nothing is held in between. */
  history<const T extends TypeIn<D> = TypeIn<D>>(
    options?: HistoryOptions<T>,
  ): AsyncIterable<Fact<Extract<EventIn<D>, { readonly type: T }>>> {
    // Whose events these are, the definition says.
    return this.#history(options) as AsyncIterable<Fact<Extract<EventIn<D>, { readonly type: T }>>>;
  }

  async *#history({ limit = Infinity, ...range }: HistoryOptions = {}): AsyncIterable<Fact> {
    let query: HistoryOptions = { ...range, limit: Math.min(limit, pageMax) };
    for (let left = limit; left > 0;) {
      const { items, next } = await this.remote.ask<Page<Fact>>(`${this.#path}/events`, { query });
      yield* items.slice(0, left);
      left -= items.length;
      const seq = items.at(-1)?.seq;
      if (next === null || seq === undefined) return;
      query = Object.assign(query, range.reverse === true ? { before: seq } : { after: seq });
    }
  }

  /**
   * What becomes durable, gap-free, in windows, over as many connections as it takes. Without `after` it
   * begins with a reset that says where the actor stands. Ends after the seal.
   */
  subscribe({ signal, wait, ...query }: SubscribeOptions = {}): Endable<Notification<EventIn<D>>> {
    const { remote } = this;
    const path = `${this.#path}/stream`;
    return new Endable(signal, async function* (ended) {
      for await (const { item } of followed(remote, path, { query: () => query, wait, signal: ended })) {
        const notification = item as Notification<EventIn<D>>; // As the route has it.
        yield notification;
        if (notification.sealed) return;
      }
    });
  }

  /** Resolves as soon as the actor is in the state, or the predicate holds; judged after each event. */
  async until(
    target: StateOf<D> | Judge<D>,
    { timeoutMs, ...given }: UntilOptions = {},
  ): Promise<Snapshot<D>> {
    const signal = within(given.signal, timeoutMs);
    const isMet = typeof target === 'string' ? (at: Snapshot<D>) => at.matches(target) : (target as Judge<D>);
    let told = await this.#read({}, signal);
    if (isMet(told)) return told;
    const options = { after: told.seq, windowMs: 0, ...(signal && { signal }) };
    if (told.status !== 'sealed') {
      for await (const { from, to, state } of this.subscribe(options)) {
        for (let seq = from; seq <= to; seq++) {
          // Where it stands after the last of them is told.
          if (seq === to && typeof target === 'string' && !isIn(state, target)) break;
          told = await this.#read({ at: seq }, signal);
          if (isMet(told)) return told;
        }
      }
    }
    const text = `${this.address} ended without what was waited for.`;
    throw refusal('SEALED', text, { address: this.address });
  }

  async verify(): ReturnType<Ref<D>['verify']> {
    return this.remote.ask(`${this.#path}/verify`);
  }

  /** Sets labels of the row; null takes one away. */
  async label(labels: Parameters<Ref<D>['label']>[0]): Promise<void> {
    return this.remote.ask(`${this.#path}/labels`, { method: 'PATCH', body: labels });
  }

  /** Of an actor that has ended. */
  async erase(what: Parameters<Ref<D>['erase']>[0]): Promise<void> {
    return this.remote.ask(this.#path, { method: 'DELETE', query: { what: Object.keys(what) } });
  }

  /** How it stands, as text for people, agents and logs. */
  async describe(): Promise<string> {
    return (await this.remote.text(`${this.#path}/describe`)).trimEnd();
  }
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Whether one of the paths lies at this one or below it. */
function isIn(paths: readonly string[], state: string): boolean {
  return paths.some((path) => path === state || path.startsWith(`${state}.`));
}
