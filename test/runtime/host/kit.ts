/**
 * A stage for durable actors: a runtime in this thread on a journal in memory, with a clock that a test
 * moves,
 * a disk that fails when it is told to, and crashes. What it opens is closed after the test.
 */
import { afterEach } from 'vitest';
import { TroupeError } from '../../../actors/troupeError.ts';
import { newMemory } from '../../../storage/memory.ts';
import type { Memory } from '../../../storage/memory.ts';
import type { AnyDefinition, Clock, Logger } from '../../../runtime/index.ts';
import { Opened } from '../../../runtime/opened.ts';
import { planOf } from '../../../runtime/options.ts';
import type { Options } from '../../../runtime/options.ts';
import type { HostStats, Request, WireReceipt } from '../../../runtime/protocol.ts';
import type { Ref } from '../../../runtime/ref.ts';
import type { Unnumbered } from '../../../runtime/router.ts';
import { Troupe } from '../../../runtime/troupe.ts';
import { pack } from '../../../storage/values.ts';

/** Where every test's time begins. */
export const start = 1_750_000_000_000;

interface Waiting {
  readonly at: number;
  readonly work: () => void;
}

/** Time that stands still until it is moved; then whatever came due in between happens, in due order. */
export class TestClock {
  #now = start;
  readonly #waiting = new Set<Waiting>();

  now(): number {
    return this.#now;
  }

  /** How many wait for it. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The clock of one life of a runtime: what waits in it is gone when that life ends. */
  life(): Required<Clock> & { end(): void } {
    const own = new Set<Waiting>();
    const wait = (ms: number, work: () => void): (() => void) => {
      const waiting = { at: this.#now + ms, work };
      this.#waiting.add(waiting);
      own.add(waiting);
      return () => this.#waiting.delete(waiting);
    };
    const end = (): void => own.forEach((waiting) => this.#waiting.delete(waiting));
    return { now: () => this.#now, wait, end };
  }

  /** As after a suspension: the time jumps, then everything overdue comes. Negative: somebody set it back. */
  advance(ms: number): void {
    this.#now += ms;
    const due = [...this.#waiting].filter(({ at }) => at <= this.#now).toSorted((a, b) => a.at - b.at);
    for (const waiting of due) if (this.#waiting.delete(waiting)) waiting.work();
  }
}

export interface StageOptions extends Pick<Options, 'effects' | 'limits'> {
  readonly memory?: Memory;
}

interface Life<D> {
  readonly opened: Opened;
  readonly troupe: Troupe<D>;
  readonly clock: { end(): void };
}

const endings: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

export class Stage<D> {
  readonly clock = new TestClock();
  readonly memory: Memory;
  readonly log: string[] = [];
  /** Asked before each write of the present life: what it gives is the write's failure. */
  failure: () => TroupeError | undefined = () => undefined;
  #actors: readonly AnyDefinition[];
  readonly #options: StageOptions;
  #life: Life<D> | undefined;

  constructor(actors: readonly AnyDefinition[], options: StageOptions) {
    this.#actors = actors;
    this.#options = options;
    this.memory = options.memory ?? newMemory();
  }

  async open(): Promise<void> {
    const write = (_details: object, text = ''): void => void this.log.push(text);
    const logger: Logger = { debug: write, info: write, warn: write, error: write };
    const clock = this.clock.life();
    const { memory } = this;
    let isOver = false;
    const journal = { kind: 'memory' as const, memory, failure: () => (isOver ? undefined : this.failure()) };
    const { memory: _, effects, limits } = this.#options;
    const options = { ...(effects && { effects }), limits: { closeMs: 500, ...limits } };
    const plan = planOf({ ...options, actors: this.#actors, journal, clock, logger });
    const opened = await Opened.open(plan);
    const leave = async (): Promise<void> => opened.close();
    const end = (): void => {
      isOver = true;
      clock.end();
    };
    this.#life = { opened, troupe: new Troupe<D>({ opened, leave }), clock: { end } };
  }

  get #present(): Life<D> {
    if (this.#life === undefined) throw new Error('nothing is open on this stage');
    return this.#life;
  }

  get troupe(): Troupe<D> {
    return this.#present.troupe;
  }

  get opened(): Opened {
    return this.#present.opened;
  }

  /** Everything is gone but what is durable; whoever waited is not told. */
  crash(): void {
    this.#life?.clock.end();
    this.#life = undefined;
  }

  /** After a crash, unless it was closed before; perhaps with other definitions. */
  async reopen(actors?: readonly AnyDefinition[]): Promise<void> {
    this.crash();
    this.failure = () => undefined;
    this.#actors = actors ?? this.#actors;
    await this.open();
  }

  async close(): Promise<void> {
    await this.#life?.troupe.close();
    this.crash();
  }

  /** Straight to the host. */
  async ask(request: Unnumbered<Request>): Promise<unknown> {
    const { router } = this.opened;
    return router.order(router.links[0]!, request);
  }

  /** Nothing is left to do, as far as this moment of the clock goes. */
  async idle(): Promise<void> {
    await this.ask({ op: 'idle' });
  }

  /** Appends of the present life wait until the promise resolves. */
  holdAppends(until: Promise<unknown>): void {
    const writer = this.memory.slots.get(0)!;
    const append = writer.append.bind(writer);
    writer.append = async (...appended) => {
      await until;
      return append(...appended);
    };
  }

  /** The next append of the present life fails, and the read that brings its actor back: it is set aside. */
  failDisk(): void {
    let appends = 0;
    this.failure = () => (appends++ === 0 ? diskError() : undefined);
    const { journal } = this.opened;
    const last = journal.last.bind(journal);
    let reads = 0;
    journal.last = async (address) => {
      if (reads++ === 0) throw diskError();
      return last(address);
    };
  }

  /** As `idle`, while time goes on: retries after failures, and whatever else waits, come. */
  async settled(stepMs = 1000): Promise<void> {
    const wait = { isOver: false };
    const idle = this.idle().finally(() => {
      wait.isOver = true;
    });
    for (let i = 0; i < 10_000 && !wait.isOver; i++) {
      await heard();
      this.clock.advance(stepMs);
    }
    return idle;
  }

  async stats(): Promise<HostStats & { readonly rounds: number; readonly failures: number }> {
    return (await this.ask({ op: 'stats' })) as HostStats & { rounds: number; failures: number };
  }

  /** A send under a stamp of the test's choice, as it is repeated after its answer was lost. */
  async resend(address: string, n: number, event: object, more: object = {}): Promise<WireReceipt> {
    const stamp = { session: 'a session of the test', n };
    const request = { op: 'send' as const, stamp, address, event: pack(event).bytes, ...more };
    return (await this.ask(request)) as WireReceipt;
  }

  /** As `resend`, for several sends as one. */
  async resendBatch(address: string, sends: readonly (readonly [number, object])[]): Promise<unknown> {
    const stamped = sends.map(([n, event]) => {
      const stamp = { session: 'a session of the test', n };
      return { op: 'send' as const, n, stamp, address, event: pack(event).bytes };
    });
    return this.ask({ op: 'batch', address, sends: stamped });
  }
}

function diskError(): TroupeError {
  return new TroupeError('JOURNAL_FULL', 'the disk is full', {});
}

export async function openStage<const A extends readonly AnyDefinition[]>(
  actors: A,
  options: StageOptions = {},
): Promise<Stage<A[number]>> {
  const stage = new Stage<A[number]>(actors, options);
  endings.push(async () => stage.close());
  await stage.open();
  return stage;
}

/** The types of an actor's facts, in order. */
export async function typesOf(ref: Ref<unknown>): Promise<string[]> {
  const types: string[] = [];
  for await (const { event } of ref.history()) types.push((event as { type: string }).type);
  return types;
}

/** What was sent by now is in the mailboxes of the host, which has not begun its round. */
export async function heard(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** What was refused, with its code and details. */
export async function refusalOf(promise: PromiseLike<unknown>): Promise<TroupeError> {
  try {
    await promise;
  } catch (error) {
    return error as TroupeError;
  }
  throw new Error('it was not refused');
}

export interface Settled<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

/** A promise to be settled by hand. */
export function newPromise<T = void>(): Settled<T> {
  let settle: Omit<Settled<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, resolve: (value) => settle?.resolve(value), reject: (error) => settle?.reject(error) };
}
