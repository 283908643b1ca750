/**
 * Where an actor stands, or stood, as a caller sees it.
 */
import type { ContextFrom, OutputFrom, StateValueFrom } from 'xstate';
import type { MachineOf, StateOf } from './definition.ts';
import { unpack } from '../storage/values.ts';
import type { WireSnapshot } from './protocol.ts';

export interface Snapshot<D> {
  readonly seq: number;
  /** When the last event was accepted. */
  readonly at: number;
  readonly status: 'live' | 'sealed' | 'quarantined';
  readonly value: StateValueFrom<MachineOf<D>>;
  /** The value as paths: `paid.shipped`. Paths may change with a version; tags are the stable vocabulary. */
  readonly state: readonly string[];
  readonly tags: readonly string[];
  /** Event types with a transition from here, of those that may be sent. */
  readonly accepts: readonly string[];
  readonly context: ContextFrom<MachineOf<D>>;
  readonly output?: OutputFrom<MachineOf<D>>;
  readonly error?: unknown;
  /** Whether the actor is in this state, or below it. */
  matches(state: StateOf<D>): boolean;
}

type Machine<D> = Pick<Snapshot<D>, 'value' | 'context' | 'output' | 'error'>;

export function snapshotOf<D>(wire: WireSnapshot): Snapshot<D> {
  const { machine, ...standing } = wire;
  // Packed by the host from this definition's own machine.
  const { value, context, output, error } = unpack(machine) as Machine<D>;
  return {
    ...standing,
    value,
    context,
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    matches: (state) => isIn(value, state),
  };
}

/** Whether a state value lies at or below a dotted path. */
export function isIn(value: unknown, path: string): boolean {
  let at = value;
  for (const key of path.split('.')) {
    if (typeof at === 'string') {
      if (at !== key) return false;
      at = undefined;
    } else if (typeof at === 'object' && at !== null && Object.hasOwn(at, key)) {
      at = (at as Readonly<Record<string, unknown>>)[key];
    } else {
      return false;
    }
  }
  return true;
}
