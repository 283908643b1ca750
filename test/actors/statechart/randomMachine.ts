/** Machines thrown together from a seed: nested, parallel; every kind of target, action and guard. */
import { and, assign, cancel, enqueueActions, fromPromise, not, or, raise, setup, stateIn } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import type { Random } from '../../../storage/conformance/random.ts';

export const eventTypes = ['a', 'b', 'c', 'x.y', '__proto__', 'other'] as const;
const descriptors = ['a', 'a', 'b', 'b', 'c', 'x.*', '*', '__proto__'] as const;

interface Context {
  readonly n: number;
  readonly log: readonly string[];
}

type Event = { readonly type: string; readonly k: number; readonly patch?: object };
type Given = { readonly context: Context; readonly event: Event };
type Config = Record<string, unknown>;

/** What a state is to become, drawn before any target is. */
interface Sketch {
  readonly path: string;
  readonly type: 'atomic' | 'final' | 'compound' | 'parallel';
  readonly inner: readonly (readonly [string, Sketch])[];
  readonly history: 'shallow' | 'deep' | undefined;
}

/** `trace` hears of every guard and assign that runs. */
export function randomMachine(random: Random, trace: (what: string) => void): AnyStateMachine {
  const builder = new Builder(random, trace);
  const machine: unknown = kitOf(trace).createMachine(builder.machine() as never);
  return machine as AnyStateMachine;
}

const logged = (context: Context, what: string): Partial<Context> => ({
  n: (context.n + 1) % 30,
  log: [...context.log.slice(-3), `${what} ${context.n}`],
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
      fields: assign({ n: ({ context, event }) => (context.n + event.k) % 30, log: [] }),
      given: assign(({ context }, params: unknown) => {
        const { by } = params as { readonly by: number };
        trace(`given ${by}`);
        return { n: (context.n + by) % 30 };
      }),
      fragile: assign(({ context, event }) => {
        if (event.k === 7) throw new Error('seven');
        return logged(context, 'fragile');
      }),
      makes: assign(({ context, spawn }) => {
        if (context.n % 3 === 0) spawn('task', { id: `t${context.n % 4}` });
        return logged(context, 'makes');
      }),
      patches: assign(({ event }) => event.patch as never),
      tell: ({ context, event }, params) =>
        trace(`tell ${context.n} ${event.type} ${JSON.stringify(params)}`),
      raises: raise({ type: 'b', k: 1 }),
      later: raise({ type: 'c', k: 2 }, { id: 'later', delay: 1000 }),
      never: cancel('later'),
      queue: enqueueActions(({ enqueue, context }) => {
        enqueue.assign({ n: (context.n + 2) % 30 });
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

const plainOnes = ['grow', 'fields', 'tell', 'fragile', 'makes', 'patches', 'unknown', 'toString'] as const;
const others = ['raises', 'later', 'never', 'queue'] as const;

class Builder {
  readonly #random: Random;
  readonly #trace: (what: string) => void;
  readonly #all: Sketch[] = [];

  constructor(random: Random, trace: (what: string) => void) {
    this.#random = random;
    this.#trace = trace;
  }

  machine(): Config {
    const root = this.#sketch('S', 0);
    return { context: { n: 0, log: [] }, ...this.#state(root, []) };
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }

  #sketch(path: string, depth: number, mayEnd = false): Sketch {
    const isLeaf = depth === 3 || (depth > 0 && this.#chance(55));
    const type = isLeaf ? 'atomic' : this.#chance(40) ? 'parallel' : 'compound';
    const keys = isLeaf ? [] : ['p', 'q', 'r', '1'].slice(0, 2 + this.#random.below(3));
    const sketch: Sketch = {
      path,
      type: isLeaf && mayEnd && this.#chance(8) ? 'final' : type,
      inner: keys.map((key, i) => {
        const inner = this.#sketch(`${path}_${key}`, depth + 1, type === 'compound' && i > 0);
        return [key, inner] as const;
      }),
      history: !isLeaf && this.#chance(30) ? this.#random.pick(['shallow', 'deep'] as const) : undefined,
    };
    this.#all.push(sketch);
    return sketch;
  }

  #state(sketch: Sketch, siblings: readonly string[]): Config {
    const { path, type, inner, history } = sketch;
    if (type === 'final') return { id: path, type, ...this.#maybe(30, 'entry', () => this.#actions()) };
    const keys = inner.map(([key]) => key);
    const transition = (): Config => this.#transition(siblings, keys);
    const on = descriptors.filter(() => this.#chance(30));
    const states = inner.map(([key, one]) => [key, this.#state(one, keys)] as const);
    const past = history && [['past', { id: `H${path}`, type: 'history', history }] as const];
    return {
      id: path,
      on: Object.fromEntries(on.map((name) => [name, [transition(), transition()]])),
      ...this.#maybe(20, 'entry', () => this.#actions()),
      ...this.#maybe(20, 'exit', () => this.#actions()),
      ...this.#maybe(50, 'tags', () => [this.#random.pick(['red', 'blue', 'green'])]),
      ...this.#maybe(20, 'always', () => [this.#always(siblings, keys)]),
      ...this.#maybe(6, 'invoke', () => ({ id: `i${path}`, src: 'task', onDone: transition() })),
      ...this.#maybe(6, 'after', () => ({ 1000: transition() })),
      ...(inner.length > 0 && { states: Object.fromEntries([...states, ...(past ?? [])]) }),
      ...(type === 'parallel' ? { type } : inner.length > 0 && { initial: keys[0] }),
      ...(inner.length > 0 && this.#maybe(30, 'onDone', transition)),
    };
  }

  #maybe(percent: number, name: string, make: () => unknown): Config {
    return this.#chance(percent) ? { [name]: make() } : {};
  }

  #transition(siblings: readonly string[], keys: readonly string[]): Config {
    const target = this.#chance(70) ? this.#target(siblings, keys) : undefined;
    return {
      ...(target !== undefined && { target }),
      ...this.#maybe(30, 'guard', () => this.#guard(0)),
      ...this.#maybe(10, 'reenter', () => true),
      actions: this.#actions(),
    };
  }

  #target(siblings: readonly string[], keys: readonly string[]): unknown {
    const anywhere = (): string => `#${this.#random.pick(this.#all).path}`;
    const pasts = this.#all.filter(({ history }) => history !== undefined);
    const drawn = this.#random.below(20);
    if (drawn < 12 && siblings.length > 0) return this.#random.pick(siblings);
    if (drawn < 14 && keys.length > 0) return `.${this.#random.pick(keys)}`;
    if (drawn < 16) return anywhere();
    if (drawn === 16) return [anywhere(), anywhere()];
    if (drawn === 17 && pasts.length > 0) return `#H${this.#random.pick(pasts).path}`;
    return undefined;
  }

  #guard(depth: number): unknown {
    const deeper = (): never => this.#guard(depth + 1) as never;
    switch (this.#random.below(depth > 1 ? 4 : 7)) {
      case 0:
        return 'even';
      case 1:
        return 'small';
      case 2:
        return this.#chance(30) ? 'throws' : 'even';
      case 3:
        return stateIn(`#${this.#random.pick(this.#all).path}`);
      case 4:
        return not(deeper());
      case 5:
        return and([deeper(), deeper()]);
      default:
        return or([deeper(), deeper()]);
    }
  }

  /** Each changes the count it asks for, so that most of them come to rest. */
  #always(siblings: readonly string[], keys: readonly string[]): Config {
    const every = this.#random.between(2, 5);
    const rest = this.#random.below(every);
    const guard = this.#random.pick([
      ({ context }: Given) => (this.#trace('always'), context.n % every === rest),
      ({ context, event }: Given) => event.k % every === rest && context.n % 3 !== 0,
      ({ event }: Given) => {
        if (event.k === 6) throw new Error('six');
        return false;
      },
    ]);
    const target = this.#chance(80) ? this.#target(siblings, keys) : undefined;
    return { guard, ...(target !== undefined && { target }), actions: ['grow', ...this.#actions()] };
  }

  #actions(): unknown[] {
    return Array.from({ length: this.#random.below(3) }, () => this.#action());
  }

  #action(): unknown {
    if (this.#chance(10)) return this.#random.pick(others);
    if (this.#chance(20)) return { type: 'given', params: { by: this.#random.below(3) } };
    if (this.#chance(10)) return { type: 'tell', params: { z: 1 } };
    if (this.#chance(15)) return { type: 'given', by: this.#random.below(5), params: byOf };
    if (this.#chance(10)) return assign(({ context }: Given) => logged(context, 'inline'));
    if (this.#chance(8)) return function shown() {};
    return this.#random.pick(plainOnes);
  }
}

/** Reads its action, as a method does. */
function byOf(this: { readonly by: number }, { event }: Given): { readonly by: number } {
  if (event.k === 8) throw new Error('eight');
  return { by: this.by + event.k };
}
