/**
 * Senders for a host: so many lanes, each of which sends to the next actor, waits for the receipt and goes
 * on. The crowd knows how many events each of its actors has been told of, so that the work can be checked.
 */
import assert from 'node:assert/strict';
import { openTroupe } from '../runtime/index.ts';
import type { Limits, Ref, Troupe } from '../runtime/index.ts';
import type * as chart from './chart.ts';

type Kind = 'run' | 'folded';
export type Hosted = Troupe<typeof chart.run | typeof chart.folded | typeof chart.sleeper>;
type Note = Parameters<typeof chart.counting.transition>[1];

/** Of those at the end, when each actor is asked what it counted. */
const looksAtOnce = 100;
const text = 'The quick brown fox jumps over the lazy dog, and then it does so again. '
  .repeat(3)
  .slice(0, 205);

/** An event whose packed form has about 230 bytes. */
export function note(n: number): Extract<Note, { type: 'note' }> {
  return { type: 'note', n, text };
}

export interface HostOptions {
  readonly workers: number;
  readonly limits?: Partial<Limits>;
}

/** The definitions of chart.ts in this directory. */
export async function openHost(directory: string, { workers, limits = {} }: HostOptions): Promise<Hosted> {
  return openTroupe<typeof chart>({
    directory,
    actors: new URL('./chart.ts', import.meta.url),
    workers,
    limits,
  });
}

export class Crowd {
  readonly #kind: Kind;
  readonly #told: number[];
  readonly #name: string;
  #sends = 0;
  #refs: Ref<typeof chart.run>[] = [];

  constructor(
    troupe: Hosted,
    actors: number,
    { kind = 'run', name = '' }: { kind?: Kind; name?: string } = {},
  ) {
    this.#kind = kind;
    this.#name = name;
    this.#told = Array.from({ length: actors }, () => 0);
    this.meet(troupe);
  }

  /** The same actors in a directory that was opened anew. */
  meet(troupe: Hosted): void {
    this.#refs = this.#told.map((_, i) => refOf(troupe, this.#kind, `${this.#name}${i}`));
  }

  get actors(): number {
    return this.#refs.length;
  }

  get sends(): number {
    return this.#sends;
  }

  /** So many more sends, `lanes` of them without a receipt at any time; the receipts are counted. */
  async send(sends: number, lanes: number): Promise<number> {
    let left = sends;
    let receipts = 0;
    const lane = async (): Promise<void> => {
      while (left > 0) {
        left--;
        const { seq } = await this.one();
        if (seq > 1) receipts++;
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    assert.equal(receipts, sends, 'every send has its receipt');
    return receipts;
  }

  /** As `send`, with how long each took in milliseconds. */
  async latencies(sends: number, lanes: number): Promise<number[]> {
    const took: number[] = [];
    let left = sends;
    const lane = async (): Promise<void> => {
      while (left > 0) {
        left--;
        const start = performance.now();
        await this.one();
        took.push(performance.now() - start);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    assert.equal(took.length, sends);
    return took;
  }

  /** The next send to the next actor. */
  async one(): Promise<{ readonly seq: number }> {
    return this.tell(this.#sends % this.actors);
  }

  /** A send to this actor. */
  async tell(index: number): Promise<{ readonly seq: number }> {
    const ref = this.#refs[index];
    assert(ref !== undefined);
    this.#told[index] = (this.#told[index] ?? 0) + 1;
    return ref.send(note(this.#sends++));
  }

  /** A read that brings the actor into memory; it stands where the crowd says. */
  async look(index: number): Promise<void> {
    const [ref, told] = [this.#refs[index], this.#told[index]];
    assert(ref !== undefined && told !== undefined);
    const { seq, context } = await ref.snapshot();
    assert.equal(context.count, told, `${ref.address} has counted what it was told`);
    assert.equal(seq, told + 1, 'its birth and each event are a fact each');
  }

  /** Where each actor stands and what it counted; and of a few, whether their histories hold together. */
  async assertDone(): Promise<void> {
    assert.equal(
      this.#told.reduce((sum, told) => sum + told, 0),
      this.#sends,
    );
    const told = this.#told.flatMap((events, index) => (events === 0 ? [] : [index]));
    const looks = told.values();
    const lane = async (): Promise<void> => {
      for (const index of looks) await this.look(index);
    };
    await Promise.all(Array.from({ length: looksAtOnce }, lane));
    for (const index of new Set([told[0], told[told.length >> 1], told.at(-1)])) {
      if (index === undefined) continue;
      const verified = await this.#refs[index]?.verify();
      assert.deepEqual(verified, { ok: true, seq: (this.#told[index] ?? 0) + 1 });
    }
  }
}

function refOf(troupe: Hosted, kind: Kind, id: string): Ref<typeof chart.run> {
  // Both kinds have one machine; their references differ in the digest alone.
  return troupe.actor(kind as 'run', id);
}
