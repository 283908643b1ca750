/** Actors that belong together, for tests: a parent with children, and one that writes to others. */
import { assign, enqueueActions, sendParent, sendTo, setup } from 'xstate';
import { defineActor } from '../../../runtime/index.ts';

/** The action whose parameters are a message: the host takes it, nothing is called. */
const post = (_: unknown, _params: { readonly to: string; readonly event: { readonly type: string } }) =>
  undefined;

const childMachine = setup({
  types: {
    context: {} as { readonly name: string; readonly heard: readonly string[] },
    input: {} as { readonly name: string },
    events: {} as
      | { readonly type: 'hear'; readonly text: string }
      | { readonly type: 'report' | 'finish' | 'break' },
    output: {} as { readonly name: string; readonly heard: readonly string[] },
  },
}).createMachine({
  context: ({ input }) => {
    if (input.name === 'stillborn') throw new Error('stillborn');
    return { name: input.name, heard: [] };
  },
  output: ({ context }) => context,
  initial: 'alive',
  states: {
    alive: {
      on: {
        hear: { actions: assign({ heard: ({ context, event }) => [...context.heard, event.text] }) },
        report: { actions: sendParent(({ context }) => ({ type: 'reported', text: context.heard.join() })) },
        finish: 'finished',
        break: { actions: assign(() => thrown()) },
      },
      after: { 60_000: { actions: assign(() => thrown()) } },
    },
    finished: { type: 'final' },
  },
});

function thrown(): never {
  throw new Error('a broken child');
}

export const child = defineActor({ kind: 'child', version: 1, machine: childMachine });

const parentMachine = setup({
  types: {
    context: {} as { readonly ends: readonly unknown[]; readonly reports: readonly string[] },
    events: {} as
      | { readonly type: 'start'; readonly name: string }
      | { readonly type: 'leave' | 'again' }
      | { readonly type: 'tell'; readonly text: string }
      | { readonly type: 'reported'; readonly text: string },
  },
  actors: { kid: childMachine },
}).createMachine({
  context: { ends: [], reports: [] },
  initial: 'alone',
  on: {
    reported: { actions: assign({ reports: ({ context, event }) => [...context.reports, event.text] }) },
  },
  states: {
    alone: { on: { start: 'raising' } },
    raising: {
      on: {
        leave: 'alone',
        again: { target: 'raising', reenter: true },
        tell: {
          actions: enqueueActions(({ event, enqueue }) => {
            enqueue(sendTo('kid', { type: 'hear', text: event.text }));
            enqueue(sendTo('kid', { type: 'report' }));
          }),
        },
      },
      invoke: {
        id: 'kid',
        src: 'kid',
        input: ({ event }) => ({ name: event.type === 'start' ? event.name : 'nameless' }),
        onDone: {
          target: 'alone',
          actions: assign({ ends: ({ context, event }) => [...context.ends, event.output] }),
        },
        onError: {
          target: 'alone',
          actions: assign({ ends: ({ context, event }) => [...context.ends, event.error] }),
        },
      },
    },
  },
});

export const parent = defineActor({ kind: 'parent', version: 1, machine: parentMachine });

const writerMachine = setup({
  types: {
    context: {} as { readonly refusals: readonly { readonly to: string; readonly code: string }[] },
    events: {} as
      | { readonly type: 'write' | 'finish'; readonly to: string; readonly text: string }
      | { readonly type: 'later'; readonly to: string; readonly ms: number }
      | { readonly type: 'mute' }
      | { readonly type: 'send.refused'; readonly to: string; readonly code: string },
  },
  actions: { 'troupe.send': post },
}).createMachine({
  context: { refusals: [] },
  initial: 'writing',
  on: {
    write: {
      actions: [
        { type: 'troupe.send', params: ({ event }) => letterOf(event, `${event.text}1`) },
        { type: 'troupe.send', params: ({ event }) => letterOf(event, `${event.text}2`) },
      ],
    },
    later: {
      actions: {
        type: 'troupe.send',
        params: ({ event }) => ({
          to: event.to,
          event: { type: 'letter', text: 'later' },
          delayMs: event.ms,
        }),
      },
    },
  },
  states: {
    writing: {
      on: {
        mute: 'muted',
        finish: {
          target: 'done',
          actions: { type: 'troupe.send', params: ({ event }) => letterOf(event, event.text) },
        },
        'send.refused': {
          actions: assign({
            refusals: ({ context, event }) => [...context.refusals, { to: event.to, code: event.code }],
          }),
        },
      },
    },
    muted: {},
    done: { type: 'final' },
  },
});

function letterOf({ to }: { readonly to: string }, text: string) {
  return { to, event: { type: 'letter', text } };
}

export const writer = defineActor({ kind: 'writer', version: 1, machine: writerMachine });

const boxMachine = setup({
  types: {
    context: {} as { readonly letters: readonly string[] },
    events: {} as { readonly type: 'letter'; readonly text: string } | { readonly type: 'shut' | 'close' },
  },
}).createMachine({
  context: { letters: [] },
  initial: 'open',
  states: {
    open: {
      on: {
        letter: { actions: assign({ letters: ({ context, event }) => [...context.letters, event.text] }) },
        shut: 'shut',
        close: 'closed',
      },
    },
    shut: {},
    closed: { type: 'final' },
  },
});

export const box = defineActor({ kind: 'box', version: 1, machine: boxMachine });
