/**
 * The process that is killed: callers and actors in worker threads post flat out, others drain, acknowledge
 * all, some or nothing, release or forget; now and then a worker is lost. Its last life empties everything.
 */
import { readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { isTroupeError, openTroupe } from '../../../runtime/index.ts';
import type { Troupe } from '../../../runtime/index.ts';
import type { OutboxEvent } from '../../../actors/outbox/vocabulary.ts';
import type { Lease, Outbox } from '../../../runtime/outbox.ts';
import { recordsIn } from '../../../runtime/outboxRecords.ts';
import { Random } from '../../../storage/conformance/random.ts';
import type * as actors from './actors.ts';
import { keyOf, outboxes, tell } from './told.ts';
import type { DrainTold, Given, LifeData, Told } from './told.ts';

const posters = 4;
const drainers = 4;
const numbers = Array.from({ length: outboxes }, (_, i) => i);

class Life {
  readonly #data: LifeData;
  readonly #troupe: Troupe<typeof actors.poster>;
  readonly #workers: ReadonlySet<Worker>;
  readonly #random: Random;
  /** Answered in this life: from an actor it may still be on its way to the outbox. */
  readonly #posted: Told[] = [];
  #drains = 0;

  constructor(data: LifeData, troupe: Troupe<typeof actors.poster>, workers: ReadonlySet<Worker>) {
    this.#data = data;
    this.#troupe = troupe;
    this.#workers = workers;
    this.#random = new Random(data.seed);
  }

  async live(): Promise<void> {
    const each = async (count: number, work: (i: number) => Promise<void>) =>
      Promise.all(Array.from({ length: count }, async (_, i) => work(i)));
    const again = this.#data.unanswered.map(async (told) => this.#post(told));
    const unheard = this.#data.unheard.map(async (drain) => this.#drain(drain, true));
    await Promise.all([
      each(posters, async (i) => this.#posting(i)),
      each(drainers, async () => this.#draining()),
      this.#crashing(),
      ...again,
      ...unheard,
    ]);
  }

  #outbox(number: number): Outbox {
    return this.#troupe.outbox(String(number));
  }

  async #posting(poster: number): Promise<never> {
    const random = this.#random;
    for (let n = 1; ; n += 8) {
      const burst = Array.from({ length: 8 }, async (_, i) => {
        const byActor = random.once(3);
        const child = byActor ? `poster/${poster}` : `run/${poster}`;
        const kind = random.once(3) ? 'waiting' : 'finished';
        const childSeq = this.#data.life * 1_000_000 + n + i;
        await this.#post({ outbox: random.below(outboxes), child, childSeq, kind, byActor });
      });
      await Promise.all(burst);
      await pause(random.below(4));
    }
  }

  async #post(told: Told): Promise<void> {
    tell({ what: 'try', told });
    const { outbox, child, childSeq, kind, byActor } = told;
    await tried(async () => {
      // The same identity both times, so that it is one record however often it is sent.
      if (byActor) await this.#poster(child).send({ type: 'work', told }, { id: keyOf(told) });
      else await this.#outbox(outbox).post({ child, childSeq, kind });
      tell({ what: 'posted', told });
      this.#posted.push(told);
    });
  }

  #poster(address: string) {
    return this.#troupe.actor('poster', address.slice(address.indexOf('/') + 1));
  }

  async #draining(): Promise<never> {
    for (;;) {
      const id = `${this.#data.life}.${++this.#drains}`;
      await this.#drain({ outbox: this.#random.below(outboxes), id }, false);
      await pause(this.#random.below(6));
    }
  }

  async #drain(drain: DrainTold, isAgain: boolean): Promise<void> {
    const random = this.#random;
    const { outbox: number, id } = drain;
    tell({ what: 'drain', drain });
    await tried(async () => {
      const outbox = this.#outbox(number);
      const lease = await outbox.drain({ id, max: random.between(1, 40), leaseMs: random.between(20, 300) });
      if (lease.leaseId === undefined) return;
      const given = givenIn(lease);
      tell({ what: 'lease', id, lease: { outbox: number, leaseId: lease.leaseId, isAgain, given } });
      if (random.once(3)) await pause(random.below(60));
      await this.#end(number, lease);
    });
  }

  async #end(number: number, lease: Lease): Promise<void> {
    const random = this.#random;
    const outbox = this.#outbox(number);
    const { leaseId, records } = lease;
    if (leaseId === undefined || random.once(8)) return;
    if (random.once(8)) return outbox.release(lease, random.once(2) ? {} : { retryMs: random.below(50) });
    const done = random.once(3) ? records.filter(() => random.once(2)) : records;
    if (done.length === 0) return;
    await outbox.ack(
      lease,
      done.map(({ position }) => position),
    );
    tell({ what: 'acked', outbox: number, leaseId, given: givenIn({ records: done }) });
    if (random.once(2)) await outbox.release(lease);
  }

  async #crashing(): Promise<never> {
    for (;;) {
      await pause(this.#random.between(50, 400));
      if (this.#workers.size === 0) continue;
      tell({ what: 'crash' });
      void this.#random.pick([...this.#workers]).terminate();
    }
  }

  /** What was never answered is posted again until it is; then everything is delivered and acknowledged. */
  async settle(): Promise<void> {
    await Promise.all(this.#data.unanswered.map(async (told) => this.#post(told)));
    for (const number of numbers) {
      const all = [...this.#data.expected, ...this.#posted];
      const expected = all.filter(({ outbox }) => outbox === number);
      while (!(await this.#hasAll(number, expected))) await pause(20);
      await this.#empty(number);
    }
  }

  async #hasAll(number: number, expected: readonly Told[]): Promise<boolean> {
    if (expected.length === 0) return true;
    const known = new Set<string>();
    for await (const { event } of this.#outbox(number).history()) {
      for (const record of recordsIn(event as OutboxEvent)) known.add(keyOf({ outbox: number, ...record }));
    }
    return expected.every((told) => known.has(keyOf(told)));
  }

  async #empty(number: number): Promise<void> {
    const outbox = this.#outbox(number);
    for (;;) {
      const { ready, leased, dead } = await outbox.pending();
      if (ready + leased + dead === 0) return;
      if (dead > 0) await outbox.retry();
      const lease = await outbox.drain({ max: 1000 });
      if (lease.leaseId === undefined) {
        await pause(20);
        continue;
      }
      const given = givenIn(lease);
      const told = { outbox: number, leaseId: lease.leaseId, isAgain: false, given };
      tell({ what: 'lease', id: '', lease: told });
      await outbox.ack(lease);
      tell({ what: 'acked', outbox: number, leaseId: lease.leaseId, given });
    }
  }
}

function givenIn({ records }: Pick<Lease, 'records'>): Given[] {
  return records.map(({ child, childSeq, count = 1 }) => ({ child, childSeq, count }));
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** A worker that was lost, a lease that is over: the answer is no, or is not known. */
async function tried(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isTroupeError(error)) throw error;
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
const troupe = await openTroupe<typeof actors>({
  directory: data.directory,
  actors: new URL('actors.ts', import.meta.url),
  workers: data.workers,
  // Small, so that a short life meets them; crashes are the point, so that many are allowed.
  limits: { snapshotFacts: 32, idleMs: 100, restarts: 1000 },
});
const life = new Life(data, troupe, workers);
tell({ what: 'ready' });
if (data.isLast) {
  await life.settle();
  await troupe.close();
  tell({ what: 'closed' });
  process.exit(0);
}
await life.live();
