/**
 * A thread of the child: owns some slots of the journal, and appends to them what its seed says until it is
 * killed. It tells each append before it tries it, and acknowledges it when it is durable.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { isTroupeError } from '../../actors/troupeError.ts';
import { chainStart } from '../../storage/chain.ts';
import { ended, randomParts, start } from '../../storage/conformance/drafts.ts';
import { Model } from '../../storage/conformance/model.ts';
import type { Parts } from '../../storage/conformance/model.ts';
import { Random } from '../../storage/conformance/random.ts';
import type { Writer } from '../../storage/journal.ts';
import { joinLmdbJournal } from '../../storage/lmdb/journal.ts';
import type { LmdbJournal, LmdbShare } from '../../storage/lmdb/journal.ts';
import { pack } from '../../storage/values.ts';
import { continued, standIn } from './continued.ts';
import { Teller } from './story.ts';

export interface ThreadData {
  readonly share: LmdbShare;
  readonly clock: Int32Array<SharedArrayBuffer>;
  readonly seed: number;
  /** In milliseconds of the histories. */
  readonly now: number;
  readonly slots: readonly SlotData[];
}

export interface SlotData {
  readonly slot: number;
  readonly descriptor: number;
  /** All it may write to, and what the parent knows of them. */
  readonly actors: readonly Known[];
}

export interface Known {
  readonly address: string;
  readonly seq: number;
  readonly chain: string;
  readonly sealed: boolean;
}

/** Marks that are looked for in files once their commits were erased. */
export function secretOf(address: string, unique: string): string {
  return `%%${address} ${unique}%%`;
}

class SlotLife {
  readonly #journal: LmdbJournal;
  readonly #writer: Writer;
  readonly #teller: Teller;
  readonly #model = new Model();
  readonly #random: Random;
  readonly #addresses: readonly string[];
  #now: number;
  #unique = 0;

  constructor(
    journal: LmdbJournal,
    writer: Writer,
    teller: Teller,
    data: SlotData,
    random: Random,
    now: number,
  ) {
    this.#journal = journal;
    this.#writer = writer;
    this.#teller = teller;
    this.#random = random;
    this.#addresses = data.actors.map(({ address }) => address);
    this.#now = now;
  }

  /** Where each actor stands now: what the parent knows, and what a thread before this one has added. */
  async begin({ slot, actors }: SlotData): Promise<void> {
    const beginnings = [];
    for (const { address, seq: knownSeq, chain, sealed } of actors) {
      const standing = await this.#journal.last(address);
      const known = { seq: knownSeq, chain: knownSeq === 0 ? chainStart : Buffer.from(chain, 'hex') };
      // Of one that has ended the history may be gone, and the chain is not needed.
      const isOver = standing?.sealed ?? sealed;
      const end = isOver
        ? standIn(address, { ...known, seq: standing?.seq ?? knownSeq }, true)
        : await continued(this.#journal, address, known);
      if (end !== undefined) this.#model.took([end]);
      const { bodiesTo = 0, historyTo = 0 } = standing?.erased ?? {};
      beginnings.push({ address, seq: end?.to ?? 0, bodiesTo, historyTo });
    }
    this.#teller.tell({ what: 'start', slot, actors: beginnings });
  }

  async step(): Promise<void> {
    if (this.#random.once(30)) await this.#erase();
    else await this.#append();
  }

  async #append(): Promise<void> {
    const random = this.#random;
    const parts: Parts[] = [];
    const over = new Set<string>();
    for (let i = random.once(6) ? random.between(5, 30) : random.between(1, 4); i > 0; i--) {
      const address = random.pick(this.#addresses);
      if (this.#model.isSealed(address) || over.has(address)) continue;
      parts.push(this.#part(address, over));
    }
    const isLive = (address: string): boolean => !this.#model.isSealed(address) && !over.has(address);
    const known = this.#addresses.filter((address) => this.#model.seqOf(address) > 0 && isLive(address));
    const snapshots =
      known.length === 0 || !random.once(3)
        ? []
        : [this.#model.snapshotOf(random.pick(known), random.bytes(random.between(1, 300)))];
    if (parts.length === 0) return;
    this.#teller.tell({ what: 'try', parts, snapshots });
    const commits = this.#model.encoded(parts);
    await this.#writer.append(commits, snapshots);
    this.#model.took(commits, snapshots);
    this.#teller.tell({ what: 'ack' });
  }

  #part(address: string, over: Set<string>): Parts {
    const random = this.#random;
    const at = (this.#now += random.below(5));
    const text = secretOf(address, `${random.seed}.${++this.#unique}`);
    const secret = { event: pack({ type: 'said', text }).bytes, at };
    const part = random.once(60) ? ended(address, at, { due: null }) : randomParts(random, address, at);
    if (part.seal !== undefined) over.add(address);
    return { ...part, facts: [secret, ...part.facts] };
  }

  async #erase(): Promise<void> {
    const address = this.#random.pick(this.#addresses);
    if (this.#model.seqOf(address) === 0) return;
    const which = this.#model.isSealed(address) && this.#random.once(2) ? 'history' : 'bodies';
    this.#teller.tell({ what: 'erase', address, which });
    try {
      await this.#journal.erase(address, which);
    } catch (error) {
      // Retention was faster: nothing is left to erase, and the parent finds that.
      if (!isTroupeError(error, 'NOT_FOUND')) throw error;
    }
    this.#teller.tell({ what: 'ack' });
  }
}

const { share, clock, seed, now, slots } = workerData as ThreadData;
// Everything is loaded.
parentPort?.postMessage('loaded');
const journal = joinLmdbJournal(share);
const lives: SlotLife[] = [];
for (const data of slots) {
  const teller = new Teller(data.descriptor, clock);
  const writer = await journal.writer(data.slot);
  const life = new SlotLife(journal, writer, teller, data, new Random(seed * 64 + data.slot), now || start);
  await life.begin(data);
  lives.push(life);
}
for (;;) {
  for (const life of lives) await life.step();
  await new Promise((resolve) => setImmediate(resolve));
}
