/**
 * A host in the callers' thread: the same code as in a worker, without a thread boundary. Requests and
 * answers pass as the objects they are; a crash is the process's own.
 */
import type { Journal } from '../storage/journal.ts';
import type { AnyDefinition } from './definition.ts';
import type { Wait } from './host/clock.ts';
import { Host } from './host/host.ts';
import type { Hosting, HostStanding } from './hosting.ts';
import type { Limits } from './limits.ts';
import type { Link } from './link.ts';
import type { Answer } from './protocol.ts';
import type { Router } from './router.ts';
import { shapesOf } from './shape.ts';
import type { Shape } from './shape.ts';

export interface InThreadOptions {
  readonly journal: Journal;
  readonly definitions: readonly AnyDefinition[];
  readonly shards: readonly number[];
  readonly link: Link;
  readonly router: Router;
  readonly limits: Limits;
  readonly indexLabels: readonly string[];
  readonly now: () => number;
  readonly wait: Wait;
}

export class InThread implements Hosting {
  readonly shapes: readonly Shape[];
  readonly #host: Host;
  readonly #link: Link;
  readonly #router: Router;

  private constructor(host: Host, { link, router }: InThreadOptions, shapes: readonly Shape[]) {
    this.#router = router;
    this.#host = host;
    this.#link = link;
    this.shapes = shapes;
  }

  static async open(options: InThreadOptions): Promise<InThread> {
    const { journal, definitions, shards, link, limits, indexLabels, now, wait } = options;
    const shapes = shapesOf(definitions);
    let early: Answer[] | undefined = [];
    const host = new Host({
      journal,
      writer: await journal.writer(0),
      definitions,
      shards,
      post: (answers) => {
        if (early === undefined) link.take(answers);
        else early.push(...answers);
      },
      now,
      wait,
      limits,
      indexLabels,
      quarantined: [],
    });
    await host.start();
    link.up({
      post: (requests, below) => {
        host.receive([{ op: 'answered', n: 0, below }]);
        host.receive(requests);
      },
    });
    const said = early;
    early = undefined;
    link.take(said);
    return new InThread(host, options, shapes);
  }

  standing(): readonly HostStanding[] {
    return [{ slot: 0, state: 'up', restarts: 0, stuck: false }];
  }

  async close(): Promise<void> {
    try {
      // In line with what was sent before.
      await this.#router.order(this.#link, { op: 'close' });
    } catch {
      // It refuses everything (its disk failed); its timers and tasks end all the same.
      await this.#host.close();
    }
  }

  async end(): Promise<void> {
    return Promise.resolve();
  }
}
