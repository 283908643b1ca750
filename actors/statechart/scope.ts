/**
 * The actor scope that XState asks for, without an actor: it collects what a step wants done and does
 * nothing. One is made per definition and reused by every step of every actor, because making one costs
 * more than a step.
 *
 *   - Between `open` and `close` it belongs to one step; after `close` it holds nothing of that step.
 *   - Nothing that XState or a user's machine finds in it executes, starts, schedules or delivers anything.
 *   - Ids are a function of the actor's own children, never of a counter of the process.
 */
import type { AnyActorRef, AnyActorScope, EventObject, ExecutableActionObject } from 'xstate';
import { endOf, isSynced, systemIdOf } from './child.ts';
import { refuse } from './unsupported.ts';
import type { Snapshot } from './snapshot.ts';

/** Who the actor is. */
export interface Self {
  readonly address: string;
  /** Set when it is hosted as a child: makes `sendParent` possible. */
  readonly parent?: string | undefined;
  /** Of the fact that a step is for: actions find it as `self.seq`. */
  readonly seq?: number;
}

/** What a step met, in order: XState's executable actions, and children it made by whichever way. */
export type Met = ExecutableActionObject | { readonly made: AnyActorRef };

/** How the actor itself, and its parent, look to the machine. */
export class InertRef {
  readonly role: 'self' | 'parent';
  readonly id: string;
  readonly sessionId: string;
  readonly system: unknown;
  readonly src = undefined;
  readonly _parent: InertRef | undefined;
  /** The snapshot before the step, while it runs; kept longer it would chain all old ones together. */
  before: Snapshot | undefined = undefined;
  seq: number | undefined;

  constructor(role: 'self' | 'parent', address: string, system: unknown, parent?: InertRef, seq?: number) {
    this.seq = seq;
    this.role = role;
    this.id = address;
    this.sessionId = address;
    this.system = system;
    this._parent = parent;
  }

  get ref(): this {
    return this;
  }

  send(): never {
    return refuse('self.send', 'use raise, or sendTo as an action');
  }

  getSnapshot(): Snapshot {
    return this.before ?? refuse('self.getSnapshot outside a step', 'use the context and event given');
  }

  subscribe(): never {
    return refuse('self.subscribe', 'subscribe to the actor through its address');
  }

  on(): never {
    return refuse('self.on', 'subscribe to the actor through its address');
  }
}

export class Scope {
  /** What XState gets. Its `actionExecutor` is swapped and put back by XState around each microstep. */
  readonly forXState: AnyActorScope;
  readonly met: Met[] = [];
  /** Whether any microstep selected a transition. */
  selected = false;

  readonly #system: object;
  readonly #systemIds = new Map<string, AnyActorRef>();
  #hasSystemIds = false;
  #before: Snapshot | undefined;
  #anonymous = 0;

  constructor() {
    this.#system = this.#inertSystem();
    this.forXState = {
      self: undefined,
      id: '',
      sessionId: '',
      logger: () => {},
      defer: () => {},
      emit: () => {},
      stopChild: () => {},
      system: this.#system,
      actionExecutor: (action: ExecutableActionObject) => {
        // The real one frees the system id here, before the next child of the step may claim it.
        if (action.type === 'xstate.stopChild') this.#release(action.params as AnyActorRef | undefined);
        this.met.push(action);
      },
      // `self` is set by `open`; XState uses of `system` what `#inertSystem` has.
    } as unknown as AnyActorScope;
  }

  /** Starts a step of the actor `self` that stands at `before`. */
  open(before: Snapshot | undefined, self: Self): InertRef {
    const parent = self.parent === undefined ? undefined : new InertRef('parent', self.parent, this.#system);
    const ref = new InertRef('self', self.address, this.#system, parent, self.seq);
    ref.before = before;
    this.#before = before;
    // XState wants an Actor; of a scope's self it uses what InertRef has.
    this.forXState.self = ref as unknown as AnyActorRef;
    if (this.#hasSystemIds && before !== undefined) this.#register(before);
    return ref;
  }

  close(self: InertRef): void {
    self.before = undefined;
    this.#before = undefined;
    this.met.length = 0;
    this.selected = false;
    this.#anonymous = 0;
    if (this.#systemIds.size > 0) this.#systemIds.clear();
  }

  /** Runs `make`, which creates stand-ins outside a step: what is met is forgotten. */
  silently<T>(self: Self, make: (parent: AnyActorRef) => T): T {
    const ref = this.open(undefined, self);
    try {
      return make(ref as unknown as AnyActorRef); // As in `open`.
    } finally {
      this.close(ref);
    }
  }

  #inertSystem(): object {
    const cannot = (what: string) => () => refuse(what, 'use an action, which is done after the commit');
    return {
      _bookId: () => this.#nextId(),
      _register: cannot('actor.start'),
      _unregister: (ref: AnyActorRef) => this.#release(ref),
      _set: (systemId: string, ref: AnyActorRef) => this.#claim(systemId, ref),
      get: (systemId: string) => this.#systemIds.get(systemId),
      getAll: () => Object.fromEntries(this.#systemIds),
      inspect: cannot('system.inspect'),
      _sendInspectionEvent: (seen: Seen) => this.#see(seen),
      _relay: cannot('actor.send'),
      scheduler: {
        schedule: cannot('system.scheduler'),
        cancel: cannot('system.scheduler'),
        cancelAll: cannot('system.scheduler'),
      },
      getSnapshot: cannot('system.getSnapshot'),
      start: cannot('system.start'),
      _clock: undefined,
      _logger: undefined,
    };
  }

  #see(seen: Seen): void {
    if (seen.type === '@xstate.microstep') {
      if (seen._transitions !== undefined && seen._transitions.length > 0) this.selected = true;
    } else if (seen.type === '@xstate.actor') {
      this.#meet(seen.actorRef);
    }
  }

  /** XState announces each child from its constructor, before any code of its logic could run. */
  #meet(made: AnyActorRef): void {
    if (typeof made.src !== 'string') {
      refuse('spawn of inline logic', 'name the source in setup({ actors }) and spawn it by its name');
    }
    if (isSynced(made)) refuse('syncSnapshot', 'let the child send events to its parent');
    this.met.push({ made });
  }

  /** An id for a child without one: one above those that its siblings have. */
  #nextId(): string {
    if (this.#anonymous === 0) {
      for (const id in this.#before?.children) {
        const taken = /^x:(\d+)$/.exec(id);
        if (taken !== null) this.#anonymous = Math.max(this.#anonymous, Number(taken[1]));
      }
    }
    this.#anonymous += 1;
    return `x:${this.#anonymous}`;
  }

  #register(before: Snapshot): void {
    for (const id in before.children) {
      const child = before.children[id];
      const systemId = child && systemIdOf(child);
      if (child !== undefined && systemId !== undefined && endOf(child) === undefined) {
        this.#claim(systemId, child);
      }
    }
  }

  #claim(systemId: string, ref: AnyActorRef): void {
    const holder = this.#systemIds.get(systemId);
    if (holder !== undefined && holder !== ref) {
      throw new Error(`Actor with system ID '${systemId}' already exists.`);
    }
    this.#hasSystemIds = true;
    this.#systemIds.set(systemId, ref);
  }

  #release(ref: AnyActorRef | undefined): void {
    const systemId = ref && systemIdOf(ref);
    if (systemId !== undefined && this.#systemIds.get(systemId) === ref) this.#systemIds.delete(systemId);
  }
}

/** The inspection events of XState that say something here; the first is not in its public types. */
type Seen =
  | { readonly type: '@xstate.microstep'; readonly _transitions?: readonly unknown[] }
  | { readonly type: '@xstate.actor'; readonly actorRef: AnyActorRef }
  | { readonly type: '@xstate.event' | '@xstate.snapshot' | '@xstate.action'; readonly event?: EventObject };
