/**
 * The threads of a runtime, and the one file that knows piscina.
 *   T1. A thread hosts one slot for its whole life: what a dead host left behind is gone with it.
 *   T2. A start that fails or a host that ends is told after its thread has ended, so that nothing of it can
 *       still write (DESIGN §4.9).
 *   T3. Threads alone keep no process alive.
 *   T4. A start whose thread ends before it could take it fails with it: piscina makes no new thread by
 *       itself any more once one has ended so early, and it would wait for ever. The next start makes one.
 * The task of a thread is the start of its host; the host outlives the task. (A task that lasts as long as
 * its host was tried: piscina keeps the process alive while a task runs.)
 */
import { existsSync } from 'node:fs';
import type { ResourceLimits, Worker } from 'node:worker_threads';
import { Piscina, queueOptionsSymbol } from 'piscina';
import { TroupeError, errorOf, outcomeOf } from '../actors/troupeError.ts';
import type { StartOutcome, StartTask } from './worker.ts';
import type { Shape } from './shape.ts';
import { threadOf } from './threadMark.ts';

export interface PoolOptions {
  readonly threads: number;
  readonly resourceLimits?: ResourceLimits | undefined;
  /** The module whose `start` a thread runs. */
  readonly entry?: URL;
}

/** How a thread ended. */
export interface Ending {
  readonly code: number;
  readonly error?: unknown;
}

/** A host at work in a thread of its own. */
export interface Hosted {
  readonly shapes: readonly Shape[];
  readonly ended: Promise<Ending>;
}

/** A task as it is queued: piscina shows it to the balancer by this. */
interface Waiting {
  readonly called: AbortController;
}

interface Thread {
  readonly worker: Worker;
  readonly ended: Promise<Ending>;
}

const startGraceMs = 5_000;

export class Pool {
  readonly #piscina: Piscina<StartTask, StartOutcome>;
  readonly #threads = new Map<number, Thread>();
  readonly #taken = new Set<number>();
  readonly #starting = new Set<Promise<unknown>>();
  /** Starts that no thread has taken, oldest first. */
  readonly #waiting: Waiting[] = [];

  constructor({ threads, resourceLimits, entry = workerEntry() }: PoolOptions) {
    this.#piscina = new Piscina<StartTask, StartOutcome>({
      filename: entry.href,
      minThreads: threads,
      maxThreads: threads,
      // A thread without a task must turn its loop, not wait for the next one.
      atomics: 'disabled',
      ...(resourceLimits !== undefined && { resourceLimits }),
      loadBalancer: (task, workers) => {
        const free = workers.find(({ id, destroyed }) => !destroyed && !this.#taken.has(id));
        if (free === undefined) return null;
        this.#taken.add(free.id); // T1
        this.#waiting.splice(this.#waiting.indexOf(task[queueOptionsSymbol] as Waiting), 1);
        return free;
      },
    });
    // Once piscina has made another thread, if it does.
    this.#piscina.on('workerDestroy', () => queueMicrotask(() => this.#failUnhoused()));
    this.#piscina.on('workerCreate', ({ id }: { readonly id: number }) => this.#watch(id));
    // Every end of a thread is heard from the thread itself.
    this.#piscina.on('error', () => undefined);
  }

  #watch(id: number): void {
    const worker = this.#piscina.threads.find(({ threadId }) => threadId === id);
    if (worker === undefined) return;
    const ended = new Promise<Ending>((resolve) => {
      let error: unknown;
      worker.once('error', (thrown: unknown) => {
        error = thrown;
      });
      worker.once('exit', (code) => {
        this.#threads.delete(id);
        this.#taken.delete(id);
        resolve(error === undefined ? { code } : { code, error });
      });
    });
    this.#threads.set(id, { worker, ended });
  }

  /** A host in a free thread; how its thread ended, if it did; rejects with what the host refuses. */
  async start(task: StartTask): Promise<Hosted | Ending> {
    const running = this.#run(task);
    this.#starting.add(running);
    const outcome = await running;
    this.#starting.delete(running);
    const thread = this.#threads.get(threadOf(task.breadcrumb));
    if ('code' in outcome) return (await thread?.ended) ?? outcome; // T2
    if ('refusal' in outcome) {
      await thread?.worker.terminate();
      throw errorOf(outcome.refusal);
    }
    return thread === undefined
      ? { code: 1, error: new Error('its thread ended') }
      : { shapes: outcome.shapes, ended: thread.ended };
  }

  async #run(task: StartTask): Promise<StartOutcome | Ending> {
    const waiting: Waiting = { called: new AbortController() };
    this.#waiting.push(waiting);
    const queued = { ...task, [queueOptionsSymbol]: waiting };
    const { signal } = waiting.called;
    try {
      return await this.#piscina.run(queued, { name: 'start', transferList: [task.port], signal });
    } catch (error) {
      return { code: 1, error: signal.aborted ? signal.reason : error };
    }
  }

  /** T4. */
  #failUnhoused(): void {
    const free = this.#piscina.threads.filter(({ threadId }) => !this.#taken.has(threadId));
    for (const { called } of this.#waiting.splice(free.length))
      called.abort(new Error('its thread ended before it was ready'));
  }

  /** Starts under way have come to something; one that hangs is not waited for. */
  async #started(): Promise<void> {
    if (this.#starting.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, startGraceMs)));
    await Promise.race([Promise.allSettled(this.#starting), late]);
    clearTimeout(timer);
  }

  /** Ends every thread, and returns when they have ended. */
  async close(): Promise<void> {
    // A thread that is ended while it loads lmdb's binary takes the whole process along.
    await this.#started();
    const ended = [...this.#threads.values()].map(async (thread) => thread.ended);
    await this.#piscina.destroy();
    await Promise.all(ended);
  }
}

/** The worker beside this file, from sources and from what was built of them; a bundler leaves it behind. */
function workerEntry(): URL {
  // A bundle in CommonJS has no URL.
  const { url } = import.meta as { readonly url?: string };
  const entry = url === undefined ? undefined : new URL(`./worker${url.slice(-3)}`, url);
  if (entry !== undefined && existsSync(entry)) return entry;
  const text =
    'Worker threads cannot start: troupe is bundled, and its worker is not beside it. Keep troupe ' +
    'external, or host in this thread: openTroupe({ actors: [order] }).';
  throw new TroupeError('UNSUPPORTED', text, { option: 'workers' });
}

/** How a thread ended, for people. */
export function describeEnding({ code, error }: Ending): string {
  return error === undefined ? `it exited with code ${code}` : outcomeOf(error).message;
}
