/**
 * What can be seen of a machine before it runs: refuses there what no step could host, naming the construct
 * and its state, and knows the actor sources by name.
 */
import type { AnyActorLogic, AnyStateMachine, AnyStateNode } from 'xstate';
import { sourceOf } from './sources.ts';
import type { Source } from './sources.ts';
import { Unsupported } from './unsupported.ts';

/** The built-in actions a step can host; others of XState's are refused by their names. */
const hosted = new Set([
  'xstate.assign',
  'xstate.raise',
  'xstate.cancel',
  'xstate.sendTo',
  'xstate.spawnChild',
  'xstate.stopChild',
  'xstate.enqueueActions',
  'xstate.log',
]);

/** Calls `visit` for the node and all below it, in document order. */
export function eachNode(node: AnyStateNode, visit: (node: AnyStateNode) => void): void {
  visit(node);
  for (const key of Object.keys(node.states)) {
    const inner: AnyStateNode | undefined = node.states[key];
    if (inner !== undefined) eachNode(inner, visit);
  }
}

/** The machine's own sources by name; throws `Unsupported` if the machine cannot be hosted. */
export function sourcesOf(machine: AnyStateMachine): ReadonlyMap<string, Source> {
  const sources = new Map<string, Source>();
  // XState types the implementations away; it keeps logic by name there.
  const logics = machine.implementations.actors as Record<string, AnyActorLogic>;
  for (const [name, logic] of Object.entries(logics)) sources.set(name, sourceOf(name, logic));
  eachNode(machine.root, (node) => {
    checkInvokes(node);
    for (const action of actionsOf(node)) checkAction(machine, action, node.id);
  });
  return sources;
}

interface InvokeConfig {
  readonly src: unknown;
  readonly onSnapshot?: unknown;
  readonly syncSnapshot?: unknown;
  readonly input?: unknown;
}

function checkInvokes(node: AnyStateNode): void {
  const config: unknown = node.config.invoke;
  const invokes = (Array.isArray(config) ? config : config === undefined ? [] : [config]) as InvokeConfig[];
  for (const { src, onSnapshot, syncSnapshot, input } of invokes) {
    if (typeof src !== 'string') {
      throw new Unsupported('invoke of an inline source', node.id, 'name it in setup({ actors })');
    }
    if (onSnapshot !== undefined || syncSnapshot === true) {
      throw new Unsupported('invoke with onSnapshot', node.id, 'let the child send events to its parent');
    }
    if (typeof input === 'object' && input !== null && Object.values(input).some(isFunction)) {
      throw new Unsupported('a function in the input of an invoke', node.id, 'make the input one function');
    }
  }
}

const isFunction = (value: unknown): boolean => typeof value === 'function';

function actionsOf(node: AnyStateNode): unknown[] {
  const transitions = [...node.transitions.values()].flat();
  return [
    ...node.entry,
    ...node.exit,
    ...transitions.flatMap((transition) => transition.actions),
    ...(node.always ?? []).flatMap((transition) => transition.actions),
    // Only a compound state has an initial transition to look at.
    ...(node.type === 'compound' ? node.initial.actions : []),
  ];
}

/** A built-in action as XState's creators make it: a function with its options as properties. */
interface Builtin {
  readonly type: string;
  readonly resolve?: unknown;
  readonly src?: unknown;
  readonly syncSnapshot?: unknown;
}

function checkAction(machine: AnyStateMachine, action: unknown, where: string): void {
  const named = typeof action === 'string' ? action : (action as { type?: unknown }).type;
  const found: unknown =
    typeof action === 'function' ? action : machine.implementations.actions[String(named)];
  if (typeof found !== 'function' || !('resolve' in found)) return;
  const builtin = found as unknown as Builtin; // Only built-in actions have `resolve`.
  if (builtin.type === 'xstate.emit') {
    throw new Unsupported('emit', where, 'subscribe to the actor, or send with troupe.send');
  }
  if (!hosted.has(builtin.type)) {
    throw new Unsupported(`the action ${builtin.type}`, where, 'this version of Troupe does not know it');
  }
  if (builtin.type !== 'xstate.spawnChild') return;
  if (typeof builtin.src !== 'string') {
    throw new Unsupported('spawn of inline logic', where, 'name the source in setup({ actors })');
  }
  if (builtin.syncSnapshot === true) {
    throw new Unsupported('syncSnapshot', where, 'let the child send events to its parent');
  }
}
