/**
 * Where one case plays: a fresh place for a journal, the journal that is open there, its writers, and the
 * model that goes along. A place says by its optional parts what its medium can do; a case that needs one
 * which is absent skips, with the reason.
 */
import type { Journal, StoredSnapshot, Upkeep, Writer } from '../journal.ts';
import { Model } from './model.ts';
import type { Parts } from './model.ts';
import type { Random } from './random.ts';

/** A journal under test. */
export type AnyJournal = Journal & Partial<Upkeep>;

/** A fresh, empty place: a memory, a directory, a schema of a database. */
export interface Place {
  /** Opens the journal: the first time, or again after it was closed. */
  open(): Promise<AnyJournal>;
  /** A new owner beside one that still lives (a suspended process, another container). */
  takeOver?(): Promise<AnyJournal>;
  /** The same open journal as another thread of its process has it. */
  join?(journal: AnyJournal): Promise<AnyJournal>;
  /** The next write fails as on a full disk, once. */
  failNextWrite?(): void;
  /** Changes stored bytes while the journal is closed; `random(n)` is a whole number below n. */
  damage?(random: (below: number) => number): void | Promise<void>;
  /** Where backups go, and how one is opened. */
  readonly backups?: { path(): string; open(path: string): Promise<AnyJournal> };
  remove?(): void | Promise<void>;
}

/** A case that did not apply, and why. */
export interface Skipped {
  readonly skipped: string;
}

/** A case that does not apply says why. */
export type Outcome = Skipped | undefined;

/** A case of the suite, before a place is chosen. */
export interface SceneCase {
  readonly name: string;
  readonly play: (scene: Scene) => Promise<Outcome | void>;
}

export class Scene {
  readonly place: Place;
  readonly random: Random;
  readonly model = new Model();
  readonly rounds: number;
  readonly #opened: AnyJournal[] = [];
  #writers = new Map<number, Writer>();
  #journal: AnyJournal;

  private constructor(place: Place, random: Random, rounds: number, journal: AnyJournal) {
    this.place = place;
    this.random = random;
    this.rounds = rounds;
    this.#journal = this.also(journal);
  }

  static async at(place: Place, random: Random, rounds: number): Promise<Scene> {
    return new Scene(place, random, rounds, await place.open());
  }

  get journal(): AnyJournal {
    return this.#journal;
  }

  /** Closed with the scene. */
  also(journal: AnyJournal): AnyJournal {
    this.#opened.push(journal);
    return journal;
  }

  /** The scene's writer of a slot; taken once for each opening. */
  async writer(slot = 0): Promise<Writer> {
    const writer = this.#writers.get(slot) ?? (await this.#journal.writer(slot));
    this.#writers.set(slot, writer);
    return writer;
  }

  /** One append, in the journal and in the model. An actor stays in one slot until the next opening. */
  async append(parts: readonly Parts[], slot = 0, snapshots: readonly StoredSnapshot[] = []): Promise<void> {
    await this.model.append(await this.writer(slot), parts, snapshots);
  }

  /** Each in an append of its own. */
  async appendEach(parts: readonly Parts[], slot = 0): Promise<void> {
    for (const part of parts) await this.append([part], slot);
  }

  async reopen(): Promise<void> {
    await this.#journal.close();
    this.#writers = new Map();
    this.#journal = this.also(await this.place.open());
  }

  async end(): Promise<void> {
    for (const journal of this.#opened) await journal.close();
    await this.place.remove?.();
  }
}
