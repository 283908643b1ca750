/**
 * The ledger: what an actor has under way beside its statechart (timers, effects, children, messages) and
 * whom it has already answered. It is a fold of the intents that its commits carry, so that recovery needs
 * no statechart, and the same when folded live, from a snapshot or from the beginning.
 *   L1. An intent is applied exactly once, with the commit that carries it.
 */
import type { Labels, SendRequest } from '../protocol.ts';
import { Outgoing } from './outgoing.ts';
import type { Mail } from './outgoing.ts';

export type Bytes = Uint8Array;

/** Where a delayed event goes; absent: to the actor itself. */
export type TimerTarget = { readonly child: string } | { readonly address: string };

/** In the words of the log; short, because every commit may carry some. docs/JOURNAL.md lists them. */
export type Intent =
  | readonly ['timer', id: string, due: number, event: Bytes | null, to: TimerTarget | null]
  | readonly ['untimer', id: string]
  | readonly ['effect', id: string, kind: 'task' | 'driver', src: string, input: Bytes, seq: number]
  | readonly ['uneffect', id: string]
  | readonly ['tried', id: string, attempt: number]
  | readonly ['child', id: string, address: string, src: string]
  | readonly ['unchild', id: string]
  /** Stopped on hearing the last that it said: its end comes, and is heard. */
  | readonly ['left', id: string, address: string]
  | readonly ['send', to: string, ordinal: number, kind: Mail['kind'], bytes: Bytes, labels: Labels | null]
  | readonly ['sent', to: string, ordinal: number]
  | readonly ['got', from: string, ordinal: number, at: number]
  /** Stamps of the senders of this commit's facts, from the fact at `seq` on; 0: it had none. */
  | readonly ['by', session: string, seq: number, stamps: readonly (number | readonly number[])[]]
  /** Callers' ids of sends that share the fact at `seq` with the one whose id it carries. */
  | readonly ['ids', seq: number, at: number, ids: readonly string[]]
  | readonly ['parent', address: string, child: string]
  /** Of the definition that recorded this commit and the ones after it. */
  | readonly ['version', version: number];

export interface Timer {
  readonly id: string;
  readonly due: number;
  readonly event: Bytes | null;
  readonly to: TimerTarget | null;
}

export interface Effect {
  readonly id: string;
  readonly kind: 'task' | 'driver';
  readonly src: string;
  readonly input: Bytes;
  /** Of the fact that started it: an end of an earlier run of the same state is told apart by it. */
  readonly seq: number;
  /** Of the run that is under way; absent: the first. */
  readonly attempt?: number;
  /** Runs that failed; absent in a snapshot of before they were counted apart: one less than `attempt`. */
  readonly failures?: number;
}

export interface Child {
  readonly id: string;
  readonly address: string;
  readonly src: string;
}

/** What a send is known by. */
type Sent = Pick<SendRequest, 'id' | 'stamp'>;

interface Seen {
  readonly seq: number;
  readonly at: number;
}

/** Where a send was applied; `isResent`: by the sender itself, that lost the answer. */
export interface Applied {
  readonly seq: number;
  readonly isResent: boolean;
}

/** Most actors have none of most of these: a map is made when it is needed. */
export class Ledger {
  timers: Map<string, Timer> | undefined;
  effects: Map<string, Effect> | undefined;
  children: Map<string, Child> | undefined;
  /** Addresses of children that were left while their ends were on their way, by id. */
  left: Map<string, string> | undefined;
  outgoing: Outgoing | undefined;
  /** Last ordinal taken from each sender. */
  incoming: Map<string, Seen> | undefined;
  ids: Map<string, Seen> | undefined;
  version = 0;
  session = '';
  stamps: Map<number, number> | undefined;
  parent: { readonly address: string; readonly child: string } | undefined;
  /** Messages that nobody has acknowledged. */
  get unsent(): number {
    return this.outgoing?.unsent ?? 0;
  }

  apply(intent: Intent): void {
    switch (intent[0]) {
      case 'timer':
        (this.timers ??= new Map()).set(intent[1], timerOf(intent));
        return;
      case 'untimer':
        this.timers?.delete(intent[1]);
        return;
      case 'effect':
        (this.effects ??= new Map()).set(intent[1], effectOf(intent));
        return;
      case 'uneffect':
        this.effects?.delete(intent[1]);
        return;
      case 'tried':
        return this.#tried(intent[1], intent[2]);
      case 'child':
        this.left?.delete(intent[1]);
        (this.children ??= new Map()).set(intent[1], { id: intent[1], address: intent[2], src: intent[3] });
        return;
      case 'unchild':
        this.left?.delete(intent[1]);
        this.children?.delete(intent[1]);
        return;
      case 'left':
        (this.left ??= new Map()).set(intent[1], intent[2]);
        return;
      case 'send':
        return this.#send(intent);
      case 'sent':
        return this.outgoing?.end(intent[1], intent[2]);
      case 'got':
        // Deleted first, so that the map stays in the order of the newest message.
        (this.incoming ??= new Map()).delete(intent[1]);
        this.incoming.set(intent[1], { seq: intent[2], at: intent[3] });
        return;
      case 'by':
        return this.#stamp(intent[1], intent[2], intent[3]);
      case 'ids':
        for (const id of intent[3]) this.remember(id, intent[1], intent[2]);
        return;
      case 'parent':
        this.parent = { address: intent[1], child: intent[2] };
        return;
      case 'version':
        this.version = intent[1];
    }
  }

  #tried(id: string, attempt: number): void {
    const effect = this.effects?.get(id);
    if (effect !== undefined) this.effects?.set(id, { ...effect, attempt, failures: failuresOf(effect) + 1 });
  }

  #send([, to, ordinal, kind, bytes, labels]: Extract<Intent, readonly ['send', ...unknown[]]>): void {
    (this.outgoing ??= new Outgoing()).add(to, { ordinal, kind, bytes, labels });
  }

  nextOrdinal(to: string): number {
    return this.outgoing?.next(to) ?? 1;
  }

  #stamp(session: string, seq: number, stamps: readonly (number | readonly number[])[]): void {
    if (session !== this.session) {
      this.session = session;
      this.stamps = undefined;
    }
    const known = (this.stamps ??= new Map());
    stamps.forEach((stamp, i) => {
      for (const n of typeof stamp === 'number' ? [stamp] : stamp) if (n > 0) known.set(n, seq + i);
    });
  }

  remember(id: string, seq: number, at: number): void {
    (this.ids ??= new Map()).set(id, { seq, at });
  }

  /**
   * Senders of numbers below have their answers. Stamps stand nearly in the order of numbers. Nothing else
   * forgets one: who has no answer asks again. `unansweredSends` bounds them.
   */
  forgetStamps(below: number): void {
    if (this.stamps === undefined) return;
    for (const n of this.stamps.keys()) {
      if (n >= below) return;
      this.stamps.delete(n);
    }
  }

  /** P4: the last `count` of each, or those of the last `ms`, whichever is more. Oldest stand first. */
  forget(count: number, since: number): void {
    this.outgoing?.forget(count);
    for (const map of [this.ids, this.incoming]) {
      if (map === undefined) continue;
      for (const [key, seen] of map) {
        if (map.size <= count || seen.at >= since) break;
        map.delete(key);
      }
    }
  }

  /** P4: the fact that this send led to before, if it is known. */
  applied({ id, stamp }: Sent): Applied | undefined {
    const resent = this.session === stamp.session ? this.stamps?.get(stamp.n) : undefined;
    if (resent !== undefined) return { seq: resent, isResent: true };
    const known = id === undefined ? undefined : this.ids?.get(id);
    return known && { seq: known.seq, isResent: false };
  }

  /** When the actor must be looked at: at once while something is under way, else at its earliest timer. */
  get due(): number | null {
    if ((this.effects?.size ?? 0) > 0 || this.unsent > 0) return 0;
    let due: number | null = null;
    for (const timer of this.timers?.values() ?? []) {
      if (due === null || timer.due < due) due = timer.due;
    }
    return due;
  }

  /** As plain data, for a snapshot. */
  plain(): unknown[] {
    return [
      [...(this.timers?.values() ?? [])],
      [...(this.effects?.values() ?? [])],
      [...(this.children?.values() ?? [])],
      this.outgoing?.plain() ?? null,
      flat(this.incoming),
      flat(this.ids),
      this.session,
      [...(this.stamps ?? [])],
      this.parent ?? null,
      this.version,
      [...(this.left ?? [])],
    ];
  }

  static from(plain: unknown): Ledger {
    type Flat = readonly (readonly [string, number, number])[];
    const [timers, effects, children, outgoing, incoming, ids, session, stamps, parent, version, left] =
      plain as readonly [
        Timer[],
        Effect[],
        Child[],
        Parameters<typeof Outgoing.from>[0] | null,
        Flat,
        Flat,
        string,
        [number, number][],
        { address: string; child: string } | null,
        number,
        // A snapshot of before there were any has none.
        ([string, string][] | undefined)?,
      ];
    const ledger = new Ledger();
    if (timers.length > 0) ledger.timers = new Map(timers.map((timer) => [timer.id, timer]));
    if (effects.length > 0) ledger.effects = new Map(effects.map((effect) => [effect.id, effect]));
    if (children.length > 0) ledger.children = new Map(children.map((child) => [child.id, child]));
    if (left !== undefined && left.length > 0) ledger.left = new Map(left);
    if (outgoing !== null) ledger.outgoing = Outgoing.from(outgoing);
    if (incoming.length > 0) ledger.incoming = seenOf(incoming);
    if (ids.length > 0) ledger.ids = seenOf(ids);
    if (stamps.length > 0) ledger.stamps = new Map(stamps);
    ledger.session = session;
    ledger.version = version;
    ledger.parent = parent ?? undefined;
    return ledger;
  }
}

/** Each was recorded; a run that was lost with its thread or process is none. */
export function failuresOf({ attempt = 1, failures = attempt - 1 }: Effect): number {
  return failures;
}

function timerOf([, id, due, event, to]: Extract<Intent, readonly ['timer', ...unknown[]]>): Timer {
  return { id, due, event, to };
}

function effectOf([, id, kind, src, input, seq]: Extract<Intent, readonly ['effect', ...unknown[]]>): Effect {
  return { id, kind, src, input, seq };
}

function flat(map: ReadonlyMap<string, Seen> | undefined): [string, number, number][] {
  return [...(map ?? [])].map(([key, { seq, at }]) => [key, seq, at]);
}

function seenOf(list: readonly (readonly [string, number, number])[]): Map<string, Seen> {
  return new Map(list.map(([key, seq, at]) => [key, { seq, at }]));
}
