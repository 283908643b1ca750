/**
 * The writer of one slot: appends groups at the right edge of its log, each append one transaction and one
 * flush (J2), and keeps the slot's tail.
 *   W1. An append puts the slot's next key only if it is absent. A newer owner occupied that key with a
 *       fence, so the older one fails there and is over: FENCED (J6).
 *   W2. Memory changes after the flush only; a failed append leaves it as it was, and latches (J5).
 *   W3. A commit that continues a history from another slot's log brings the rows of that history along, so
 *       that no log has to be read before another one, and each may forget its own past (T1).
 */
import { TroupeError, isTroupeError } from '../../actors/troupeError.ts';
import { invariant } from '../../actors/invariant.ts';
import type { Address } from '../../actors/address.ts';
import type { EncodedCommit } from '../commit.ts';
import type { StoredSnapshot, Writer } from '../journal.ts';
import { slotsMax } from '../limits.ts';
import type { Environment } from './environment.ts';
import { fenceBytes } from './group.ts';
import type { Fence } from './group.ts';
import { Head } from './head.ts';
import type { Flushed, Heads } from './heads.ts';
import { addressKey, bodyKey, logKey, seqMax } from './keys.ts';
import { metaNumber, putMetaNumber } from './meta.ts';
import { assertOwner } from './owner.ts';
import { packedOf, placeOf } from './packing.ts';
import type { Packed, Place } from './packing.ts';
import { carryOut, nextRide, putHead, restOf, settle } from './riders.ts';
import { assertReached, putSnapshot } from './snapshots.ts';
import type { Tail } from './tail.ts';

/** The checkpoint row moves on once so many bytes of log: it only saves reading at recovery. */
const checkpointBytes = 1024 * 1024;
const cleanHeadsMax = 20_000;
const ridersAtClose = 256;

export interface WriterStats {
  commits: number;
  groups: number;
  bytes: number;
}

export class SlotWriter implements Writer {
  readonly slot: number;
  readonly #environment: Environment;
  readonly #heads: Heads;
  readonly #flushed: Flushed;
  readonly #stats: WriterStats;
  #tail: Tail;
  #latched: TroupeError | undefined;
  #checkpointedAt = 0;

  constructor(environment: Environment, heads: Heads, flushed: Flushed, slot: number, stats: WriterStats) {
    invariant(slot >= 0 && slot < slotsMax, 'a slot is below slotsMax');
    this.slot = slot;
    this.#environment = environment;
    this.#heads = heads;
    this.#flushed = flushed;
    this.#stats = stats;
    this.#tail = heads.tail(slot);
  }

  /** Takes the slot: reads its tail, then occupies the next key with a fence (W1). */
  take(fence: Fence): void {
    // Actors may have lived in other slots before: their tails are read once, here.
    this.#heads.own(this.slot);
    this.#heads.caughtUp();
    for (;;) {
      this.#recover();
      const key = logKey(this.slot, this.#tail.n + 1);
      const taken = this.#environment.durably(() => {
        assertOwner(this.#environment, fence);
        if (this.#environment.tables.log.has(key)) return false;
        this.#environment.tables.log.put(key, fenceBytes(fence));
        return true;
      });
      // Somebody appended between the reading and the fence: read on.
      if (!taken) continue;
      this.#moved(1, 0);
      return;
    }
  }

  /** The whole log up to its first gap into the tail; what lies beyond the gap was never acknowledged. */
  #recover(): void {
    const { log } = this.#environment.tables;
    this.#heads.disown(this.slot);
    this.#environment.fresh();
    const edge = this.#heads.lastKey(this.slot);
    this.#heads.follow(this.slot, edge);
    this.#tail = this.#heads.own(this.slot);
    if (this.#tail.n >= edge) return;
    const beyond = [
      ...log.keys({ start: logKey(this.slot, this.#tail.n + 1), end: logKey(this.slot, seqMax) }),
    ];
    this.#environment.durably(() => beyond.forEach((key) => log.remove(key)));
  }

  async append(commits: readonly EncodedCommit[], snapshots: readonly StoredSnapshot[] = []): Promise<void> {
    if (this.#latched !== undefined) throw this.#latched;
    try {
      const places = this.#checked(commits, snapshots);
      const packed = packedOf(commits, places, this.slot, this.#tail.n);
      this.#write(commits, places, packed, snapshots);
      this.#advance(commits, places, packed);
    } catch (error) {
      // A refusal for what was asked changes nothing and needs no recovery; a refused write does.
      const isRefusal = isTroupeError(error, 'CONFLICT') || isTroupeError(error, 'SEALED');
      if (isRefusal && !this.#isFenced()) throw error;
      // Whoever was fenced does not know what came after, and so what to refuse.
      if (isRefusal) this.#latched = this.#fenced();
      else this.#latched = isTroupeError(error) ? error : broken(error);
      throw this.#latched;
    }
  }

  /** J3, J4: every commit continues its actor's history. Gives their places; no head is moved yet. */
  #checked(commits: readonly EncodedCommit[], snapshots: readonly StoredSnapshot[]): readonly Place[] {
    const known = new Map<Address, Place>();
    const places: Place[] = [];
    for (const { draft, to, seal } of commits) {
      const { address, seq } = draft;
      let place = known.get(address);
      if (place === undefined) known.set(address, (place = placeOf(this.#headOf(address))));
      const { end } = place;
      if (end === Infinity) {
        throw new TroupeError('SEALED', `${address} is sealed: its history is final.`, { address });
      }
      if (seq !== end + 1) {
        const text = `A commit of ${address} begins at seq ${seq}, but the next one is ${end + 1}.`;
        throw new TroupeError('CONFLICT', text, { address, seq, next: end + 1 });
      }
      place.end = seal === undefined ? to : Infinity;
      places.push(place);
    }
    for (const snapshot of snapshots) {
      const { address } = snapshot;
      assertReached(snapshot, known.get(address)?.end ?? this.#headOf(address).seq);
    }
    return places;
  }

  #headOf(address: Address): Head {
    const known = this.#tail.heads.get(address);
    if (known !== undefined) return known;
    const head = this.#heads.head(address);
    if (head !== undefined) return Head.from(address, head.bytes());
    if (this.#environment.tables.erased.has(addressKey(address))) {
      const text = `${address} existed and was forgotten: it is never reborn.`;
      throw new TroupeError('SEALED', text, { address });
    }
    return new Head(address);
  }

  #write(
    commits: readonly EncodedCommit[],
    places: readonly Place[],
    { groups, bytes }: Packed,
    snapshots: readonly StoredSnapshot[],
  ): void {
    const { tables } = this.#environment;
    const adopted = places.filter(({ head }) => this.#isAdopted(head));
    const ride = nextRide(this.#tail, commits.length);
    const checkpoint = this.#tail.bytes - this.#checkpointedAt > checkpointBytes;
    this.#environment.durably(
      () => {
        if (tables.log.has(logKey(this.slot, this.#tail.n + 1))) throw this.#fenced();
        for (const { head } of adopted) putHead(this.#environment, head);
        groups.forEach((group, i) => tables.log.put(logKey(this.slot, this.#tail.n + 1 + i), group));
        for (const { draft } of commits) {
          for (const body of draft.bodies ?? []) {
            tables.bodies.put(bodyKey(draft.address, body.hash), Buffer.from(body.bytes));
          }
        }
        for (const snapshot of snapshots) {
          putSnapshot(this.#environment, snapshot);
          this.#putDue(snapshot);
        }
        carryOut(this.#environment, this.slot, ride);
        if (checkpoint) this.#putCheckpoint(this.#tail.checkpoint);
      },
      bytes + bytesBeside(commits, snapshots),
    );
    settle(this.#tail, ride);
    for (const { address, due } of snapshots) {
      const head = this.#tail.heads.get(address);
      if (head !== undefined && due !== undefined) head.due = due;
    }
    if (checkpoint) this.#checkpointedAt = this.#tail.bytes;
  }

  /** W3. Known from the tail of another slot alone. */
  #isAdopted({ address, seq, position }: Head): boolean {
    const isForeign = position.n > 0 && position.slot !== this.slot && !this.#tail.heads.has(address);
    return isForeign && this.#heads.storedSeq(address) < seq;
  }

  /**
   * Inside `durably`. The actor's rows are written now: no commit would tell a recovery of the new due
   * time.
   */
  #putDue({ address, due }: StoredSnapshot): void {
    if (due === undefined) return;
    const known = this.#headOf(address);
    const head = Head.from(address, known.bytes());
    head.marks = known.marks;
    head.due = due;
    putHead(this.#environment, head, true);
  }

  /** Inside `durably`. Never backwards: another owner of the slot may have been further. */
  #putCheckpoint(n: number): void {
    if (n > metaNumber(this.#environment, 'checkpoint', this.slot)) {
      putMetaNumber(this.#environment, 'checkpoint', this.slot, n);
    }
  }

  /** W2: durable now, so memory follows. */
  #advance(commits: readonly EncodedCommit[], places: readonly Place[], packed: Packed): void {
    const load = this.#heads.loadUsage(this.slot);
    commits.forEach(({ draft, to, seal, record }, i) => {
      const head = places[i]?.head;
      const position = packed.positions[i];
      invariant(head !== undefined && position !== undefined, 'every commit has its head and position');
      const { address, seq, reached, row, due } = draft;
      const at = draft.facts.at(-1)?.at ?? 0;
      const bytes = record.length;
      const step = { address, seq, to, at, sealed: seal !== undefined, reached, row, due, bytes };
      this.#tail.advance(head, step, position);
      if (draft.usage !== undefined) this.#tail.count(draft.usage, position.n, load);
    });
    this.#moved(packed.groups.length, packed.bytes);
    this.#stats.commits += commits.length;
    this.#stats.groups += packed.groups.length;
    this.#stats.bytes += packed.bytes;
    this.#tail.evict(cleanHeadsMax);
  }

  #moved(groups: number, bytes: number): void {
    this.#tail.n += groups;
    this.#tail.bytes += bytes;
    this.#flushed[this.slot] = this.#tail.n;
  }

  /** W1. Somebody else's group stands where ours would. */
  #isFenced(): boolean {
    this.#environment.fresh();
    return this.#environment.tables.log.has(logKey(this.slot, this.#tail.n + 1));
  }

  #fenced(): TroupeError {
    const text = `Slot ${this.slot} has a newer owner: this one is over. Open the directory again.`;
    return new TroupeError('FENCED', text, { slot: this.slot });
  }

  /** J5. Only what a retry can cure is forgiven; a fenced or broken writer has lost its slot or its disk. */
  async resume(): Promise<void> {
    if (this.#latched === undefined) return;
    if (!this.#latched.retryable) throw this.#latched;
    this.#latched = undefined;
  }

  /** Carries out what is dirty, in small transactions, so that the next open has no tail to read. */
  async close(): Promise<void> {
    const latched = this.#latched;
    const text = `The writer of slot ${this.slot} is closed.`;
    this.#latched = new TroupeError('CLOSED', text);
    if (latched !== undefined) return;
    try {
      this.#carryOutRest();
    } catch (error) {
      // The rows only spare the next open some reading.
      if (!isTroupeError(error)) throw error;
    }
    this.#heads.disown(this.slot, this.#tail);
  }

  #carryOutRest(): void {
    const { heads, usage } = restOf(this.#tail);
    for (let i = 0; i === 0 || i < heads.length; i += ridersAtClose) {
      const ride = { heads: heads.slice(i, i + ridersAtClose), usage: i === 0 ? usage : [] };
      this.#environment.durably(() => {
        if (this.#environment.tables.log.has(logKey(this.slot, this.#tail.n + 1))) throw this.#fenced();
        carryOut(this.#environment, this.slot, ride);
      });
      settle(this.#tail, ride);
    }
    this.#environment.durably(() => this.#putCheckpoint(this.#tail.checkpoint));
  }
}

/** What is put with the groups of these commits, and not in them. */
function bytesBeside(commits: readonly EncodedCommit[], snapshots: readonly StoredSnapshot[]): number {
  let bytes = 0;
  for (const snapshot of snapshots) bytes += snapshot.bytes.length;
  for (const { draft } of commits) for (const body of draft.bodies ?? []) bytes += body.bytes.length;
  return bytes;
}

function broken(error: unknown): TroupeError {
  return new TroupeError('JOURNAL_FAILED', `The journal failed on its own: ${String(error)}.`, {}, error);
}
