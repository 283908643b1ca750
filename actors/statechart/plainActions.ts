/**
 * The two kinds of action that a plain step may have: XState's `assign`, and functions or bare names that the
 * host is told of. Each is done as XState does it: same arguments, same order, errors thrown as they are.
 */
import type {
  AnyActorRef,
  AnyActorScope,
  AnyStateMachine,
  EventObject,
  ExecutableActionObject,
} from 'xstate';
import type { Snapshot } from './snapshot.ts';

type Context = Snapshot['context'];
type Spawn = (src: unknown, options?: unknown) => AnyActorRef;

/** What XState hands to every action; an assign gets `spawn` as well. */
interface Args {
  readonly context: Context;
  readonly event: EventObject;
  readonly self: AnyActorRef;
  readonly system: unknown;
}

type AssignArgs = Args & { readonly spawn: Spawn };
type Updater = (args: AssignArgs, params: unknown) => unknown;

/** XState's assign as it looks inside: `assignment` is what its user wrote. */
interface Assign {
  readonly assignment: Updater | Record<string, unknown>;
  readonly resolve: (
    scope: AnyActorScope,
    snapshot: Snapshot,
    args: Args,
    params: unknown,
    action: { readonly assignment: Updater },
  ) => unknown;
}

export interface PlainAction {
  readonly type: string;
  /** As it stands in the machine, if it may have `params`. */
  readonly written: Written | undefined;
  readonly assign: Assign | undefined;
  /** Of an action that is none of XState's own: what implements it, if anything does here. */
  readonly exec: unknown;
}

/** Undefined: one of them only XState can do. */
export function plainActionsOf(
  { implementations }: AnyStateMachine,
  actions: readonly unknown[],
): readonly PlainAction[] | undefined {
  const plain: PlainAction[] = [];
  for (const action of actions) {
    const found = plainActionOf(implementations.actions, action);
    if (found === undefined) return undefined;
    plain.push(found);
  }
  return plain;
}

/** An action as it stands in a machine, by name. */
interface Written {
  readonly type: string;
  readonly params?: unknown;
}

function plainActionOf(named: Readonly<Record<string, unknown>>, action: unknown): PlainAction | undefined {
  if (typeof action === 'function') return implemented(action.name || '(anonymous)', undefined, action);
  if (typeof action === 'string') return implemented(action, undefined, named[action]);
  if (!isWritten(action)) return undefined;
  return implemented(action.type, action, named[action.type]);
}

function isWritten(action: unknown): action is Written {
  return typeof action === 'object' && action !== null && 'type' in action && typeof action.type === 'string';
}

function implemented(type: string, written: Written | undefined, exec: unknown): PlainAction | undefined {
  if (exec !== undefined && typeof exec !== 'function') return undefined;
  if (exec === undefined || !('resolve' in exec)) return { type, written, assign: undefined, exec };
  return isAssign(exec) ? { type, written, assign: exec, exec: undefined } : undefined;
}

function isAssign(action: object): action is Assign {
  if (!('type' in action) || action.type !== 'xstate.assign' || !('assignment' in action)) return false;
  const { assignment } = action;
  return typeof assignment === 'function' || (typeof assignment === 'object' && assignment !== null);
}

/** What actions change. */
export type Passing = Pick<Snapshot, 'context' | 'children'>;

/** The step that actions are of. */
export interface Underway {
  readonly before: Snapshot;
  readonly event: EventObject;
  readonly scope: AnyActorScope;
}

/** Does them in order. */
export function done(actions: readonly PlainAction[], step: Underway): Passing {
  const { before, event, scope } = step;
  const { self, system } = scope;
  let passing: Passing = before;
  for (const { type, written, assign, exec } of actions) {
    const { context } = passing;
    const args: Args = { context, event, self, system };
    const params = written === undefined ? undefined : paramsOf(written, context, event);
    if (assign !== undefined) passing = assigned(assign, passing, args, params, step);
    else scope.actionExecutor({ type, info: args, params, exec } as ExecutableActionObject);
  }
  return passing;
}

/** Called as a method, as XState does it. */
function paramsOf(action: Written, context: Context, event: EventObject): unknown {
  return hasMaker(action) ? action.params({ context, event }) : action.params;
}

function hasMaker(action: Written): action is Written & { params(args: object): unknown } {
  return typeof action.params === 'function';
}

function assigned(
  assign: Assign,
  { context, children }: Passing,
  args: Args,
  params: unknown,
  { before, scope }: Underway,
): Passing {
  let xstates: Spawn | undefined;
  const spawned: Record<string, AnyActorRef> = {};
  const spawn: Spawn = (src, options) => {
    xstates ??= spawnerOf(assign, { ...before, context, children }, args, scope);
    const child = xstates(src, options);
    return (spawned[child.id] = child);
  };
  const update = updateOf(assign.assignment, { ...args, spawn }, params);
  const family = xstates === undefined ? children : { ...children, ...spawned };
  // Not a spread: a field called __proto__ is taken as XState takes it.
  return { context: Object.assign({}, context, update), children: family };
}

function updateOf(assignment: Assign['assignment'], args: AssignArgs, params: unknown): object {
  if (typeof assignment === 'function') return assignment(args, params) as object;
  const update: Record<string, unknown> = {};
  for (const key of Object.keys(assignment)) {
    const written = assignment[key];
    update[key] = typeof written === 'function' ? (written as Updater)(args, params) : written;
  }
  return update;
}

/** XState's own: it lends it to an assignment that only takes it along. */
function spawnerOf(assign: Assign, at: Snapshot, args: Args, scope: AnyActorScope): Spawn {
  let lent: Spawn | undefined;
  const take: Updater = ({ spawn }) => void (lent = spawn);
  assign.resolve(scope, at, args, undefined, { assignment: take });
  if (lent === undefined) throw new Error('XState gave an assign no spawn');
  return lent;
}
