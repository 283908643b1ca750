/**
 * Jobs under a supervisor. A job tries its work up to three times, with a pause in between; the supervisor
 * knows what came of each. Neither of them writes anything down: what happened is their history.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { defineActor, effectRun } from 'troupe';
import { assign, fromPromise, setup } from 'xstate';

interface Work {
  readonly name: string;
  readonly tries: number;
}

const work = fromPromise<string, Work>(async (args) => {
  const { input, signal } = effectRun(args);
  appendFileSync('work.log', `${input.name} ${input.tries}\n`); // so that one can see what ran
  await setTimeout(input.name === 'lint' ? 20 : 300, undefined, { signal });
  if (input.name === 'test' && input.tries === 1) throw new Error('a flaky test');
  return `${input.name} passed at try ${input.tries}`;
});

const job = setup({
  types: {
    context: {} as { name: string; tries: number; report: string },
    input: {} as { name: string },
    output: {} as string,
  },
  actors: { work },
  guards: { mayRetry: ({ context }) => context.tries < 3 },
}).createMachine({
  context: ({ input }) => ({ name: input.name, tries: 1, report: 'gave up' }),
  initial: 'working',
  states: {
    working: {
      invoke: {
        src: 'work',
        input: ({ context: { name, tries } }) => ({ name, tries }),
        onDone: { target: 'over', actions: assign({ report: ({ event }) => event.output }) },
        onError: [{ guard: 'mayRetry', target: 'pausing' }, { target: 'over' }],
      },
    },
    pausing: {
      after: { 100: { target: 'working', actions: assign({ tries: ({ context }) => context.tries + 1 }) } },
    },
    over: { type: 'final' },
  },
  output: ({ context }) => context.report,
});

/** What a job that has ended says goes into the supervisor's context. */
const note = {
  type: 'note',
  params: ({ event }: { readonly event: { readonly output: string } }) => ({ report: event.output }),
} as const;

const supervisor = setup({
  types: {
    context: {} as { reports: readonly string[] },
    events: {} as { type: 'supervisor.start' },
  },
  actors: { job },
  actions: {
    note: assign({
      reports: ({ context }, { report }: { report: string }) => [...context.reports, report],
    }),
  },
}).createMachine({
  context: { reports: [] },
  initial: 'idle',
  states: {
    idle: { on: { 'supervisor.start': 'supervising' } },
    supervising: {
      type: 'parallel',
      states: {
        build: {
          initial: 'running',
          states: {
            running: {
              invoke: {
                src: 'job',
                id: 'build',
                input: { name: 'build' },
                onDone: { target: 'over', actions: note },
              },
            },
            over: { type: 'final' },
          },
        },
        lint: {
          initial: 'running',
          states: {
            running: {
              invoke: {
                src: 'job',
                id: 'lint',
                input: { name: 'lint' },
                onDone: { target: 'over', actions: note },
              },
            },
            over: { type: 'final' },
          },
        },
        test: {
          initial: 'running',
          states: {
            running: {
              invoke: {
                src: 'job',
                id: 'test',
                input: { name: 'test' },
                onDone: { target: 'over', actions: note },
              },
            },
            over: { type: 'final' },
          },
        },
      },
      onDone: 'finished',
    },
    finished: {},
  },
});

export const jobActor = defineActor({ kind: 'job', version: 1, machine: job });
export const supervisorActor = defineActor({ kind: 'supervisor', version: 1, machine: supervisor });
