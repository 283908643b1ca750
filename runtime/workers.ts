/**
 * Hosts in worker threads: one pool, one supervisor a slot, and one timer that looks at their heartbeats.
 */
import type { ResourceLimits } from 'node:worker_threads';
import type { Refusal } from '../actors/troupeError.ts';
import type { JournalShare } from '../storage/open.ts';
import type { Hosting, HostStanding } from './hosting.ts';
import type { Limits } from './limits.ts';
import type { Logger } from './logger.ts';
import { Pool } from './pool.ts';
import type { Router } from './router.ts';
import type { Shape } from './shape.ts';
import { Supervisor, looksUntilStuck } from './supervisor.ts';

export interface WorkersOptions {
  readonly router: Router;
  readonly share: JournalShare;
  readonly actors: string | undefined;
  readonly limits: Limits;
  readonly indexLabels: readonly string[];
  readonly logger: Logger;
  readonly resourceLimits: ResourceLimits | undefined;
  readonly quarantined: () => readonly string[];
  readonly quarantine: (address: string, reason: Refusal) => void;
}

export class Workers implements Hosting {
  readonly shapes: readonly Shape[];
  readonly #pool: Pool;
  readonly #supervisors: readonly Supervisor[];
  readonly #router: Router;
  readonly #looking: NodeJS.Timeout;

  private constructor(
    pool: Pool,
    supervisors: readonly Supervisor[],
    { router, limits }: WorkersOptions,
    shapes: readonly Shape[],
  ) {
    this.#pool = pool;
    this.#supervisors = supervisors;
    this.#router = router;
    this.shapes = shapes;
    const look = (): void => {
      for (const supervisor of supervisors) supervisor.look();
    };
    this.#looking = setInterval(look, limits.stuckMs / looksUntilStuck).unref();
  }

  static async open(options: WorkersOptions): Promise<Workers> {
    const { router, resourceLimits, share, actors, ...rest } = options;
    const pool = new Pool({ threads: router.links.length, resourceLimits });
    const supervisors = router.links.map((link) => {
      const { slot } = link;
      const post = { share, slot, shards: router.shardsOf(slot), actors };
      return new Supervisor({ ...rest, pool, post, link, session: router.session });
    });
    try {
      const [shapes = []] = await Promise.all(supervisors.map(async (supervisor) => supervisor.open()));
      return new Workers(pool, supervisors, options, shapes);
    } catch (error) {
      for (const supervisor of supervisors) supervisor.close();
      await pool.close();
      throw error;
    }
  }

  standing(): readonly HostStanding[] {
    return this.#supervisors.map((supervisor) => supervisor.standing());
  }

  async close(): Promise<void> {
    const closing = this.#supervisors.map(async (supervisor, slot) => {
      const { state } = supervisor.standing();
      supervisor.close();
      const link = this.#router.links[slot];
      // A host that is not there has nothing in memory that is not in the journal.
      if (state === 'up' && link !== undefined) await this.#router.order(link, { op: 'close' });
    });
    await Promise.allSettled(closing);
  }

  async end(): Promise<void> {
    clearInterval(this.#looking);
    for (const supervisor of this.#supervisors) supervisor.close();
    await this.#pool.close();
  }
}
