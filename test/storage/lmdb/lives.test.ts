/**
 * Many owners after each other, most of which never close (as if killed), each with its actors in other
 * slots: what a log knows alone and what rows know are mixed in every way.
 */
import { expect, test } from 'vitest';
import { ended, randomParts, start } from '../../../storage/conformance/drafts.ts';
import { Model } from '../../../storage/conformance/model.ts';
import { Random } from '../../../storage/conformance/random.ts';
import type { Writer } from '../../../storage/journal.ts';
import { openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import type { LmdbJournal } from '../../../storage/lmdb/journal.ts';
import { assertWhole } from '../../crash/judge.ts';
import { Scratch } from './scratch.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const slots = 3;

class Lives {
  readonly model = new Model();
  readonly random: Random;
  readonly #directory: string;
  readonly #left: LmdbJournal[] = [];
  #now = start;

  constructor(directory: string, random: Random) {
    this.#directory = directory;
    this.random = random;
  }

  async live(): Promise<void> {
    const { random } = this;
    const journal = await openLmdbJournal({ directory: this.#directory, force: true });
    const slotOf = new Map<string, number>();
    const writers: Writer[] = [];
    // Not every slot has an owner in every life.
    for (let slot = random.below(2); slot < slots; slot++) writers.push(await journal.writer(slot));
    await assertWhole(journal, this.model, random);
    for (let i = random.between(1, 12); i > 0; i--) {
      await this.#append(random.pick(writers), writers, slotOf);
      if (random.once(12)) await this.#erase(journal);
      if (random.once(6)) await journal.compact();
    }
    await assertWhole(journal, this.model, random);
    if (random.once(3)) await journal.close();
    else this.#left.push(journal);
  }

  async #append(writer: Writer, writers: readonly Writer[], slotOf: Map<string, number>): Promise<void> {
    const { model, random } = this;
    const parts = [];
    const over = new Set<string>();
    for (let i = random.between(1, 5); i > 0; i--) {
      const address = `run/${random.below(9)}.${Math.floor((this.#now - start) / 4000)}`;
      const slot = slotOf.get(address) ?? random.pick(writers).slot;
      slotOf.set(address, slot);
      if (slot !== writer.slot || model.isSealed(address) || over.has(address)) continue;
      const at = (this.#now += random.below(9));
      if (random.once(20)) over.add(address);
      parts.push(over.has(address) ? ended(address, at, { due: null }) : randomParts(random, address, at));
    }
    await model.append(writer, parts);
  }

  async #erase(journal: LmdbJournal): Promise<void> {
    const known = [...this.model.told.keys()];
    if (known.length === 0) return;
    const address = this.random.pick(known);
    const what = this.model.isSealed(address) ? 'history' : 'bodies';
    await journal.erase(address, what);
    this.model.erased(address, what);
  }

  async end(): Promise<void> {
    for (const journal of this.#left) await journal.close();
  }
}

test(`actors that move between slots, over owners that never close, lose nothing (${seed})`, async () => {
  for (let i = 0; i < 3; i++) {
    using scratch = new Scratch();
    const lives = new Lives(scratch.journal(), new Random(seed + i));
    for (let life = 0; life < 12; life++) await lives.live();
    expect(lives.model.told.size).toBeGreaterThan(5);
    await lives.end();
  }
}, 60_000);
