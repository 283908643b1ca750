/**
 * The live state of a run: five regions that show where its book stands. Only `live` itself and the watch
 * take events; the regions follow the book, so that what they show cannot contradict it.
 */
import { and } from 'xstate';
import { driverId } from './bookEvent.ts';
import { finalStateOf } from './finals.ts';
import { acceptance, endedAs, passive } from './guards.ts';
import type { GuardName } from './guards.ts';
import { processInputOf } from './runContext.ts';
import type { RunContext } from './runContext.ts';
import { causes } from './vocabulary.ts';

const work = {
  initial: 'idle',
  states: {
    idle: {
      tags: 'idle',
      always: { guard: 'a turn is open', target: 'turn' },
      initial: 'ready',
      states: {
        ready: { always: { guard: 'last turn was interrupted', target: 'interrupted' } },
        interrupted: {
          tags: 'interrupted',
          always: { guard: 'last turn was not interrupted', target: 'ready' },
        },
      },
    },
    turn: {
      tags: 'busy',
      always: { guard: 'no turn is open', target: 'idle' },
      initial: 'responding',
      states: {
        responding: {
          always: [
            { guard: 'asks are open', target: 'awaitingAnswer' },
            { guard: 'calls are open', target: 'usingTools' },
          ],
        },
        usingTools: {
          always: [
            { guard: 'asks are open', target: 'awaitingAnswer' },
            { guard: 'no call is open', target: 'responding' },
          ],
        },
        awaitingAnswer: { always: { guard: 'no ask is open', target: 'responding' } },
      },
    },
  },
} as const;

const asks = {
  initial: 'answered',
  states: {
    answered: { always: { guard: 'asks are open', target: 'open' } },
    open: { tags: 'waiting', always: { guard: 'no ask is open', target: 'answered' } },
  },
} as const;

const course = {
  initial: 'running',
  states: {
    running: {
      always: [
        { guard: 'run is stopping', target: 'stopping' },
        { guard: 'run is paused', target: 'paused' },
      ],
    },
    paused: {
      tags: 'paused',
      always: [
        { guard: 'run is stopping', target: 'stopping' },
        { guard: 'run is not paused', target: 'running' },
      ],
    },
    stopping: {},
  },
} as const;

/** Left and entered again between two launches: each has a driver of its own. */
const process = {
  initial: 'detached',
  states: {
    detached: {
      always: [
        { guard: 'a launch is wanted', target: 'launched' },
        { guard: 'a process is attached elsewhere', target: 'attached' },
      ],
    },
    launched: {
      invoke: {
        id: driverId,
        src: driverId,
        input: ({ context }: { readonly context: RunContext }) => processInputOf(context),
        onDone: { actions: 'note' },
        onError: { actions: 'note' },
      },
      entry: 'drive',
      always: { guard: 'its launch is over', target: 'detached' },
      initial: 'launching',
      states: {
        launching: { always: { guard: 'a process is attached', target: 'attached' } },
        attached: {},
      },
    },
    attached: { always: { guard: 'no process is attached', target: 'detached' } },
  },
} as const;

const watch = {
  initial: 'calm',
  states: {
    calm: {
      entry: 'watch from now',
      exit: 'watch no more',
      on: {
        'timer.stall': [{ guard: 'it was quiet for long', target: 'stalled' }, { actions: 'watch on' }],
        // No news: what was quiet before it goes on being quiet.
        'timer.launch': [
          { guard: 'it was quiet for long', target: 'stalled', actions: 'note' },
          { actions: ['note', 'watch on'] },
        ],
      },
    },
    stalled: { tags: 'stalled', on: newsOf() },
  },
} as const;

export const live = {
  type: 'parallel',
  always: causes.map((cause) => ({ guard: endedAs(cause), target: finalStateOf(cause) })),
  on: {
    ...acceptedEvents(),
    ...Object.fromEntries(passive.map((type) => [type, {}])),
    'x.*': {},
    'timer.deadline': { actions: 'note' },
    'timer.drain': { guard: 'run is stopping', actions: 'note' },
    'timer.launch': { actions: 'note' },
    'timer.ask': { guard: 'ask is open', actions: 'note' },
  },
  states: { work, asks, course, process, watch },
} as const;

/** A transition for every event that can be accepted, under all that must hold for it. */
function acceptedEvents(): Readonly<Record<string, { guard?: GuardName; actions: 'note' }>> {
  const entries = Object.entries(acceptance).map(([type, names]) => {
    return [type, { ...guardOf(names), actions: 'note' as const }];
  });
  return Object.fromEntries(entries) as Record<string, { guard?: GuardName; actions: 'note' }>;
}

/**
 * Any news: whatever is accepted, but for events of the user's own, which move nothing. A region that takes
 * an event takes it instead of `live`, so it is noted here.
 */
function newsOf(): Readonly<Record<string, { guard?: GuardName; target: 'calm'; actions?: 'note' }>> {
  const accepted = Object.entries(acceptance).map(([type, names]) => {
    return [type, { ...guardOf(names), target: 'calm' as const, actions: 'note' as const }];
  });
  const recorded = passive.map((type) => [type, { target: 'calm' as const }]);
  const entries = [...accepted, ...recorded];
  return Object.fromEntries(entries) as Record<
    string,
    { guard?: GuardName; target: 'calm'; actions?: 'note' }
  >;
}

/** Several are one: `and(…)`, which is shown by the names in it. The machine's types know single names. */
function guardOf(names: readonly GuardName[]): { guard?: GuardName } {
  const [only] = names;
  if (only === undefined) return {};
  return { guard: names.length === 1 ? only : (and([...names]) as unknown as GuardName) };
}
