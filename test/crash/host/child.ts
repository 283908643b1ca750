/**
 * The process that is killed: opens the directory and sends what its seed says, and now and then ends one of
 * its own workers, from outside or by an actor's code. Its last life only waits for everything to settle.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { isTroupeError, openTroupe } from '../../../runtime/index.ts';
import type { AnyDefinition, Logger, Troupe } from '../../../runtime/index.ts';
import { Random } from '../../../storage/conformance/random.ts';
import { idsPerKind, kinds, steps, worked } from './machines.ts';
import type { TaskArgs } from './machines.ts';
import { tell } from './told.ts';
import type { LifeData, Sent } from './told.ts';

const pendingMax = 100;
const statsMs = 6000;
/** The answer is no, and nothing was recorded. */
const isFinal: ReadonlySet<string> = new Set(['SEALED', 'NOT_ACCEPTED']);

class Life {
  readonly #data: LifeData;
  readonly #troupe: Troupe<AnyDefinition>;
  readonly #random: Random;
  readonly #workers: ReadonlySet<Worker>;
  readonly #pending = new Set<Promise<void>>();
  #count = 0;
  #isOver = false;

  constructor(data: LifeData, troupe: Troupe<AnyDefinition>, workers: ReadonlySet<Worker>) {
    this.#data = data;
    this.#troupe = troupe;
    this.#workers = workers;
    this.#random = new Random(data.seed);
  }

  async live(): Promise<void> {
    const random = this.#random;
    for (const sent of this.#data.unanswered) this.#begin(sent);
    while (!this.#isOver) {
      for (let i = random.between(1, 10); i > 0; i--) this.#begin(this.#next());
      if (random.once(12)) this.#crash();
      await new Promise((resolve) => setTimeout(resolve, random.below(15)));
      while (this.#pending.size > pendingMax) await Promise.race(this.#pending);
    }
  }

  #next(): Sent {
    const random = this.#random;
    const address = `${random.pick(kinds)}/${random.below(idsPerKind)}`;
    const n = ++this.#count;
    const type = random.once(60) ? 'end' : random.pick([...steps, 'note', 'note', 'picky']);
    const event = { type, n, hops: random.below(4) };
    return { id: `${this.#data.life}.${n}`, address, event };
  }

  #begin(sent: Sent): void {
    tell({ what: 'try', sent });
    const done: Promise<void> = this.#send(sent).finally(() => this.#pending.delete(done));
    this.#pending.add(done);
    // At the same time once more: one of the two is applied.
    if (this.#random.once(30)) void this.#send(sent);
  }

  async #send(sent: Sent): Promise<void> {
    const { id, address, event } = sent;
    for (;;) {
      try {
        const { seq, duplicate } = await this.#ref(address).send(event, { id });
        return tell({ what: 'ack', id, seq, duplicate });
      } catch (error) {
        if (!isTroupeError(error)) throw error;
        if (isFinal.has(error.code) || !this.#data.isLast) {
          return tell({ what: 'refused', id, code: error.code });
        }
        tell({ what: 'log', text: `in the last life: ${error.code} ${error.message}` });
        if (error.code === 'CLOSED') return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  #ref(address: string) {
    const [kind = '', id = ''] = address.split('/');
    return this.#troupe.actor(kind, id);
  }

  /** With workers a thread is lost, without them the process. */
  #crash(): void {
    const random = this.#random;
    const hasWorkers = this.#data.workers > 0;
    const how = random.pick(['terminate', 'crash.throw', 'crash.exit', 'crash.step'] as const);
    if (how === 'terminate') {
      if (this.#workers.size === 0) return;
      tell({ what: 'crash', how });
      void random.pick([...this.#workers]).terminate();
      return;
    }
    if (how === 'crash.step' && !hasWorkers) return;
    tell({ what: 'crash', how });
    const address = how === 'crash.step' ? 'poison/0' : `${random.pick(kinds)}/${random.below(idsPerKind)}`;
    this.#ref(address)
      .send({ type: how })
      .catch(() => undefined);
  }

  /** Nothing new; what was never answered is sent again until it is. */
  async settle(): Promise<void> {
    setInterval(() => void this.#tellStats(), statsMs).unref();
    for (const sent of this.#data.unanswered) this.#begin(sent);
    await Promise.all(this.#pending);
    await this.#troupe.flush();
    tell({ what: 'settled' });
  }

  /** For whoever looks into a failure: what its hosts say of themselves when nothing moves. */
  async #tellStats(): Promise<void> {
    const stats = await Promise.race([
      this.#troupe.stats(),
      new Promise((resolve) => setTimeout(resolve, 1000, 'no answer')),
    ]);
    tell({ what: 'log', text: `stats: ${JSON.stringify(stats)}` });
  }

  async close(): Promise<void> {
    this.#isOver = true;
    const quarantined = await this.#troupe.quarantined();
    tell({ what: 'quarantined', addresses: quarantined.map(({ address }) => address) });
    await this.#troupe.close();
    await Promise.all(this.#pending);
    tell({ what: 'closed' });
  }
}

function fail(error: unknown): never {
  tell({ what: 'failed', message: error instanceof Error ? `${error.stack}` : String(error) });
  process.exit(1);
}

const data = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as LifeData;
process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);

const workers = new Set<Worker>();
process.on('worker', (worker) => {
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
});

const log = (details: object, text = ''): void => {
  const { error } = details as { readonly error?: unknown };
  tell({ what: 'log', text: error === undefined ? text : `${text}: ${inspect(error)}` });
};
const logger: Logger = { debug: () => undefined, info: () => undefined, warn: log, error: log };
const actors = new URL(
  `actors.ts?seed=${data.castSeed}&side=${encodeURIComponent(data.side)}`,
  import.meta.url,
);
const troupe = (await openTroupe({
  directory: data.directory,
  actors,
  workers: data.workers,
  logger,
  effects: {
    remote: async (run) =>
      worked(run as TaskArgs, (line) => appendFileSync(data.side, `${JSON.stringify(line)}\n`)),
  },
  // Small, so that a short life meets them; crashes are the point, so that many are allowed.
  limits: { snapshotFacts: 16, turnEvents: 8, idleMs: 100, residentActors: 8, restarts: 1000 },
})) as Troupe<AnyDefinition>;
const life = new Life(data, troupe, workers);
tell({ what: 'ready' });
process.stdin.on('data', () => void life.close().then(() => process.exit(0)));
if (data.isLast) await life.settle();
else await life.live();
