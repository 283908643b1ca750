/**
 * A structure as the config of an XState machine again, in JSON: what tools of others draw statecharts from.
 * Actions, guards and sources are their names; every target is an id, so that nothing depends on where a
 * transition stands.
 */
import type { StateStructure, TransitionStructure } from '../statechart/structure.ts';

type Config = Readonly<Record<string, unknown>>;

/** `createMachine(configOf(structure))` has the same states and transitions. */
export function configOf(structure: StateStructure): Config {
  const { id, type, initial, initialActions = [], history, description, tags, entry, exit } = structure;
  const { states } = structure;
  const isSaid = type === 'parallel' || type === 'final' || type === 'history';
  return {
    id,
    ...(isSaid && { type }),
    ...(initial !== undefined && {
      initial: initialActions.length === 0 ? initial : { target: initial, actions: initialActions },
    }),
    ...(history !== undefined && { history }),
    ...(description !== undefined && { description }),
    ...(tags.length > 0 && { tags }),
    ...(entry.length > 0 && { entry }),
    ...(exit.length > 0 && { exit }),
    ...transitionsOf(structure),
    ...(states.length > 0 && {
      states: Object.fromEntries(states.map((inner) => [inner.key, configOf(inner)])),
    }),
  };
}

function transitionsOf({ id, type, invokes, transitions }: StateStructure): Config {
  if (type === 'history') {
    const target = transitions[0]?.to[0];
    return target === undefined ? {} : { target: `#${target}` };
  }
  const left = new Set(transitions);
  /** Those of a descriptor, which nobody else takes after that. */
  const taken = (on: string): readonly Config[] => {
    const found = [...left].filter((one) => one.on === on);
    for (const one of found) left.delete(one);
    return found.map(configOfTransition);
  };
  const part = (name: string, list: readonly Config[]): Config => (list.length > 0 ? { [name]: list } : {});
  const invoke = invokes.map(({ id: own, src }) => ({
    id: own,
    src,
    ...part('onDone', taken(`xstate.done.actor.${own}`)),
    ...part('onError', taken(`xstate.error.actor.${own}`)),
    ...part('onSnapshot', taken(`xstate.snapshot.${own}`)),
  }));
  const onDone = taken(`xstate.done.state.${id}`);
  const always = taken('');
  const after: Record<string, readonly Config[]> = {};
  const on: Record<string, readonly Config[]> = {};
  for (const descriptor of new Set(Array.from(left, (one) => one.on))) {
    const delay = /^xstate\.after\.(.*)$/s.exec(descriptor)?.[1]?.slice(0, -(id.length + 1));
    const [place, name] = delay === undefined ? ([on, descriptor] as const) : ([after, delay] as const);
    place[name] = taken(descriptor);
  }
  return {
    ...(invoke.length > 0 && { invoke }),
    ...part('onDone', onDone),
    ...part('always', always),
    ...(Object.keys(after).length > 0 && { after }),
    ...(Object.keys(on).length > 0 && { on }),
  };
}

function configOfTransition({ to, guard, actions, reenter }: TransitionStructure): Config {
  return {
    ...(to.length > 0 && { target: to.map((target) => `#${target}`) }),
    ...(guard !== undefined && { guard }),
    ...(actions.length > 0 && { actions }),
    ...(reenter && { reenter }),
  };
}
