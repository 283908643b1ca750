/** Machines thrown together from a seed: nested and parallel states, and every kind of action and guard. */
import { assign, cancel, enqueueActions, fromPromise, raise, setup } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import type { Random } from '../../../storage/conformance/random.ts';

export const eventTypes = ['a', 'b', 'c', 'other'] as const;

const chance = (random: Random, share: number): boolean => random.below(1000) < share * 1000;

interface Context {
  readonly n: number;
  readonly log: readonly string[];
}

type Event = { readonly type: string; readonly k: number };
type Config = Record<string, unknown>;

/** `trace` hears of every guard and assign that runs. */
export function randomMachine(random: Random, trace: (what: string) => void): AnyStateMachine {
  const root = stateOf(random, 0);
  const machine: unknown = kitOf(trace).createMachine({
    id: 'random',
    context: { n: 0, log: [] },
    ...root,
  } as never);
  return machine as AnyStateMachine;
}

const logged = (context: Context, what: string): Partial<Context> => ({
  n: context.n + 1,
  log: [...context.log.slice(-5), `${what} ${context.n}`],
});

function kitOf(trace: (what: string) => void) {
  return setup({
    types: { context: {} as Context, events: {} as Event },
    actors: { task: fromPromise(async () => Promise.resolve(1)) },
    actions: {
      grow: assign(({ context }) => {
        trace('grow');
        return logged(context, 'grow');
      }),
      fields: assign({ n: ({ context, event }) => context.n + event.k, log: [] }),
      given: assign(({ context }, params: unknown) => {
        const { by } = params as { readonly by: number };
        trace(`given ${by}`);
        return { n: context.n + by };
      }),
      fragile: assign(({ context, event }) => {
        if (event.k === 7) throw new Error('seven');
        return logged(context, 'fragile');
      }),
      makes: assign(({ context, spawn }) => {
        if (context.n % 3 === 0) spawn('task', { id: `t${context.n % 4}` });
        return logged(context, 'makes');
      }),
      idle: assign(() => undefined as never),
      tell: ({ context, event }) => trace(`tell ${context.n} ${event.type}`),
      raises: raise({ type: 'b', k: 1 }),
      later: raise({ type: 'c', k: 2 }, { id: 'later', delay: 1000 }),
      never: cancel('later'),
      queue: enqueueActions(({ enqueue, context }) => {
        enqueue.assign({ n: context.n + 2 });
        enqueue.cancel('later');
      }),
    },
    guards: {
      even: ({ context }) => (trace('even'), context.n % 2 === 0),
      small: ({ event }) => (trace('small'), event.k < 5),
      throws: ({ event }) => {
        if (event.k === 9) throw new Error('nine');
        return true;
      },
    },
  });
}

const cheap = ['grow', 'fields', 'idle', 'tell', 'fragile', 'makes', 'unknown'] as const;
const dear = ['raises', 'later', 'never', 'queue'] as const;

function actionOf(random: Random): unknown {
  if (chance(random, 0.15)) return random.pick(dear);
  if (chance(random, 0.2)) return { type: 'given', params: { by: random.below(3) } };
  if (chance(random, 0.15)) {
    return { type: 'given', params: ({ event }: { event: Event }) => ({ by: event.k }) };
  }
  if (chance(random, 0.1)) return assign(({ context }: { context: Context }) => logged(context, 'inline'));
  if (chance(random, 0.1)) return function shown() {};
  return random.pick(cheap);
}

const actionsOf = (random: Random, most: number): unknown[] =>
  Array.from({ length: random.below(most + 1) }, () => actionOf(random));

function transitionOf(random: Random, siblings: readonly string[]): Config {
  return {
    ...(chance(random, 0.6) && siblings.length > 0 && { target: random.pick(siblings) }),
    ...(chance(random, 0.3) && { guard: random.pick(['even', 'small', 'throws']) }),
    ...(chance(random, 0.1) && { reenter: true }),
    actions: actionsOf(random, 2),
  };
}

function stateOf(random: Random, depth: number, siblings: readonly string[] = []): Config {
  const on = Object.fromEntries(
    [...eventTypes, '*']
      .filter(() => chance(random, 0.4))
      .map((type) => [
        type,
        Array.from({ length: 1 + random.below(2) }, () => transitionOf(random, siblings)),
      ]),
  );
  const own = {
    on,
    ...(chance(random, 0.2) && { entry: actionsOf(random, 2) }),
    ...(chance(random, 0.2) && { exit: actionsOf(random, 2) }),
    ...(chance(random, 0.3) && { tags: [random.pick(['red', 'blue'])] }),
  };
  if (depth === 3 || (depth > 0 && chance(random, 0.6))) return { ...own, ...leafOf(random, siblings) };
  const keys = ['p', 'q', 'r', 's'].slice(0, 2 + random.below(3));
  const states = Object.fromEntries(keys.map((key) => [key, stateOf(random, depth + 1, keys)]));
  if (chance(random, 0.3)) return { ...own, type: 'parallel', states };
  const past = chance(random, 0.3) && { past: { type: 'history' } };
  return { ...own, initial: keys[0], states: { ...states, ...past } };
}

function leafOf(random: Random, siblings: readonly string[]): Config {
  if (chance(random, 0.08) && siblings.length > 2) return { type: 'final' };
  return {
    ...(chance(random, 0.1) && { invoke: { id: `task${random.below(1000)}`, src: 'task' } }),
    ...(chance(random, 0.1) && { after: { 1000: { actions: 'tell' } } }),
    ...(chance(random, 0.1) &&
      siblings.length > 0 && {
        always: {
          guard: ({ context }: { context: Context }) => context.n % 5 === 4,
          target: random.pick(siblings),
          actions: 'grow',
        },
      }),
  };
}
