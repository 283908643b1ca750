/**
 * Drivers in the callers' thread: long-lived work of a state (an `invoke` named in `drivers` of a built-in
 * definition) that must outlive the worker of its actor, above all children of the process host.
 *   D1. One run a driver: asked for again while it runs (its host was replaced), it goes on, and reads in the
 *       journal what it was told meanwhile.
 *   D2. What it says is recorded once, in its order, whatever becomes of the host (P4): each is an ordinary
 *       send with a stamp, which the link repeats to the next host. `say` resolves when it is durable, and
 *       that is the time to let the child go on (B2).
 *   D3. Nobody else can say it: the send carries the effect, and counts only while that is under way.
 * A source is known by kind and name, `pty/pty` or `run/process`. To add one: implement `DriverSource`, name
 * it among the `sources` in opened.ts, and its `src` in `drivers` of the definition, whose machine does not
 * implement it.
 * Every byte crosses threads once: from here to its actor's host. There, output would cost a thread that has
 * statecharts to step a pipe to read, and a worker that crashes would take its children's keeper along.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { kindOf } from '../actors/address.ts';
import type { AnyEvent, Fact } from '../actors/fact.ts';
import { isTroupeError } from '../actors/troupeError.ts';
import { pack, packWhole, unpack } from '../storage/values.ts';
import type { OpenJournal } from '../storage/open.ts';
import { historyOf } from './history.ts';
import type { HistoryOptions } from './history.ts';
import { failureOf } from './host/words.ts';
import type { Link } from './link.ts';
import { loggable } from './logger.ts';
import type { Logger } from './logger.ts';
import type { DriverCall, EffectEnd, WireDigest, WireReceipt } from './protocol.ts';
import type { Router } from './router.ts';

/** One driver at work. */
export interface DriverRun {
  /** An event of its actor; `seq`: of the fact that led to it. */
  tell(event: AnyEvent, seq: number): void;
  /** The state was left, or there is nobody who would record what it says: it ends, and says nothing. */
  stop(): void;
  /** The runtime closes: it ends in order, and resolves when its end is recorded. */
  close(): Promise<void>;
}

/** What a driver knows of its actor. */
export interface DriverPort {
  readonly address: string;
  readonly effectId: string;
  /** Packed when the state was entered. */
  readonly input: unknown;
  /** D2. All in one commit, unless there are very many; what the machine does not take is left out. */
  say(events: readonly AnyEvent[]): Promise<readonly (WireReceipt | undefined)[]>;
  /** It cannot go on: the machine's `onError`. */
  fail(error: unknown): void;
  /** What is recorded. */
  facts(options: HistoryOptions): AsyncIterable<Fact>;
}

/** An event for a driver, and the seq of the fact that led to it. */
export interface Word {
  readonly event: AnyEvent;
  readonly seq: number;
}

export interface DriverSource {
  /** A run that begins with its state. */
  start(port: DriverPort): DriverRun;
  /** D1, with no run here: the one before was lost with its process, and the actor is told so. */
  lost(port: DriverPort): Promise<void>;
  /** D1. What it would have been told by the facts behind `after`, up to `to`. */
  missed(port: DriverPort, after: number, to: number): AsyncIterable<Word>;
  /** All runs have ended. */
  close(): Promise<void>;
}

interface Running {
  readonly run: DriverRun;
  readonly port: DriverPort;
  readonly source: DriverSource;
  /** Everything up to here it has been told. */
  heard: number;
  /** D1. What comes while it catches up. */
  waiting: Word[] | undefined;
}

export interface DriversOptions {
  readonly router: Router;
  readonly journal: OpenJournal;
  readonly logger: Logger;
  readonly now: () => number;
  readonly sources: Readonly<Record<string, DriverSource>>;
}

export class Drivers {
  readonly #options: DriversOptions;
  readonly #running = new Map<string, Running>();
  #isClosed = false;

  readonly #openedAt: number;

  constructor(options: DriversOptions) {
    this.#options = options;
    this.#openedAt = options.now();
  }

  get running(): number {
    return this.#running.size;
  }

  /** False: no driver of that name is known here. */
  start(call: DriverCall): boolean {
    const source = this.#options.sources[`${kindOf(call.address)}/${call.src}`];
    if (source === undefined) return false;
    const key = keyOf(call.address, call.effectId);
    const running = this.#running.get(key);
    if (running !== undefined) void this.#catchUp(running, call.seq);
    else if (call.resumed) void this.#resume(call, source);
    else this.#begin(call, source);
    return true;
  }

  #begin(call: DriverCall, source: DriverSource): void {
    if (this.#isClosed) return;
    const port = this.#portOf(call);
    const run = source.start(port);
    const running: Running = { run, port, source, heard: startOf(call.effectId), waiting: undefined };
    this.#running.set(keyOf(call.address, call.effectId), running);
    if (call.resumed) void this.#catchUp(running, call.seq);
  }

  /** D1. Its host was replaced before it had told us to start it, or it ran in a process before this one. */
  async #resume(call: DriverCall, source: DriverSource): Promise<void> {
    const port = this.#portOf(call);
    try {
      if (await this.#isOurs(call)) this.#begin(call, source);
      else await source.lost(port);
    } catch (error) {
      this.#failed(port, error);
    }
  }

  /** Asked for in this life of the runtime, and never heard of since. */
  async #isOurs({ address, effectId }: DriverCall): Promise<boolean> {
    const after = startOf(effectId) - 1;
    for await (const { at, by } of historyOf(this.#options.journal, address, { after })) {
      if (at < this.#openedAt || by === byOf({ address, effectId })) return false;
    }
    return true;
  }

  tell(address: string, effectId: string, bytes: Uint8Array, seq: number): void {
    const running = this.#running.get(keyOf(address, effectId));
    if (running === undefined) return;
    const event = unpack(bytes) as AnyEvent; // As the host packed it.
    if (running.waiting !== undefined) running.waiting.push({ event, seq });
    else hear(running, event, seq);
  }

  /** D1. What it was told between the last word that came and the host that took over. */
  async #catchUp(running: Running, seq: number): Promise<void> {
    const { port, source } = running;
    if (running.waiting !== undefined || running.heard >= seq) return;
    running.waiting = [];
    try {
      const { heard } = running;
      for await (const word of source.missed(port, heard, seq)) hear(running, word.event, word.seq);
    } catch (error) {
      this.#failed(port, error);
    }
    const { waiting } = running;
    running.waiting = undefined;
    running.heard = Math.max(running.heard, seq);
    for (const { event, seq: at } of waiting) hear(running, event, at);
  }

  stop(address: string, effectId: string): void {
    const key = keyOf(address, effectId);
    const running = this.#running.get(key);
    this.#running.delete(key);
    running?.run.stop();
  }

  /** Another host: whoever ended before it came is stopped, because nobody else will say so. */
  revived(link: Link): void {
    for (const { port } of this.#running.values()) {
      if (this.#options.router.linkOf(port.address) === link) void this.#look(port, link);
    }
  }

  async #look(port: DriverPort, link: Link): Promise<void> {
    const { address, effectId } = port;
    try {
      const digest = await this.#options.router.order(link, { op: 'digest', address });
      if ((digest as WireDigest).sealed) this.stop(address, effectId); // As protocol.ts has it.
    } catch (error) {
      this.#failed(port, error);
    }
  }

  /** Every driver ends in order, and its end is recorded; then what they share. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(Array.from(this.#running.values(), async ({ run }) => run.close()));
    await this.end();
  }

  /** At once, and nothing is recorded: as when the process is killed. */
  async end(): Promise<void> {
    this.#isClosed = true;
    for (const { port } of Array.from(this.#running.values())) this.stop(port.address, port.effectId);
    await Promise.all(Object.values(this.#options.sources).map(async (source) => source.close()));
  }

  #portOf({ address, effectId, input }: DriverCall): DriverPort {
    const { journal } = this.#options;
    return {
      address,
      effectId,
      input: unpack(input),
      say: async (events) => this.#say(address, effectId, events),
      facts: (options) => historyOf(journal, address, options),
      fail: (error) => void this.#fail(address, { effectId, failure: packWhole(failureOf(error)) }),
    };
  }

  async #fail(address: string, end: EffectEnd): Promise<void> {
    const { router } = this.#options;
    try {
      await router.order(router.linkOf(address), { op: 'effect.end', address, end });
    } catch (error) {
      this.#logged(address, error);
    }
  }

  /** D2. What a full disk refused is said again, ever later: meanwhile the child waits. */
  async #say(
    address: string,
    driver: string,
    events: readonly AnyEvent[],
  ): Promise<readonly (WireReceipt | undefined)[]> {
    const receipts: (WireReceipt | undefined)[] = [];
    for (let ms = retryMsMin; ; ms = Math.min(retryMsMax, ms * 2)) {
      const rest = events.slice(receipts.length);
      const said = await Promise.allSettled(rest.map(async (event) => this.#sent(address, driver, event)));
      for (const outcome of said) {
        if (outcome.status === 'fulfilled') receipts.push(outcome.value);
        else if (isTroupeError(outcome.reason, 'NOT_ACCEPTED')) receipts.push(undefined);
        else if (isTroupeError(outcome.reason, 'JOURNAL_FULL') && !this.#isClosed) break;
        else throw outcome.reason;
      }
      if (receipts.length === events.length) return receipts;
      await pause(ms);
    }
  }

  async #sent(address: string, driver: string, event: AnyEvent): Promise<WireReceipt> {
    const { bytes, bodies } = pack(event);
    const by = byOf({ address, effectId: driver });
    const request = { address, event: bytes, by, driver, ...(bodies.length > 0 && { bodies }) };
    return (await this.#options.router.say(request)) as WireReceipt; // As a send is answered.
  }

  #failed({ address, effectId }: DriverPort, error: unknown): void {
    this.#logged(address, error);
    this.stop(address, effectId);
  }

  #logged(address: string, error: unknown): void {
    const text = `The driver of ${address} was let go: nobody records what it says.`;
    this.#options.logger.error({ address, error: loggable(error) }, text);
  }
}

const retryMsMin = 50;
const retryMsMax = 5_000;

/** Told twice, by two hosts, it hears it once. */
function hear(running: Running, event: AnyEvent, seq: number): void {
  if (seq < running.heard) return;
  running.heard = seq;
  running.run.tell(event, seq);
}

/** The seq of the fact that asked for it (runtime/host/words.ts). */
function startOf(effectId: string): number {
  return Number(effectId.slice(effectId.lastIndexOf('@') + 1));
}

function byOf({ address, effectId }: { readonly address: string; readonly effectId: string }): string {
  return `${address}#${effectId}`;
}

function keyOf(address: string, effectId: string): string {
  return `${address} ${effectId}`;
}
