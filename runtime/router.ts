/**
 * From an address to the host that owns its shard: numbers requests, bounds what is unanswered, and carries
 * messages between actors of different hosts.
 *   R1. A shard's host is fixed for the life of an open.
 *   R2. Numbers count up over all links and never come back within a session: they are the stamps of P4.
 *   R3. Sends without an answer are bounded (P9); who asked to wait is let in as answers arrive, in order.
 */
import { TroupeError, errorOf, outcomeOf } from '../actors/troupeError.ts';
import type { Refusal } from '../actors/troupeError.ts';
import { shards } from '../storage/limits.ts';
import { shardOf } from '../storage/shard.ts';
import { abortError } from './abort.ts';
import { Link } from './link.ts';
import type { Call, Report } from './link.ts';
import type { Limits } from './limits.ts';
import { Pause } from './pause.ts';
import type { Answer, Request, SendRequest } from './protocol.ts';

export interface RouterOptions {
  /** Links to make: one a host. */
  readonly hosts: number;
  readonly session: string;
  readonly limits: Limits;
  /** A link has another host. */
  readonly revived: (link: Link) => void;
  /** A link will have no other host. */
  readonly lost: (refusal: Refusal, link: Link) => void;
  /** What hosts say that is no answer and no message between actors. */
  readonly report: (report: Exclude<Report, { op: 'deliver' }>, link: Link) => void;
}

export interface SendCounters {
  readonly sent: number;
  readonly resent: number;
  readonly unanswered: number;
  /** Batches to hosts. */
  readonly messages: number;
}

/** Distributive: each variant of a request without its number. */
export type Unnumbered<R> = R extends unknown ? Omit<R, 'n'> : never;

/** Requests that change nothing. */
function isRead(op: Request['op']): boolean {
  return op === 'snapshot' || op === 'digest' || op === 'snapshots' || op === 'until' || op === 'waiting';
}

export class Router {
  readonly session: string;
  readonly links: readonly Link[];
  readonly #limits: Limits;
  readonly #report: RouterOptions['report'];
  readonly #refused = new Map<string, Refusal>();
  readonly #waiting: (() => void)[] = [];
  readonly #pause = new Pause({
    sent: () => this.counters().sent,
    wake: () => this.#wake(this.#waiting.length),
  });
  #n = 0;
  #unanswered = 0;
  #closed: Refusal | undefined;

  constructor({ hosts, session, limits, report, revived, lost }: RouterOptions) {
    this.session = session;
    this.#limits = limits;
    this.#report = report;
    const hear = (said: Report, link: Link): void => {
      if (said.op === 'deliver') this.#deliver(said, link);
      else this.#report(said, link);
    };
    const answered = (sends: number): void => this.#answered(sends);
    this.links = Array.from(
      { length: hosts },
      (_, slot) => new Link({ slot, report: hear, answered, revived, lost }),
    );
  }

  linkOf(address: string): Link {
    const link = this.links[shardOf(address) % this.links.length];
    if (link === undefined) throw new Error('a router has at least one link');
    return link;
  }

  /** The shards that the host of a slot owns. */
  shardsOf(slot: number): readonly number[] {
    return Array.from({ length: shards }, (_, shard) => shard).filter(
      (shard) => shard % this.links.length === slot,
    );
  }

  /** The number of a new request. */
  next(): number {
    return ++this.#n;
  }

  /** A send on its way, or refused at once. */
  send(link: Link, call: Call & { readonly request: { readonly address: string } }): void {
    const refusal =
      this.#closed ?? (this.#refused.size > 0 ? this.#refused.get(call.request.address) : undefined);
    if (refusal !== undefined) return call.reject(errorOf(refusal));
    const { unansweredSends } = this.#limits;
    if (this.#unanswered >= unansweredSends) {
      const text = `${unansweredSends} sends have no answer yet. Await some, or send with { wait: true }.`;
      return call.reject(new TroupeError('MAILBOX_FULL', text, { unansweredSends }));
    }
    this.#unanswered++;
    return link.ask(call);
  }

  /** What a driver of the runtime says: neither closing nor a bound keeps it out; its child waits for it. */
  say(said: Omit<SendRequest, 'op' | 'n' | 'stamp'>): PromiseLike<unknown> {
    const n = this.next();
    const request: SendRequest = { op: 'send', n, stamp: { session: this.session, n }, ...said };
    this.#unanswered++;
    return new Promise((resolve, reject) => {
      this.linkOf(said.address).ask({ request, resolve, reject });
    });
  }

  /** Any other request; `PromiseLike`, so that no caller pays for a promise around a promise. */
  ask(link: Link, request: Unnumbered<Request>, signal?: AbortSignal): PromiseLike<unknown> {
    if (this.#closed !== undefined) throw errorOf(this.#closed);
    if (signal?.aborted === true) throw abortError(signal, isRead(request.op) ? 'read' : 'none');
    return this.order(link, request, signal);
  }

  /** A request of the runtime itself, which closing does not keep out. */
  order(link: Link, request: Unnumbered<Request>, signal?: AbortSignal): PromiseLike<unknown> {
    return new Promise((resolve, reject) => {
      // The variant is the caller's; only its number was missing.
      const numbered = { ...request, n: this.next() } as Request;
      const call = { request: numbered, resolve, reject };
      link.ask(signal === undefined ? call : this.endedBy(signal, call, link));
    });
  }

  /** The call, ended by the signal if that comes first. */
  endedBy<C extends Call>(signal: AbortSignal, call: C, link: Link): C {
    const { n } = call.request;
    const abort = (): void => {
      link.forget(n);
      if (call.request.op !== 'send' && call.request.op !== 'batch')
        link.tell({ op: 'forget', n: this.next(), of: n });
      call.reject(abortError(signal, isRead(call.request.op) ? 'read' : 'unknown'));
    };
    signal.addEventListener('abort', abort, { once: true });
    const done = (): void => signal.removeEventListener('abort', abort);
    return {
      ...call,
      resolve: (value: unknown) => {
        done();
        call.resolve(value);
      },
      reject: (error: Error) => {
        done();
        call.reject(error);
      },
    };
  }

  #answered(sends: number): void {
    this.#unanswered -= sends;
    if (this.#waiting.length === 0) return;
    // R3. When nothing is under way any more nobody would come to wake the others.
    this.#wake(this.#unanswered === 0 ? this.#waiting.length : sends);
  }

  #wake(most: number): number {
    const woken = this.#waiting.splice(0, most);
    for (const wake of woken) wake();
    return woken.length;
  }

  /** There may be room for another send. */
  async room(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) throw abortError(signal, 'none');
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(abortError(signal, 'none'));
      const wake = (): void => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(wake);
      if (this.#unanswered === 0) this.#pause.begin();
    });
  }

  /** A message from an actor of one host to one of another; the outcome goes back to the first. */
  #deliver(said: Extract<Answer, { op: 'deliver' }>, from: Link): void {
    const { life } = from;
    const end = (refusal?: Refusal): void => {
      // A later host of that slot numbers its messages anew, and sends this one again if it must.
      if (from.life !== life) return;
      from.tell({ op: 'delivered', n: said.n, ...(refusal !== undefined && { refusal }) });
    };
    const { address, message } = said;
    this.order(this.linkOf(address), { op: 'deliver', address, message }).then(
      () => end(),
      (error: unknown) => end(outcomeOf(error)),
    );
  }

  /** Sends to this actor are refused from now on, those without an answer too. */
  refuseActor(address: string, refusal: Refusal): void {
    this.#refused.set(address, refusal);
    this.linkOf(address).refuseActor(address, refusal);
  }

  allowActor(address: string): void {
    this.#refused.delete(address);
  }

  /** Everything sent so far has its answer. */
  async settled(): Promise<void> {
    const upTo = this.#n;
    await Promise.all(this.links.map(async (link) => link.settled(upTo)));
  }

  /** No further calls; those under way go on. */
  closeIntake(refusal: Refusal): void {
    this.#closed = refusal;
    // Whoever waits for room is told so.
    if (this.#unanswered === 0) this.#pause.end();
  }

  counters(): SendCounters {
    const sum = (of: (link: Link) => number): number =>
      this.links.reduce((total, link) => total + of(link), 0);
    return {
      sent: sum(({ counters }) => counters.sends),
      resent: sum(({ counters }) => counters.resent),
      unanswered: this.#unanswered,
      messages: sum(({ counters }) => counters.messages),
    };
  }
}
