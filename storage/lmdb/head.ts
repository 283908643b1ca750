/**
 * The head of an actor: where its history ends, and the row that follows from it. In memory while the actor
 * is fresh in a log, as a row of the table `actors` after it was carried out by a rider.
 */
import type { Address } from '../../actors/address.ts';
import type { Reached, RowPatch } from '../commit.ts';
import type { Row } from '../journal.ts';
import { markBytes, markEvery } from '../limits.ts';
import { rowAfter } from '../row.ts';
import { packPlain, unpack } from '../values.ts';
import { nowhere } from './group.ts';
import type { Position } from './group.ts';

/** What a head takes from a commit. */
export interface HeadStep {
  readonly address: Address;
  readonly seq: number;
  readonly to: number;
  readonly at: number;
  readonly sealed: boolean;
  readonly reached?: Reached | undefined;
  readonly row?: RowPatch | undefined;
  readonly due?: number | null | undefined;
  /** Of its record. */
  readonly bytes: number;
}

/** The place of a commit that a reader may start from. */
export interface Mark {
  readonly seq: number;
  readonly position: Position;
}

export class Head {
  readonly address: Address;
  seq = 0;
  lastAt = 0;
  sealed = false;
  due: number | null = null;
  position: Position = nowhere;
  /** How many commits there are: every 64th leaves a mark, and so do many bytes. */
  ordinal = 0;
  /** Since the last mark, as far as this head saw them. */
  #unmarkedBytes = 0;
  /** Marks that no rider has carried out yet. */
  marks: Mark[] = [];
  /** Bytes of the log when it became dirty: the oldest is written first. */
  since = 0;
  /** The group in which it became dirty: the checkpoint stays before the oldest of these. */
  sinceGroup = 0;
  #row: Row | undefined;
  /** Where the actor stands, if the row does not say it yet. */
  #reached: Reached | undefined;

  constructor(address: Address) {
    this.address = address;
  }

  /**
   * The row. Seq, time and state move on with nearly every commit and are read seldom: they are written into
   * it when somebody asks. A row for each commit was 5 % of a busy worker.
   */
  get row(): Row | undefined {
    const row = this.#row;
    if (row === undefined || row.seq === this.seq) return row;
    const { paths: state, tags } = this.#reached ?? { paths: row.state, tags: row.tags };
    this.#row = { ...row, state, tags, seq: this.seq, lastAt: this.lastAt };
    this.#reached = undefined;
    return this.#row;
  }

  advance(step: HeadStep, position: Position): void {
    const { to, at, sealed, due } = step;
    if (this.#row === undefined || step.row !== undefined || sealed) {
      this.#row = rowAfter(this.row, step);
      this.#reached = undefined;
    } else if (step.reached !== undefined) this.#reached = step.reached;
    this.seq = to;
    this.lastAt = at;
    this.sealed = sealed;
    this.position = position;
    this.ordinal++;
    if (due !== undefined) this.due = due;
    this.#unmarkedBytes += step.bytes;
    if (this.ordinal % markEvery !== 0 && this.#unmarkedBytes < markBytes) return;
    this.#unmarkedBytes = 0;
    this.marks.push({ seq: step.seq, position });
  }

  /** The stored form, without marks: they are rows of their own. */
  bytes(): Buffer {
    const { slot, n, offset } = this.position;
    return packPlain([
      this.seq,
      this.lastAt,
      this.sealed,
      this.due,
      slot,
      n,
      offset,
      this.ordinal,
      this.row ?? null,
    ]);
  }

  static from(address: Address, bytes: Uint8Array): Head {
    type Stored = readonly [
      number,
      number,
      boolean,
      number | null,
      number,
      number,
      number,
      number,
      Row | null,
    ];
    const [seq, lastAt, sealed, due, slot, n, offset, ordinal, row] = unpack(bytes) as Stored;
    const head = new Head(address);
    Object.assign(head, { seq, lastAt, sealed, due, position: { slot, n, offset }, ordinal });
    head.#row = row ?? undefined;
    return head;
  }
}
