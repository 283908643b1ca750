/**
 * The actors in memory: loaded when something is asked of them, put away when they have been idle. At most
 * one load of an actor is under way; what comes meanwhile waits for it.
 */
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import type { StoredSnapshot } from '../../storage/journal.ts';
import type { Limits } from '../limits.ts';
import { traced } from '../tracing.ts';
import { activate } from './activation.ts';
import type { Sources } from './activation.ts';
import { HostedActor } from './hostedActor.ts';
import type { Entry } from './mailbox.ts';

export interface ResidentPorts {
  readonly sources: Sources;
  readonly limits: Limits;
  readonly now: () => number;
  readonly quarantined: readonly string[];
  readonly enter: (address: string) => void;
  readonly leave: () => void;
  readonly loaded: (actor: HostedActor) => void;
  readonly save: (snapshots: readonly StoredSnapshot[]) => Promise<void>;
  /** A snapshot as of now; undefined when none can be made. */
  readonly saved: (actor: HostedActor) => StoredSnapshot | undefined;
  readonly drop: (actor: HostedActor) => Entry[];
  readonly isReady: (actor: HostedActor) => boolean;
  /** It cannot be brought back, or must not be. */
  readonly setAside: (address: string, reason: Refusal) => void;
}

type Use = (actor: HostedActor) => void;

/** What is due of itself comes after what somebody waits for. */
type Urgency = 'now' | 'later';

/** Actors put away in one go, so that the loop turns in between. */
const tidyMax = 256;

export class Residents {
  readonly #ports: ResidentPorts;
  readonly #actors = new Map<string, HostedActor>();
  readonly #loading = new Map<string, Use[]>();
  /** Loads that wait for their turn: recovery must not starve what users ask for. */
  readonly #queues: Readonly<Record<Urgency, Set<string>>> = { now: new Set(), later: new Set() };
  readonly #quarantined: Set<string>;
  /** Actors whose delivered marks are only in memory. */
  readonly marked = new Set<HostedActor>();
  /** Requests that were called off while an actor was loaded; kept until nobody is. */
  readonly #forgotten = new Set<number>();
  #underway = 0;
  /** How many more of those that are due by themselves may be loaded in this turn of the loop. */
  #laterLeft: number;
  passivations = 0;

  constructor(ports: ResidentPorts) {
    this.#ports = ports;
    this.#laterLeft = ports.limits.recoveringActors;
    this.#quarantined = new Set(ports.quarantined);
  }

  get size(): number {
    return this.#actors.size;
  }

  all(): Iterable<HostedActor> {
    return this.#actors.values();
  }

  get loading(): number {
    return this.#loading.size;
  }

  get(address: string): HostedActor | undefined {
    return this.#actors.get(address);
  }

  /** How much waits in their mailboxes; for one that is being loaded, what came since. */
  waiting(addresses: readonly string[]): readonly number[] {
    return addresses.map(
      (address) => this.get(address)?.mailbox.length ?? this.#loading.get(address)?.length ?? 0,
    );
  }

  /** Calls `use` with the actor, at once or when it is loaded. Throws for an unknown kind. */
  with(address: string, use: Use, urgency: Urgency = 'now'): void {
    const actor = this.#actors.get(address);
    if (actor !== undefined) return use(actor);
    const waiting = this.#loading.get(address);
    if (waiting !== undefined) {
      waiting.push(use);
      if (urgency === 'now' && this.#queues.later.delete(address)) this.#queues.now.add(address);
      return;
    }
    this.#ports.sources.kinds.of(address);
    this.#loading.set(address, [use]);
    this.#queues[urgency].add(address);
    this.#next();
  }

  #next(): void {
    while (this.#underway < this.#ports.limits.recoveringActors) {
      const address = firstOf(this.#queues.now) ?? this.#later();
      if (address === undefined) return;
      this.#underway++;
      void this.#load(address);
    }
  }

  /**
   * So many a turn of the loop: a journal may answer at once, and thousands in one go would stop all else.
   */
  #later(): string | undefined {
    if (this.#laterLeft === 0) return undefined;
    const address = firstOf(this.#queues.later);
    if (address === undefined || --this.#laterLeft > 0) return address;
    setImmediate(() => {
      this.#laterLeft = this.#ports.limits.recoveringActors;
      this.#next();
    });
    return address;
  }

  async #load(address: string): Promise<void> {
    this.#ports.enter(address);
    const actor = await this.#activated(address);
    this.#ports.leave();
    this.#underway--;
    actor.usedAt = this.#ports.now();
    this.#actors.set(address, actor);
    if (actor.quarantine !== undefined) this.#ports.setAside(address, actor.quarantine);
    // A snapshot may know of deliveries that no row tells.
    else if (actor.due !== actor.ledger.due) this.mark(actor);
    this.#makeRoom();
    const waiting = this.#loading.get(address) ?? [];
    this.#loading.delete(address);
    this.#ports.loaded(actor);
    for (const use of waiting) use(actor);
    if (this.#loading.size === 0) this.#forgotten.clear();
    this.#next();
  }

  async #activated(address: string): Promise<HostedActor> {
    const { sources } = this.#ports;
    try {
      const actor = await traced(
        'recovery',
        async () => activate(sources, address),
        () => ({ address }),
      );
      if (this.#quarantined.has(address)) actor.quarantine = crashed(address);
      return actor;
    } catch (error) {
      // The journal itself could not be read.
      const actor = new HostedActor(address, sources.kinds.of(address));
      actor.quarantine = outcomeOf(error, 'CORRUPT');
      return actor;
    }
  }

  /** Out of memory at once, with what waited for it. */
  drop(actor: HostedActor): Entry[] {
    actor.isDropped = true;
    this.marked.delete(actor);
    if (this.#actors.get(actor.address) === actor) this.#actors.delete(actor.address);
    return this.#ports.drop(actor);
  }

  /** The actor stays in memory, so that everybody is told the same; gives back what waited for it. */
  setAside(actor: HostedActor, reason: Refusal): Entry[] {
    const waiting = this.drop(actor);
    const aside = new HostedActor(actor.address, actor.kind);
    aside.quarantine = reason;
    this.#actors.set(actor.address, aside);
    this.#ports.setAside(actor.address, reason);
    return waiting;
  }

  /** The actor can be judged anew; gives back what waited for it. */
  release(address: string): Entry[] {
    this.#quarantined.delete(address);
    const actor = this.#actors.get(address);
    return actor?.quarantine === undefined ? [] : this.drop(actor);
  }

  /** Puts away who was idle for its time. */
  tidy(): void {
    const { limits } = this.#ports;
    const time = this.#ports.now();
    const away: HostedActor[] = [];
    for (const actor of this.#actors.values()) {
      if (away.length >= tidyMax) break;
      const idleMs = actor.kind.definition.idleMs ?? limits.idleMs;
      if (time - actor.usedAt >= idleMs && !this.#isBusy(actor)) away.push(actor);
    }
    if (away.length > 0) void this.#putAway(away);
  }

  /** Too many: those go who were loaded first and do nothing. A few at a time, so that it costs little. */
  #makeRoom(): void {
    const most = this.#ports.limits.residentActors;
    const step = Math.max(1, Math.min(tidyMax, most >> 3));
    if (this.#actors.size < most + step) return;
    const away: HostedActor[] = [];
    for (const actor of this.#actors.values()) {
      if (away.length >= this.#actors.size - most) break;
      // Whoever was just loaded is wanted by somebody.
      if (!this.#isBusy(actor) && !this.#loading.has(actor.address)) away.push(actor);
    }
    if (away.length > 0) void this.#putAway(away);
  }

  #isBusy(actor: HostedActor): boolean {
    // Who was set aside stays: loaded again, it would try again.
    return !actor.isIdle || actor.marks || actor.quarantine !== undefined || this.#ports.isReady(actor);
  }

  async #putAway(actors: readonly HostedActor[]): Promise<void> {
    const snapshots: StoredSnapshot[] = [];
    for (const actor of actors) {
      this.#actors.delete(actor.address);
      this.passivations++;
      if (actor.unsaved === 0 || actor.quarantine !== undefined) continue;
      const snapshot = this.#ports.saved(actor);
      if (snapshot !== undefined) snapshots.push(snapshot);
    }
    // A snapshot that is not written only costs the next activation some folding.
    await this.#ports.save(snapshots).catch(() => undefined);
  }

  /** Delivered marks that no commit took along get a snapshot of their own; the debt is settled. */
  async saveMarks(): Promise<void> {
    const snapshots: StoredSnapshot[] = [];
    const saved: HostedActor[] = [];
    for (const actor of this.marked) {
      this.marked.delete(actor);
      if (!actor.marks || this.#actors.get(actor.address) !== actor) continue;
      const snapshot = this.#ports.saved(actor);
      actor.marks = false;
      if (snapshot === undefined) continue;
      actor.due = undefined;
      snapshots.push({ ...snapshot, due: actor.ledger.due });
      saved.push(actor);
    }
    try {
      await this.#ports.save(snapshots);
    } catch {
      // The journal tells its failures to whoever sends; here they only cost another try.
      for (const actor of saved) this.mark(actor);
    }
  }

  /** What it owes is not what its rows say: a commit will tell, or a snapshot of its own. */
  mark(actor: HostedActor): void {
    if (this.#actors.get(actor.address) !== actor) return;
    actor.marks = true;
    this.marked.add(actor);
  }

  /** Everybody as of now, so that the next open has little to fold. */
  async saveAll(): Promise<void> {
    const snapshots: StoredSnapshot[] = [];
    for (const actor of this.#actors.values()) {
      if (actor.quarantine !== undefined || (actor.unsaved === 0 && !actor.marks)) continue;
      const snapshot = this.#ports.saved(actor);
      if (snapshot !== undefined) snapshots.push({ ...snapshot, due: actor.ledger.due });
    }
    await this.#ports.save(snapshots);
  }

  /** Whether its wait was called off before its actor was loaded. */
  isForgotten(n: number): boolean {
    return this.#forgotten.has(n);
  }

  /** The request `n` waits no more. */
  forgetWaiter(n: number): void {
    if (this.#loading.size > 0) this.#forgotten.add(n);
    for (const actor of this.#actors.values()) {
      const rest = actor.waiters?.filter((waiter) => waiter.n !== n);
      if (rest !== undefined) actor.waiters = rest.length === 0 ? undefined : rest;
    }
  }
}

function firstOf(queue: Set<string>): string | undefined {
  const [first] = queue;
  if (first !== undefined) queue.delete(first);
  return first;
}

function crashed(address: string): HostedActor['quarantine'] {
  const message = `${address} crashed its worker twice in a row. Mend its definition, then release it.`;
  return { code: 'QUARANTINED', message, details: { address } };
}
