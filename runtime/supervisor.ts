/**
 * Keeps one slot hosted: starts its host in a thread of the pool, and again when the thread is lost. Callers
 * notice a delay (P10): what has no answer goes to the next host. Restarts.ts decides what a crash leads to.
 *   - An actor whose code was running at two crashes in a row is set aside; the others go on.
 *   - A host that refuses to start (its slot has a newer owner, its disk failed) is lost for good.
 *   - A loop that does not turn is reported, and left alone: nobody can tell long work from an endless one.
 */
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { TroupeError, outcomeOf } from '../actors/troupeError.ts';
import type { Refusal } from '../actors/troupeError.ts';
import { Breadcrumb, breadcrumbBytes } from './host/breadcrumb.ts';
import type { HostStanding, HostState } from './hosting.ts';
import type { Limits } from './limits.ts';
import type { Link } from './link.ts';
import { loggable } from './logger.ts';
import type { Logger } from './logger.ts';
import { describeEnding } from './pool.ts';
import type { Ending, Hosted, Pool } from './pool.ts';
import { Restarts } from './restarts.ts';
import type { Shape } from './shape.ts';
import { packRequests, unpackAnswers } from './wire.ts';
import type { StartTask } from './worker.ts';

export type Post = Pick<StartTask, 'share' | 'slot' | 'shards' | 'actors'>;

export interface SupervisorOptions {
  readonly pool: Pick<Pool, 'start'>;
  readonly post: Post;
  readonly session: string;
  readonly link: Link;
  readonly limits: Limits;
  readonly indexLabels: readonly string[];
  readonly logger: Logger;
  readonly quarantined: () => readonly string[];
  readonly quarantine: (address: string, reason: Refusal) => void;
}

/** Looks at a heartbeat that found nothing new, before a loop counts as stuck. */
export const looksUntilStuck = 4;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #restarts: Restarts;
  #state: HostState = 'starting';
  #attempt = 0;
  #breadcrumb = new SharedArrayBuffer(breadcrumbBytes);
  #beats = 0;
  #unchanged = 0;
  #pause: NodeJS.Timeout | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#restarts = new Restarts(options.limits);
  }

  /** The first start: what the host refuses, or crashes that do not end, are its caller's to hear. */
  async open(): Promise<readonly Shape[]> {
    for (;;) {
      const begun = await this.#begin();
      if ('shapes' in begun) return begun.shapes;
      if (this.#crashed(begun) === 'pause') throw lost(this.#options.post.slot, describeEnding(begun));
    }
  }

  /** One host in one thread; what follows its end is arranged here. */
  async #begin(): Promise<Hosted | Ending> {
    const { pool, post, limits, indexLabels, quarantined } = this.#options;
    this.#state = 'starting';
    this.#breadcrumb = new SharedArrayBuffer(breadcrumbBytes);
    const { port1, port2 } = new MessageChannel();
    const begun = await pool
      .start({
        ...post,
        limits,
        indexLabels,
        port: port2,
        breadcrumb: this.#breadcrumb,
        quarantined: quarantined(),
      })
      .catch((error: unknown) => {
        port1.close();
        throw error;
      });
    if (!('shapes' in begun)) {
      port1.close();
      return begun;
    }
    this.#guard(begun, port1);
    return begun;
  }

  #guard(hosted: Hosted, port: MessagePort): void {
    const { link, session } = this.#options;
    this.#state = 'up';
    this.#unchanged = 0;
    link.up({
      post: (requests, below) => {
        const batch = packRequests(session, [{ op: 'answered', n: 0, below }, ...requests]);
        port.postMessage(batch, [batch]);
      },
    });
    // Only now: what the host said while it started waits in the port until it can be answered.
    port.on('message', (batch: ArrayBuffer) => link.take(unpackAnswers(batch)));
    port.unref();
    void hosted.ended.then(async (ending) => {
      port.close();
      return this.#lost(ending);
    });
  }

  /** The thread of a host that was up has ended. */
  async #lost(ending: Ending): Promise<void> {
    if (this.#state !== 'up') return;
    this.#options.link.down();
    const verdict = this.#crashed(ending);
    if (verdict === 'pause') this.#rest(ending);
    else await this.#again();
  }

  async #again(): Promise<void> {
    const { link, logger, post } = this.#options;
    try {
      for (;;) {
        const begun = await this.#begin();
        if ('shapes' in begun) return;
        if (this.#crashed(begun) === 'pause') return this.#rest(begun);
      }
    } catch (error) {
      if (this.#isClosed()) return;
      this.#state = 'lost';
      link.lose(outcomeOf(error, 'WORKER_LOST'));
      const details = { slot: post.slot, error: loggable(error) };
      logger.error(details, 'a worker cannot be started again; its sends are refused');
    }
  }

  /** Tells of the crash, and sets aside whoever it was if it happened twice. */
  #crashed(ending: Ending): 'again' | 'pause' {
    const { quarantine, logger, post } = this.#options;
    this.#attempt++;
    if (this.#isClosed()) return 'pause';
    const { address } = Breadcrumb.read(this.#breadcrumb);
    const how = describeEnding(ending);
    const { slot } = post;
    const error = ending.error === undefined ? undefined : loggable(ending.error);
    logger.warn({ slot, address, code: ending.code, error }, `a worker was lost: ${how}`);
    const verdict = this.#restarts.crashed(performance.now(), address);
    if (verdict !== 'quarantine' || address === undefined) return verdict === 'pause' ? 'pause' : 'again';
    const text =
      `${address} was running when its worker was lost, twice in a row (${how}). ` +
      'It is set aside; correct its code, then release(address).';
    quarantine(address, { code: 'QUARANTINED', message: text, details: { address, cause: how } });
    return 'again';
  }

  /** Too many crashes: refuse for a while instead of spinning, then try again. */
  #rest(ending: Ending): void {
    if (this.#isClosed()) return;
    const { link, limits, logger, post } = this.#options;
    const { restarts, restartWindowMs } = limits;
    this.#state = 'paused';
    const { code, message, details } = lost(post.slot, describeEnding(ending), restartWindowMs);
    link.refuse({ code, message, details });
    logger.error({ slot: post.slot, restarts, restartWindowMs }, message);
    this.#pause = setTimeout(() => void this.#again(), restartWindowMs).unref();
  }

  /** Looks at the heartbeat; called `looksUntilStuck` times in `limits.stuckMs`. */
  look(): void {
    const { beats } = Breadcrumb.read(this.#breadcrumb);
    const wasStuck = this.#unchanged >= looksUntilStuck;
    this.#unchanged = this.#state === 'up' && beats === this.#beats ? this.#unchanged + 1 : 0;
    this.#beats = beats;
    if (wasStuck || this.#unchanged < looksUntilStuck) return;
    const { address } = Breadcrumb.read(this.#breadcrumb);
    const { logger, limits, post } = this.#options;
    logger.error({ slot: post.slot, address }, `a worker's loop has not turned for ${limits.stuckMs} ms`);
  }

  /** What happens to its thread from now on is no crash. */
  close(): void {
    this.#state = 'closed';
    clearTimeout(this.#pause);
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  standing(): HostStanding {
    return {
      slot: this.#options.post.slot,
      state: this.#state,
      restarts: this.#attempt,
      stuck: this.#unchanged >= looksUntilStuck,
    };
  }
}

function lost(slot: number, how: string, pausedMs?: number): TroupeError {
  const then =
    pausedMs === undefined
      ? ''
      : ` Sends to its actors are refused for ${pausedMs} ms, then it starts again.`;
  return new TroupeError('WORKER_LOST', `Worker ${slot} ends again and again: ${how}.${then}`, {
    slot,
    outcome: 'unknown',
    ...(pausedMs !== undefined && { retryAfterMs: pausedMs }),
  });
}
