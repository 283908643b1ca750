/** Steps taken without XState's algorithm give what it would have given, over machines thrown together. */
import { afterEach, expect, test, vi } from 'vitest';
import { assign, createMachine, StateMachine } from 'xstate';
import { statechartOf } from '../../../actors/statechart.ts';
import type { Failure, Snapshot, Step } from '../../../actors/statechart.ts';
import { PlainSteps } from '../../../actors/statechart/plainSteps.ts';
import { Random } from '../../../storage/conformance/random.ts';
import { eventTypes, randomMachine } from './randomMachine.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const machines = 200;
const events = 90;
const self = { address: 'thing/1', seq: 3 };

afterEach(() => {
  vi.restoreAllMocks();
});

/** All that a step shows, with its error and the guards and assigns that ran. */
interface Told {
  readonly shown: unknown;
  readonly ran: readonly string[];
}

/** Its actions run here, so that `ran` tells what they were given. */
function told(step: Step | Failure, ran: readonly string[]): Told {
  const { value, context, status, children, tags, _nodes, historyValue } = step.snapshot;
  const place = { value, tags: [...tags], nodes: _nodes.map(({ id }) => id), past: pastOf(historyValue) };
  const shown = { ...place, context, status, children: Object.keys(children), ...outcomeOf(step) };
  return { shown, ran };
}

function outcomeOf(step: Step | Failure): object {
  if (step.failed) return { error: String(step.error) };
  const effects = step.effects.map((effect) => {
    if (effect.type !== 'action') return effect;
    const { run, ...rest } = effect;
    run();
    return rest;
  });
  return { accepted: step.accepted, effects };
}

const pastOf = (history: Snapshot['historyValue']): object =>
  Object.fromEntries(Object.entries(history).map(([id, nodes]) => [id, nodes.map((node) => node.id)]));

/** Three actors in turn on one machine, with the steps that are taken here or with XState's alone. */
function story(of: number, withPlain: boolean): { readonly tellings: Told[]; readonly taken: number } {
  const take = vi.spyOn(PlainSteps.prototype, 'take');
  if (!withPlain) take.mockReturnValue(undefined);
  const random = new Random(of);
  let ran: string[] = [];
  const chart = statechartOf(
    randomMachine(random, (what) => ran.push(what)),
    { maxIterations: 30 },
  );
  const snapshots: Snapshot[] = [];
  const tellings: Told[] = [];
  for (let i = 0; i < 3; i++) {
    const start = chart.start(undefined, self);
    tellings.push(told(start, ran));
    snapshots.push(start.snapshot);
  }
  for (let i = 0; i < events; i++) {
    const actor = random.below(3);
    const event = { type: random.pick(eventTypes), k: random.below(10), patch: patches[random.below(4)] };
    const before = snapshots[actor];
    if (before?.status !== 'active') continue;
    ran = [];
    const step = chart.step(before, event, self);
    tellings.push(told(step, ran));
    // A refused event leaves an actor where it was; now and then one is put to sleep and woken.
    const after = step.failed ? before : step.snapshot;
    snapshots[actor] = random.below(8) === 0 ? chart.restore(chart.persist(after), self) : after;
  }
  const taken = take.mock.results.filter(({ value }) => value !== undefined).length;
  take.mockRestore();
  return { tellings, taken };
}

/** What an assign makes of its event: fields, nothing, an own field called __proto__, something odd. */
const patches = [{ n: 4 }, undefined, JSON.parse('{"__proto__":{"n":1}}') as object, [5]] as const;

test(`${machines} machines from SEED=${seed}: both ways give the same`, () => {
  let taken = 0;
  let steps = 0;
  for (let i = 0; i < machines; i++) {
    const [plain, xstate] = [story(seed + i, true), story(seed + i, false)];
    expect(plain.tellings, `SEED=${seed + i}`).toEqual(xstate.tellings);
    taken += plain.taken;
    steps += plain.tellings.length;
  }
  expect(taken / steps).toBeGreaterThan(0.05);
});

test('the first step on a way is XState’s own, the others are not', () => {
  const machine = createMachine({
    initial: 'even',
    context: { n: 0 },
    states: {
      even: { on: { note: { target: 'odd', actions: assign({ n: ({ context }) => context.n + 1 }) } } },
      odd: { on: { note: 'even', stay: { actions: assign({ n: 0 }) } } },
    },
  });
  const chart = statechartOf(machine);
  const own = vi.spyOn(StateMachine.prototype, 'transition');
  const step = (before: Snapshot, type: string): Snapshot => chart.step(before, { type }, self).snapshot;
  let snapshot = chart.start(undefined, self).snapshot;
  for (let i = 0; i < 10; i++) snapshot = step(snapshot, 'note');
  expect(own).toHaveBeenCalledTimes(2);
  // Another actor finds the ways known, wherever it comes from.
  let other = chart.start(undefined, self).snapshot;
  other = step(chart.restore(chart.persist(step(other, 'note')), self), 'stay');
  expect(own).toHaveBeenCalledTimes(2);
  expect([snapshot.value, snapshot.context, other.value, other.context]).toEqual([
    'even',
    { n: 5 },
    'odd',
    { n: 0 },
  ]);
});
