/**
 * A runtime for tests, free of any test framework: in this thread, on a journal in memory, on a clock that
 * the test moves, and with crashes. Nothing in it waits for real time.
 */
import { TroupeError } from '../actors/troupeError.ts';
import { newMemory } from '../storage/open.ts';
import type { Memory } from '../storage/open.ts';
import type { AnyDefinition } from './definition.ts';
import { Opened } from './opened.ts';
import { planOf } from './options.ts';
import type { Options, ValueOptions } from './options.ts';
import { Troupe } from './troupe.ts';
import { VirtualClock } from './virtualClock.ts';

/** A runtime for tests: on virtual time, and in memory. */
export interface TestOptions<A extends readonly AnyDefinition[]>
  extends
    Partial<Pick<ValueOptions<A>, 'actors'>>,
    Pick<Options, 'effects' | 'limits' | 'logger' | 'price' | 'redact' | 'retention'> {
  /** What is durable; a new one unless a test brings its own, to look into or to damage. */
  readonly memory?: Memory;
  /** The time at which it begins. */
  readonly now?: number;
}

interface Life<D> {
  readonly opened: Opened;
  readonly troupe: Troupe<D>;
  /** The host notices nothing; it only cannot write any more. */
  end(): void;
}

const begin = Date.UTC(2025, 0, 1);
/** Turns of the loop: a request of a caller takes one, and its round in the host another. */
const quietTurns = 3;
/** Who is not idle after so many waits for the time. */
const turnsMax = 30;
/** Text waits for its window: so far `settle` moves the time by itself. */
const windowsMs = 1000;

class TestTroupe<D> implements AsyncDisposable {
  readonly memory: Memory;
  readonly #options: TestOptions<readonly AnyDefinition[]>;
  readonly #clock: VirtualClock;
  #life: Life<D> | undefined;

  constructor(options: TestOptions<readonly AnyDefinition[]>) {
    this.#options = options;
    this.memory = options.memory ?? newMemory();
    this.#clock = new VirtualClock(options.now ?? begin);
  }

  /** The present one: after `reopen` it is another. */
  get troupe(): Troupe<D> {
    return this.#present.troupe;
  }

  get #present(): Life<D> {
    if (this.#life === undefined) throw new Error('This runtime is not open: call reopen() first.');
    return this.#life;
  }

  /** Milliseconds since 1970, as its actors know them. */
  now(): number {
    return this.#clock.now();
  }

  /** Time passes, also while nothing is open; what comes due comes at its time, with what follows from it. */
  async advance(ms: number): Promise<void> {
    const until = this.now() + ms;
    await this.#settleUntil(until);
    while ((this.#clock.next ?? Infinity) <= until) if (this.#clock.fire()) await this.#settleUntil(until);
    this.#clock.moveTo(until);
    await this.#settleUntil(until);
  }

  /**
   * Everything that was sent or said is done, with all that follows from it now. Text that waits to be
   * merged is waited for, at most a second of its time. A task that does not end is not.
   */
  async settle(): Promise<void> {
    await this.#settleUntil(this.now() + windowsMs);
  }

  async #settleUntil(until: number): Promise<void> {
    for (;;) {
      const recorded = this.memory.log.length;
      if (await this.#isIdle()) {
        if (this.memory.log.length === recorded) return;
      } else {
        if ((this.#clock.next ?? Infinity) > until) return;
        this.#clock.fire();
      }
    }
  }

  /** Whether nothing is left to do at this time, after whoever heard of it had a turn to say more. */
  async #isIdle(): Promise<boolean> {
    const link = this.#life?.opened.router.links[0];
    if (link === undefined) return true;
    const wait = { isOver: false };
    const end = (): void => void (wait.isOver = true);
    this.#present.opened.router.order(link, { op: 'idle' }).then(end, end);
    for (let i = 0; i < turnsMax && !wait.isOver; i++) await turned();
    for (let i = 0; i < quietTurns; i++) await turned();
    return wait.isOver;
  }

  /** Everything is gone but what is durable, as after a `kill -9`; whoever waited is never told. */
  crash(): void {
    this.#life?.end();
    this.#life = undefined;
  }

  /** Opens again on what is durable, after a crash if it was open; perhaps with other definitions. */
  async reopen(actors: readonly AnyDefinition[] | undefined = this.#options.actors): Promise<void> {
    this.crash();
    const { effects, limits, logger, price, redact, retention } = this.#options;
    const clock = this.#clock.life();
    let isOver = false;
    const failure = (): TroupeError | undefined => (isOver ? gone() : undefined);
    const plan = planOf({
      ...(effects && { effects }),
      ...(limits && { limits }),
      ...(logger && { logger }),
      ...(price && { price }),
      ...(redact && { redact }),
      ...(retention && { retention }),
      actors: actors ?? [],
      journal: { kind: 'memory', memory: this.memory, failure },
      clock,
    });
    const opened = await Opened.open(plan);
    const end = (): void => {
      isOver = true;
      clock.end();
      opened.effects.close();
      void opened.drivers.end();
    };
    this.#life = { opened, troupe: new Troupe<D>({ opened, leave: async () => opened.close() }), end };
  }

  async close(): Promise<void> {
    await this.#life?.troupe.close();
    this.crash();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

export type { TestTroupe };

/** Opens one; `close()` it, or declare it with `await using`. */
export async function openTestTroupe<const A extends readonly AnyDefinition[] = readonly []>(
  options: TestOptions<A> = {},
): Promise<TestTroupe<A[number]>> {
  const opened = new TestTroupe<A[number]>(options);
  await opened.reopen();
  return opened;
}

const gone = (): TroupeError => new TroupeError('FENCED', 'This life of the test runtime is over.', {});

async function turned(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
