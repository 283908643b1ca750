/**
 * Whether one actor's history is what was written: its chain recomputed over the port, page by page.
 *   - A history that is whole is proven from seq 1; payloads that were erased are in the chain by their hash.
 *   - Where the history itself was erased, the chain at its end is gone too. What follows is proven from the
 *     oldest snapshot that remains (it holds the full chain at its seq); commits between the erasure and that
 *     snapshot, or all of them when there is none, are only checked for gaps, and told as `unchecked`.
 *   - A seal is proven against the chain after the last commit and against the hash of its own digest; of a
 *     sealed history that was erased, the latter is all that is left.
 *   - Commits cut off the end of a live history leave a valid, shorter one: only the journal's own standing
 *     tells, and whoever can edit both is found out by a seal's hash that somebody else holds.
 *   - What is damaged so far that it cannot be read is not what was written, either: it is named as well.
 */
import type { Address } from '../actors/address.ts';
import { TroupeError, isTroupeError } from '../actors/troupeError.ts';
import { canonicalJson } from './canonical.ts';
import { sealable } from './sealable.ts';
import { chainAfter, chainStart, sha256 } from './chain.ts';
import type { Commit, Seal } from './commit.ts';
import type { BodyOf } from './values.ts';
import type { CommitPage, Journal, Standing, StoredSnapshot } from './journal.ts';

/** The first and the last seq of a stretch. */
export type Stretch = readonly [from: number, to: number];

/** Whether a history is whole, or where it is not. */
export type Verified =
  | {
      readonly ok: true;
      readonly seq: number;
      /** Facts whose payload, or which themselves, were erased. */
      readonly erased?: readonly Stretch[];
      /** The sealed digest was folded anew, and is the same; absent: only its hash was checked. */
      readonly isRefolded?: true;
      /** Facts behind an erased history that no remaining chain reaches. */
      readonly unchecked?: Stretch;
    }
  | {
      readonly ok: false;
      /** Of the first commit that is not what was written. */
      readonly firstBadSeq?: number;
      /** What else is wrong: `standing`, `seal`, `seal.chain`, `seal.digestHash` or `digest`. */
      readonly field?: string;
    };

export interface VerifyOptions {
  /** Folds the digest anew, from undefined; compared with the sealed one when nothing was erased. */
  readonly fold?: (digest: unknown, commit: Commit, bodies: BodyOf | undefined) => unknown;
  /** Of that fold: a seal of another one is not compared. */
  readonly schema?: number;
}

/** Checks everything that can be; NOT_FOUND when the address has no history. */
export async function verify(
  journal: Journal,
  address: Address,
  options: VerifyOptions = {},
): Promise<Verified> {
  const standing = await orCorrupt(journal.last(address));
  if (standing === damaged) return { ok: false, field: 'standing' };
  if (standing === undefined) throw new TroupeError('NOT_FOUND', `${address} has no history.`, { address });
  const check = new Check(standing, await anchorOf(journal, standing), options);
  const isWhole = await check.history(journal);
  if (!isWhole) return { ok: false, firstBadSeq: check.next };
  const seal = standing.sealed ? await orCorrupt(journal.seal(address)) : undefined;
  if (seal === damaged) return { ok: false, field: 'seal' };
  const field = standing.sealed ? check.wrongFieldOf(seal) : undefined;
  return field === undefined ? check.verdict() : { ok: false, field };
}

/** The oldest snapshot at or behind the erased part of the history. */
async function anchorOf(
  journal: Journal,
  { address, erased }: Standing,
): Promise<StoredSnapshot | undefined> {
  const historyTo = erased?.historyTo ?? 0;
  if (historyTo === 0) return undefined;
  let oldest: StoredSnapshot | undefined;
  for (;;) {
    const older = await orCorrupt(journal.snapshot(address, oldest && oldest.seq - 1));
    // One that cannot be read proves nothing, nor do those that only lie behind it.
    if (older === undefined || older === damaged || older.seq < historyTo) return oldest;
    oldest = older;
  }
}

class Check {
  /** The seq that must come next. */
  next: number;
  readonly #standing: Standing;
  readonly #anchor: StoredSnapshot | undefined;
  readonly #fold: VerifyOptions['fold'];
  readonly #schema: number | undefined;
  #isRefolded = false;
  readonly #historyTo: number;
  readonly #erased: [number, number][] = [];
  /** Up to here no chain reaches. */
  #uncheckedTo: number;
  /** The chain after the last commit seen; undefined while it cannot be known. */
  #chain: Uint8Array | undefined;
  #lastTag: Uint8Array | undefined;
  #lastSeal: Uint8Array | undefined;
  #digest: unknown;

  constructor(standing: Standing, anchor: StoredSnapshot | undefined, { fold, schema }: VerifyOptions) {
    this.#standing = standing;
    this.#anchor = anchor;
    this.#fold = fold;
    this.#schema = schema;
    this.#historyTo = standing.erased?.historyTo ?? 0;
    this.next = this.#historyTo + 1;
    this.#uncheckedTo = this.#historyTo;
    if (this.#historyTo === 0) this.#chain = chainStart;
    else this.#erase(1, this.#historyTo);
    if (anchor?.seq === this.#historyTo) this.#chain = anchor.chain;
  }

  /** False: the commit at `next` is damaged, changed, missing, or in the wrong place. */
  async history(journal: Journal): Promise<boolean> {
    while (this.next <= this.#standing.seq) {
      const page = await this.#page(journal);
      if (page === damaged || page.commits.length === 0) return false;
      for (const commit of page.commits) {
        const { bodies } = commit;
        const hasBodies = this.#fold !== undefined && bodies.length > 0;
        const bodyOf = hasBodies ? await orCorrupt(journal.bodies(commit.address, bodies)) : undefined;
        if (bodyOf === damaged || !this.#follows(commit, bodyOf)) return false;
      }
    }
    return this.next === this.#standing.seq + 1;
  }

  /** The page at `next`; of a page that is corrupt its first commit alone. */
  async #page(journal: Journal): Promise<CommitPage | typeof damaged> {
    const range = { after: this.next - 1, before: this.#standing.seq + 1 };
    const page = await orCorrupt(journal.read(this.#standing.address, range));
    return page === damaged ? orCorrupt(journal.read(this.#standing.address, { ...range, limit: 1 })) : page;
  }

  #follows(commit: Commit, bodies: BodyOf | undefined): boolean {
    const { address, seq, to, tag, seal } = commit;
    if (address !== this.#standing.address || seq !== this.next) return false;
    if (seal !== undefined && (!this.#standing.sealed || to !== this.#standing.seq)) return false;
    if (this.#chain !== undefined) {
      this.#chain = chainAfter(this.#chain, commit.header, commit.payloadHash());
      if (!isBeginning(tag, this.#chain)) return false;
    } else {
      this.#uncheckedTo = to;
      // A snapshot of another history is none: whoever reads one compares its chain.
      if (this.#anchor?.seq === to && isBeginning(tag, this.#anchor.chain)) this.#chain = this.#anchor.chain;
    }
    if (commit.erased) this.#erase(seq, to);
    else if (this.#fold !== undefined) this.#digest = this.#fold(this.#digest, commit, bodies);
    this.#lastTag = tag;
    this.#lastSeal = seal;
    this.next = to + 1;
    return true;
  }

  #erase(from: number, to: number): void {
    const last = this.#erased.at(-1);
    if (last?.[1] === from - 1) last[1] = to;
    else this.#erased.push([from, to]);
  }

  /** What of the seal does not agree with the history, or with itself. */
  wrongFieldOf(bytes: Uint8Array | undefined): string | undefined {
    const seal = sealOf(bytes);
    if (bytes === undefined || seal === undefined) return 'seal';
    if (this.#lastTag !== undefined) {
      if (this.#lastSeal === undefined || Buffer.compare(this.#lastSeal, bytes) !== 0) return 'seal';
      const chain = Buffer.from(seal.chain, 'hex');
      const isSame =
        this.#chain === undefined ? isBeginning(this.#lastTag, chain) : chain.equals(this.#chain);
      if (!isSame) return 'seal.chain';
    }
    const digest = canonicalJson(seal.digest);
    if (sha256(Buffer.from(digest)).toString('hex') !== seal.digestHash) return 'seal.digestHash';
    const isSameFold = this.#schema === undefined || this.#schema === seal.schema;
    this.#isRefolded = this.#fold !== undefined && isSameFold && this.#erased.length === 0;
    return this.#isRefolded && canonicalJson(sealable(this.#digest)) !== digest ? 'digest' : undefined;
  }

  verdict(): Verified {
    const erased = this.#erased.length > 0 ? { erased: this.#erased } : {};
    const unchecked: Stretch = [this.#historyTo + 1, this.#uncheckedTo];
    const isChecked = this.#uncheckedTo === this.#historyTo;
    const refolded = this.#isRefolded ? { isRefolded: true as const } : {};
    return { ok: true, seq: this.#standing.seq, ...erased, ...(isChecked ? {} : { unchecked }), ...refolded };
  }
}

function isBeginning(tag: Uint8Array, chain: Uint8Array): boolean {
  return tag.length > 0 && Buffer.compare(tag, chain.subarray(0, tag.length)) === 0;
}

/** Undefined when the bytes are no seal. */
function sealOf(bytes: Uint8Array | undefined): Seal | undefined {
  if (bytes === undefined) return undefined;
  try {
    const seal = JSON.parse(Buffer.from(bytes).toString()) as Partial<Seal> | null;
    return typeof seal?.chain === 'string' && typeof seal.digestHash === 'string'
      ? (seal as Seal)
      : undefined;
  } catch {
    return undefined;
  }
}

const damaged = Symbol('damaged');

async function orCorrupt<T>(reading: Promise<T>): Promise<T | typeof damaged> {
  try {
    return await reading;
  } catch (error) {
    if (isTroupeError(error, 'CORRUPT')) return damaged;
    throw error;
  }
}
