/**
 * A user's machine as Troupe runs it: every actor source is a stub, `always` loops are bounded, and event
 * types from outside cannot fill the memory.
 *
 * XState remembers, per state and for ever, which transitions match each event type it has seen. So a type
 * that no descriptor of the machine matches never reaches it, and of the types that only a wildcard matches
 * the first so many are remembered: the others are computed each time. None is refused, because a history
 * must be replayed whatever other actors of its kind have heard.
 */
import { StateMachine } from 'xstate';
import type { AnyActorScope, AnyMachineSnapshot, AnyStateMachine, AnyStateNode, EventObject } from 'xstate';
import { stubs } from './child.ts';
import { eachNode } from './definition.ts';
import { PlainSteps } from './plainSteps.ts';
import type { Snapshot } from './snapshot.ts';

export interface Bounds {
  /** Microsteps of one step, after which it fails: a loop of `always` or `raise`. */
  readonly maxIterations: number;
  /** Distinct event types that only wildcards match and that are remembered, per definition and thread. */
  readonly maxEventTypes: number;
}

type Selected = ReturnType<AnyStateMachine['getTransitionData']>;

/** How a state chooses its transition: XState's own, which its types leave out. */
interface Chooser {
  next: (this: Chooser, snapshot: AnyMachineSnapshot, event: EventObject) => unknown;
}

/** How a system hears of steps. */
interface Announcer {
  _sendInspectionEvent(step: { readonly type: '@xstate.microstep'; readonly _transitions: Selected }): void;
}

// The class is generic in fourteen ways that do not matter here.
const Machine = StateMachine as unknown as new (
  config: AnyStateMachine['config'],
  implementations: AnyStateMachine['implementations'],
) => AnyStateMachine;

export class HostedMachine extends Machine {
  /** All states by their ids. */
  readonly nodes: ReadonlyMap<string, AnyStateNode>;
  readonly #named = new Set<string>();
  readonly #wildcards: readonly string[];
  readonly #wild = new Set<string>();
  readonly #maxEventTypes: number;
  #isFull = false;
  readonly #plain = new PlainSteps(this);
  /** What XState is to be told when it asks. */
  #chosen: Selected | undefined;

  constructor(machine: AnyStateMachine, { maxIterations, maxEventTypes }: Bounds) {
    const bound = Math.min(machine.options.maxIterations ?? Infinity, maxIterations);
    // Not `provide`: it would copy the stubs, which answer any name, into an object that holds none.
    super(
      { ...machine.config, options: { ...machine.config.options, maxIterations: bound } },
      { ...machine.implementations, actors: stubs as AnyStateMachine['implementations']['actors'] },
    );
    this.#maxEventTypes = maxEventTypes;
    const nodes = new Map<string, AnyStateNode>();
    eachNode(this.root, (node) => {
      nodes.set(node.id, node);
      for (const descriptor of node.transitions.keys()) this.#named.add(descriptor);
    });
    this.nodes = nodes;
    this.#wildcards = [...this.#named].filter((descriptor) => descriptor.endsWith('*'));
  }

  /** Guards run once: what they chose is handed on to XState when the step is its own. */
  override transition(before: Snapshot, event: EventObject, scope: AnyActorScope): Snapshot {
    if (event.type.startsWith('xstate.') || event.type === '*') return super.transition(before, event, scope);
    const chosen = this.getTransitionData(before, event);
    const [only] = chosen;
    if (only === undefined || chosen.length > 1) return this.#byXState(before, event, scope, chosen);
    const taken = this.#plain.take(before, event, scope, only);
    if (taken !== undefined) {
      // Heard by the scope, which notes that the event was accepted; XState's types leave it out.
      (scope.system as unknown as Announcer)._sendInspectionEvent({
        type: '@xstate.microstep',
        _transitions: chosen,
      });
      // Nothing is left to choose for the event itself.
      return taken.isOver ? taken.snapshot : this.#byXState(taken.snapshot, event, scope, []);
    }
    const after = this.#byXState(before, event, scope, chosen);
    this.#plain.note(before, only, after);
    return after;
  }

  #byXState(before: Snapshot, event: EventObject, scope: AnyActorScope, chosen: Selected): Snapshot {
    this.#chosen = chosen;
    try {
      return super.transition(before, event, scope);
    } finally {
      this.#chosen = undefined;
    }
  }

  override getTransitionData(snapshot: AnyMachineSnapshot, event: EventObject): Selected {
    const chosen = this.#chosen;
    this.#chosen = undefined;
    if (chosen !== undefined) return chosen;
    return this.#isKnown(event.type) ? super.getTransitionData(snapshot, event) : [];
  }

  #isKnown(type: string): boolean {
    if (this.#named.has(type) || this.#wild.has(type)) return true;
    if (!this.#wildcards.some((descriptor) => matches(type, descriptor))) return false;
    if (this.#wild.size < this.#maxEventTypes) this.#wild.add(type);
    else if (!this.#isFull) this.#forgetOthers();
    return true;
  }

  /** XState remembers by state: whatever is not to be remembered is asked of a stand-in that is let go. */
  #forgetOthers(): void {
    this.#isFull = true;
    for (const node of this.nodes.values()) {
      const chooser = node as unknown as Chooser;
      const { next } = chooser;
      chooser.next = (snapshot, event) => {
        const isKept = this.#named.has(event.type) || this.#wild.has(event.type);
        return next.call(isKept ? chooser : (Object.create(chooser) as Chooser), snapshot, event);
      };
    }
  }
}

/** Whether an event of this type is meant by the descriptor: itself, `*`, or `its.prefix.*`. */
export function matches(type: string, descriptor: string): boolean {
  if (descriptor === type || descriptor === '*') return true;
  if (!descriptor.endsWith('.*')) return false;
  return type === descriptor.slice(0, -2) || type.startsWith(descriptor.slice(0, -1));
}
