/**
 * The actors of the host's campaign, generated from a seed: nested and parallel machines with timers, tasks,
 * children and messages. What happens by itself only ever leads forward, and a message that is passed on
 * counts its hops down: left alone, every actor comes to rest.
 */
import { assign, cancel, enqueueActions, fromPromise, raise, sendParent, sendTo, setup } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { defineActor } from '../../../runtime/index.ts';
import type { AnyDefinition } from '../../../runtime/index.ts';
import { Random } from '../../../storage/conformance/random.ts';

/** A run of a task, as its side file has it. */
export interface TaskRun {
  readonly effectId: string;
  readonly attempt: number;
  readonly at: number;
}

/** Any event of these machines. */
export interface Said {
  readonly type: string;
  readonly n?: number;
  readonly hops?: number;
}

export interface TaskArgs {
  readonly effectId: string;
  readonly attempt: number;
  readonly input: { readonly ms: number; readonly failing: number };
}

export const idsPerKind = 4;
export const kinds = ['walker', 'mortal', 'merger'] as const;
export const steps = ['e0', 'e1', 'e2', 'e3'] as const;
const peers = kinds.flatMap((kind) => Array.from({ length: idsPerKind }, (_, id) => `${kind}/${id}`));

interface Context {
  readonly received: number;
  readonly fired: number;
  readonly ended: number;
  readonly sent: number;
}

/** What a task does: says that it runs, takes its time, fails at the first `failing` attempts. */
export async function worked(run: TaskArgs, record: (run: TaskRun) => void): Promise<{ effectId: string }> {
  const { effectId, attempt, input } = run;
  record({ effectId, attempt, at: Date.now() });
  await new Promise((resolve) => setTimeout(resolve, input.ms));
  if (attempt <= input.failing) throw new Error(`attempt ${attempt} fails`);
  return { effectId };
}

/** One of each kind, then the children's and the one that ends its worker from inside of a step. */
export function castOf(seed: number, record: (run: TaskRun) => void): readonly AnyDefinition[] {
  const random = new Random(seed);
  const kid = kidOf(random);
  const tasks = { work: { attempts: 2, backoffMs: 20 }, remote: { attempts: 2, backoffMs: 20 } };
  const [walker, mortal, merger] = kinds.map((kind) =>
    defineActor({
      kind,
      version: 1,
      machine: machineOf(kind, random, kid, record),
      tasks,
      idleMs: random.pick([20, 200, 60_000]),
      ...(kind === 'merger' && { coalesce: merged, commitWindowMs: 5 }),
    }),
  );
  const poison = setup({ types: { events: {} as Said } }).createMachine({
    context: { count: 0 },
    on: { 'crash.step': { actions: assign({ count: () => process.exit(7) }) } },
  });
  return [
    walker!,
    mortal!,
    merger!,
    defineActor({ kind: 'kid', version: 1, machine: kid }),
    defineActor({ kind: 'poison', version: 1, machine: poison }),
  ];
}

function merged(previous: Said, next: Said): Said | undefined {
  if (previous.type !== 'note' || next.type !== 'note') return undefined;
  return { type: 'note', n: (previous.n ?? 0) + (next.n ?? 0) };
}

/** Lives for one or two timers; some fail, some write home. */
function kidOf(random: Random): AnyStateMachine {
  const [first, second] = [random.between(10, 100), random.between(10, 100)];
  return setup({
    types: {
      context: {} as { readonly n: number; readonly heard: number },
      input: {} as { readonly n: number },
      events: {} as Said,
    },
    actions: {
      heard: assign({ heard: ({ context }) => context.heard + 1 }),
      home: sendParent(({ context }) => ({ type: 'fromKid', n: context.n })),
    },
  }).createMachine({
    context: ({ input }) => ({ n: input.n, heard: 0 }),
    output: ({ context }) => ({ n: context.n }),
    initial: 'a',
    on: { poke: { actions: 'heard' }, 'send.refused': { actions: 'heard' } },
    states: {
      a: { after: { [first]: { target: 'b', actions: 'home' } } },
      b: {
        after: {
          [second]: [
            { guard: ({ context }) => context.n % 5 === 4, actions: assign({ heard: () => failed() }) },
            { target: 'c' },
          ],
        },
      },
      c: { type: 'final' },
    },
  });
}

function failed(): never {
  throw new Error('a kid that fails');
}

function machineOf(
  kind: string,
  random: Random,
  kid: AnyStateMachine,
  record: (run: TaskRun) => void,
): AnyStateMachine {
  const regions = Array.from({ length: random.between(1, 3) }, (_, r) =>
    named(`r${r}`, regionOf(`r${r}`, random)),
  );
  const received = { actions: 'received' };
  const taken = ['note', 'tick', 'fromKid', 'send.refused', ...steps].map((type) => named(type, received));
  const config = {
    context: { received: 0, fired: 0, ended: 0, sent: 0 },
    initial: 'life',
    on: {
      ...Object.fromEntries(taken),
      'crash.throw': { actions: 'throwLater' },
      'crash.exit': { actions: 'exitLater' },
      ...(kind === 'mortal' && { end: '.over' }),
    },
    states: { life: { type: 'parallel', states: Object.fromEntries(regions) }, over: { type: 'final' } },
  };
  const machine: unknown = setup({
    types: { context: {} as Context, events: {} as Said },
    actors: { kid, work: fromPromise(async (args) => worked(args as unknown as TaskArgs, record)) },
    actions: {
      'troupe.send': (_args: unknown, _params: { readonly to: string; readonly event: Said }) => undefined,
      received: assign({ received: ({ context }) => context.received + 1 }),
      fired: assign({ fired: ({ context }) => context.fired + 1 }),
      ended: assign({ ended: ({ context }) => context.ended + 1 }),
      throwLater: () => {
        setTimeout(() => {
          throw new Error('thrown outside of every step');
        }, 1);
      },
      exitLater: () => {
        setTimeout(() => process.exit(3), 1);
      },
      passOn: enqueueActions(({ context, event, enqueue }) => {
        const { hops = 0 } = event;
        if (hops > 0) post(enqueue, context, steps[(context.sent + hops) % steps.length]!, hops - 1);
      }),
      tell: enqueueActions(({ context, enqueue }) => {
        post(enqueue, context, context.sent % 3 === 2 ? 'picky' : 'note', 0);
      }),
    },
    // Generated: what it refers to is checked by running it.
  }).createMachine(config as never);
  return machine as AnyStateMachine;
}

interface Enqueue {
  (action: { readonly type: 'troupe.send'; readonly params: { to: string; event: Said } }): void;
  assign(change: Partial<Context>): void;
}

/** `n` is the sender's own count: with its address it names the message. */
function post(enqueue: unknown, context: Context, type: string, hops: number): void {
  const queue = enqueue as Enqueue;
  const n = context.sent + 1;
  queue.assign({ sent: n });
  const params = { to: peers[(n * 7 + hops + context.received) % peers.length]!, event: { type, n, hops } };
  queue({
    type: 'troupe.send',
    params: n % 4 === 0 ? Object.assign(params, { delayMs: 10 + (n % 50) }) : params,
  });
}

function named(name: string, part: object): [string, object] {
  return [name, part];
}

function regionOf(name: string, random: Random): object {
  const names = Array.from({ length: random.between(3, 5) }, (_, i) => `s${i}`);
  const states = names.map((state, i) => named(state, stateOf(name, random, names, i)));
  return { initial: names[0], states: Object.fromEntries(states) };
}

/** Of itself it leads to later states only; the last one waits for events. */
function stateOf(region: string, random: Random, names: readonly string[], i: number): object {
  const chosen = steps.filter(() => random.once(2));
  const on = chosen.map((type) => {
    const reenter = random.once(4);
    return named(type, { target: random.pick(names), reenter, actions: ['received', 'passOn'] });
  });
  if (i % 2 === 0) on.push(['picky', { actions: 'received' }]);
  if (i === names.length - 1) return { on: Object.fromEntries(on) };
  const later = (): string => names[random.between(i + 1, names.length - 1)]!;
  const timer = (): [number, object] => {
    const actions = random.once(2) ? ['fired', 'tell'] : ['fired'];
    return [random.between(10, 200), { target: later(), actions }];
  };
  const after = Array.from({ length: random.between(random.once(2) ? 0 : 1, 2) }, timer);
  const id = `${region}.${names[i]}.invoked`;
  const src = random.pick(['', 'work', 'remote', 'kid'] as const);
  if (src === 'kid') on.push([steps[i % steps.length]!, { actions: ['received', poke(id)] }]);
  return {
    on: Object.fromEntries(on),
    after: Object.fromEntries(after),
    ...(src !== '' && { invoke: invokeOf(id, src, random, later) }),
    ...(random.once(3) && ticking(`${region}.tick`, random)),
    ...(random.once(3) && nested(random, later)),
  };
}

function poke(id: string): object {
  return sendTo(id, ({ context }: { context: Context }) => ({ type: 'poke', n: context.received }));
}

function invokeOf(id: string, src: string, random: Random, later: () => string): object {
  const end = { target: later(), actions: 'ended' };
  const task = { ms: random.between(0, 80), failing: random.pick([0, 0, 0, 1, 2]) };
  const input = src === 'kid' ? ({ context }: { context: Context }) => ({ n: context.received }) : () => task;
  return { id, src, input, onDone: end, onError: { ...end, target: later() } };
}

/** A timer with a name: set anew while it waits when the state is left without a cancel. */
function ticking(id: string, random: Random): object {
  const entry = raise({ type: 'tick' }, { id, delay: random.between(10, 200) });
  return random.once(2) ? { entry } : { entry, exit: cancel(id) };
}

function nested(random: Random, later: () => string): object {
  const first = { after: { [random.between(10, 100)]: { target: 'b', actions: 'fired' } } };
  return {
    initial: 'a',
    states: { a: first, b: { type: 'final' } },
    onDone: { target: later(), actions: 'ended' },
  };
}
