/**
 * A snapshot as plain data, and back.
 *
 *   - `persist` copies nothing but the path to a reference that the context holds: the rest of the context
 *     is the live one, to be encoded before the next step.
 *   - What `restore` gives goes on exactly as the snapshot would have: references in the context, history,
 *     the order in which parallel states are visited, children, system ids.
 *   - What no longer fits the machine is refused, never dropped or guessed.
 */
import type { AnyActorRef, AnyStateNode, StateValue } from 'xstate';
import { childOf, endOf, markEnded, srcOf, systemIdOf } from './child.ts';
import type { HostedMachine } from './machine.ts';
import { InertRef } from './scope.ts';
import type { Scope, Self } from './scope.ts';
import type { Source } from './sources.ts';
import type { Snapshot } from './snapshot.ts';

export interface PersistedChild {
  readonly src: string;
  readonly kind: 'task' | 'driver' | 'machine';
  readonly systemId?: string;
  readonly ended?: 'done' | 'error';
}

/** A place in the context where a reference stood; the context has null there. */
export interface PersistedRef {
  readonly path: readonly (string | number)[];
  /** The child's id; null for the actor itself. */
  readonly id: string | null;
  /** Set when it was no longer among the children: it stays a reference to nobody. */
  readonly src?: string;
}

export interface Persisted {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly value: StateValue;
  readonly context: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
  /** Ids of the remembered states, by the id of the history state. */
  readonly history?: Readonly<Record<string, readonly string[]>>;
  /** Ids of the active states in the order XState visits them, where there is more than one leaf. */
  readonly nodes?: readonly string[];
  readonly children?: Readonly<Record<string, PersistedChild>>;
  readonly refs?: readonly PersistedRef[];
}

/** What was persisted does not fit the machine any more. */
export class Misfit extends Error {
  /** What is missing: a state, or a child's source. */
  readonly missing: string;

  constructor(missing: string) {
    super(`the persisted snapshot does not fit this machine: ${missing}`);
    this.name = 'Misfit';
    this.missing = missing;
  }
}

type SourceOf = (src: string) => Source;

export function persist(snapshot: Snapshot, sourceOf: SourceOf): Persisted {
  const refs: PersistedRef[] = [];
  const context = withoutRefs(snapshot.context, [], refs, snapshot.children);
  const nodes = snapshot._nodes;
  const leaves = nodes.filter((node) => node.type === 'atomic' || node.type === 'final').length;
  return {
    status: snapshot.status,
    value: snapshot.value,
    context,
    ...(snapshot.output !== undefined && { output: snapshot.output }),
    ...(snapshot.error !== undefined && { error: plainError(snapshot.error) }),
    ...(isFilled(snapshot.historyValue) && { history: idsOf(snapshot.historyValue) }),
    ...(leaves > 1 && { nodes: nodes.map((node) => node.id) }),
    ...(isFilled(snapshot.children) && { children: childrenOf(snapshot, sourceOf) }),
    ...(refs.length > 0 && { refs }),
  };
}

const isFilled = (record: object): boolean => Object.keys(record).length > 0;

function idsOf(history: Readonly<Record<string, readonly AnyStateNode[]>>): Record<string, string[]> {
  const entries = Object.entries(history);
  return Object.fromEntries(entries.map(([id, nodes]) => [id, nodes.map((node) => node.id)]));
}

function childrenOf(snapshot: Snapshot, sourceOf: SourceOf): Record<string, PersistedChild> {
  const children: Record<string, PersistedChild> = {};
  for (const [id, child] of Object.entries(snapshot.children)) {
    const src = srcOf(child);
    const systemId = systemIdOf(child);
    const ended = endOf(child);
    children[id] = {
      src,
      kind: kindOf(sourceOf(src)),
      ...(systemId !== undefined && { systemId }),
      ...(ended !== undefined && { ended }),
    };
  }
  return children;
}

/** What the machine does not implement runs as a task. */
const kindOf = ({ kind }: Source): PersistedChild['kind'] => (kind === 'unimplemented' ? 'task' : kind);

/** An error as data: an Error would be encoded as an empty object. */
export function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message } = error;
  return { name, message, ...('code' in error && { code: error.code }) };
}

type Path = (string | number)[];

/** The value itself, or a copy along the paths to the references it holds. */
function withoutRefs(
  value: unknown,
  path: Path,
  refs: PersistedRef[],
  children: Record<string, AnyActorRef>,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  // Deeper than any context that can be stored, so it is a cycle: the codec says so with its path.
  if (path.length > 200) return value;
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let index = 0; index < value.length; index++) {
      const inner: unknown = value[index];
      if (typeof inner !== 'object' || inner === null) continue;
      path.push(index);
      const plain = withoutRefs(inner, path, refs, children);
      path.pop();
      if (plain !== inner) (copy ??= value.slice())[index] = plain;
    }
    return copy ?? value;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    if (!isRef(value)) return value;
    refs.push(persistedRef(value, [...path], children));
    return null;
  }
  const record = value as Record<string, unknown>; // A plain object.
  let copy: Record<string, unknown> | undefined;
  for (const key in record) {
    const inner = record[key];
    if (typeof inner !== 'object' || inner === null) continue;
    path.push(key);
    const plain = withoutRefs(inner, path, refs, children);
    path.pop();
    if (plain !== inner) (copy ??= { ...record })[key] = plain;
  }
  return copy ?? value;
}

const isRef = (value: object): value is InertRef | AnyActorRef =>
  value instanceof InertRef ||
  ('sessionId' in value && '_parent' in value && value._parent instanceof InertRef);

function persistedRef(
  ref: InertRef | AnyActorRef,
  path: Path,
  children: Record<string, AnyActorRef>,
): PersistedRef {
  if (ref instanceof InertRef) return { path, id: null };
  const { id } = ref;
  return children[id] === ref ? { path, id } : { path, id, src: srcOf(ref) };
}

/** Where a snapshot is restored to. */
interface Home {
  readonly self: Self;
  readonly machine: HostedMachine;
  readonly scope: Scope;
  readonly source: SourceOf;
}

/** Gives the live snapshot that `persist` was given; throws `Misfit`. The persisted data is left as it is. */
export function restore(persisted: Persisted, { self, machine, scope, source }: Home): Snapshot {
  const { status, value, output, error } = persisted;
  const resolved = resolvedState(machine, persisted);
  const nodes = persisted.nodes?.map((id) => nodeOf(machine, id)) ?? resolved._nodes;
  return scope.silently(self, (parent) => {
    const children: Record<string, AnyActorRef> = {};
    for (const [id, child] of Object.entries(persisted.children ?? {})) {
      if (kindOf(source(child.src)) !== child.kind) {
        throw new Misfit(`it has no ${child.kind} source '${child.src}', which child '${id}' runs`);
      }
      children[id] = restoredChild(parent, id, child);
    }
    let { context } = persisted;
    for (const ref of persisted.refs ?? []) {
      context = withRef(context, ref.path, 0, restoredRef(parent, ref, children));
    }
    // Not those of `resolved`: with another order of nodes, or one of them missing, they are others.
    const tags = new Set(nodes.flatMap((node) => node.tags));
    // A snapshot's type ties its status to output and error; these were persisted together.
    const restored = { ...resolved, status, value, tags, output, error, context, children, _nodes: nodes };
    return restored as Snapshot;
  });
}

function resolvedState(machine: HostedMachine, { value, history }: Persisted): Snapshot {
  const historyValue: Record<string, AnyStateNode[]> = {};
  for (const [id, ids] of Object.entries(history ?? {})) {
    historyValue[nodeOf(machine, id).id] = ids.map((remembered) => nodeOf(machine, remembered));
  }
  let resolved: Snapshot;
  try {
    resolved = machine.resolveState({ value, context: {}, historyValue });
  } catch (error) {
    throw new Misfit(`it has no state ${JSON.stringify(value)} (${(error as Error).message})`);
  }
  if (!isSameValue(resolved.value, value)) {
    throw new Misfit(`state ${JSON.stringify(value)} would become ${JSON.stringify(resolved.value)}`);
  }
  return resolved;
}

function nodeOf(machine: HostedMachine, id: string): AnyStateNode {
  const node = machine.nodes.get(id);
  if (node === undefined) throw new Misfit(`it has no state '#${id}'`);
  return node;
}

function isSameValue(a: StateValue | undefined, b: StateValue | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => isSameValue(a[key], b[key]));
}

function restoredChild(
  parent: AnyActorRef,
  id: string,
  { src, systemId, ended }: PersistedChild,
): AnyActorRef {
  // One that ended has given its system id back.
  const child = childOf(parent, { id, src, systemId: ended === undefined ? systemId : undefined });
  if (ended !== undefined) markEnded(child, ended);
  return child;
}

function restoredRef(
  parent: AnyActorRef,
  { id, src }: PersistedRef,
  children: Record<string, AnyActorRef>,
): AnyActorRef {
  if (id === null) return parent;
  const child = src === undefined ? children[id] : childOf(parent, { id, src });
  if (child === undefined) throw new Misfit(`it has no child '${id}', which its context refers to`);
  return child;
}

/** A copy of `value` along `path` with the reference at its end. */
function withRef(value: unknown, path: PersistedRef['path'], at: number, ref: AnyActorRef): unknown {
  const key = path[at];
  if (key === undefined) return ref;
  if (typeof value !== 'object' || value === null) throw new Misfit(`its context has no ${path.join('.')}`);
  // An array or a plain object: `persist` walked through nothing else.
  const copy = (Array.isArray(value) ? value.slice() : { ...value }) as Record<string | number, unknown>;
  copy[key] = withRef(copy[key], path, at + 1, ref);
  return copy;
}
