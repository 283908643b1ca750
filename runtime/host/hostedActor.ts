/**
 * One actor in the memory of its host. Everything here follows from its history: it may be dropped at any
 * time and loaded again (activation.ts).
 */
import type { Address } from '../../actors/address.ts';
import type { Fact } from '../../actors/fact.ts';
import { stateOf, tagsOf } from '../../actors/statechart.ts';
import type { Self, Snapshot } from '../../actors/statechart.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import { chainStart } from '../../storage/chain.ts';
import type { Reached } from '../../storage/commit.ts';
import type { RowFields } from '../definition.ts';
import type { Kind } from './kinds.ts';
import { Ledger } from './ledger.ts';
import type { Entry, Waiter } from './mailbox.ts';

const nowhere: Reached = { paths: [], tags: [] };

export class HostedActor {
  readonly address: Address;
  readonly kind: Kind;
  /** Undefined until it is born. */
  snapshot: Snapshot | undefined;
  /** Of its last recorded fact. */
  seq = 0;
  at = 0;
  chain: Uint8Array = chainStart;
  ledger = new Ledger();
  digest: unknown;
  sealed = false;
  /** What is left to say of a sealed one that has no snapshot and no facts any more. */
  left: { readonly cause: string; readonly reached: Reached } | undefined;
  /** Why it cannot be used; it is kept in memory so that everybody is told the same. */
  quarantine: Refusal | undefined;
  /** What its rows say it owes; undefined: a snapshot said it last, so the next commit must say it again. */
  due: number | null | undefined = null;
  /** Facts since the newest snapshot. */
  unsaved = 0;
  /** Delivered marks that no commit and no snapshot carries yet. */
  marks = false;
  labels: Readonly<Record<string, string>> = {};
  /** What its row shows beside state and labels. */
  rowFields: RowFields = {};
  /** Of its seal; known once the commit that ends it is encoded. */
  sealHash: string | undefined;
  /** Its last turn is on its way to the disk: what stands here may still turn out not to have happened. */
  committing = false;
  /** Whom it has messages for that wait for that: theirs may be among what did not happen. */
  heldMail: Set<string> | undefined;
  /** What its drivers said since its last turn was more than its mailbox holds. */
  isOverrun = false;
  /** So many entries more are a turn each: together they were more than one commit may hold. */
  singly = 0;
  /** A later one has taken its place, or will. */
  isDropped = false;

  readonly mailbox: Entry[] = [];
  waiters: Waiter[] | undefined;
  usedAt = 0;
  /** Waiting for its window to end; see Mailroom. */
  windowEnds = 0;

  /** Where the statechart stands, computed once for each snapshot. */
  #reached: Reached = nowhere;
  #reachedOf: Snapshot | undefined;

  constructor(address: Address, kind: Kind) {
    this.address = address;
    this.kind = kind;
    this.digest = kind.digest.start();
  }

  /** As the machine sees it in the step of the fact with this seq. */
  selfAt(seq: number): Self {
    return { address: this.address, parent: this.ledger.parent?.address, seq };
  }

  get reached(): Reached {
    const { snapshot, left } = this;
    if (left !== undefined) return left.reached;
    if (snapshot === this.#reachedOf || snapshot === undefined) return this.#reached;
    const paths = stateOf(snapshot);
    const tags = tagsOf(snapshot);
    if (!isSame(paths, this.#reached.paths) || !isSame(tags, this.#reached.tags))
      this.#reached = { paths, tags };
    this.#reachedOf = snapshot;
    return this.#reached;
  }

  /**
   * One more fact: numbers, time and digest move on with it. A fold that throws leaves the digest as it was,
   * now and at every replay; what it threw is given back.
   */
  count(fact: Fact): { readonly thrown: unknown } | undefined {
    this.seq = fact.seq;
    this.at = fact.at;
    this.unsaved++;
    try {
      this.digest = this.kind.digest.fold(this.digest, fact);
      return undefined;
    } catch (thrown) {
      return { thrown };
    }
  }

  /** Nothing is under way that only memory holds. */
  get isIdle(): boolean {
    const { effects, unsent } = this.ledger;
    const isWaiting = this.mailbox.length > 0 || this.waiters !== undefined || this.committing;
    return !isWaiting && unsent === 0 && (effects === undefined || effects.size === 0);
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
