/** A worker whose task is settled by hand, and who waits for its runs. */
import { assign, fromPromise, setup } from 'xstate';
import { defineActor } from '../../../runtime/index.ts';
import type { TaskPolicy } from '../../../runtime/index.ts';
import type { Ref } from '../../../runtime/ref.ts';
import { newPromise, openStage } from './kit.ts';
import type { Settled, Stage } from './kit.ts';

interface Run extends Settled<unknown> {
  readonly input: unknown;
  readonly signal: AbortSignal;
  readonly attempt: number;
  readonly effectId: string;
}

/** Runs of the task, and who waits for the next one. */
export class Runs {
  readonly all: Run[] = [];
  #next: Settled<Run> | undefined;

  async start(args: object): Promise<unknown> {
    const run = { ...(args as Omit<Run, keyof Settled<unknown>>), ...newPromise<unknown>() };
    this.all.push(run);
    this.#next?.resolve(run);
    this.#next = undefined;
    return run.promise;
  }

  async next(): Promise<Run> {
    this.#next = newPromise<Run>();
    return this.#next.promise;
  }
}

function workerOf(runs: Runs, policy?: TaskPolicy) {
  const machine = setup({
    types: {
      context: {} as { readonly got: unknown; readonly failure: { readonly message: string } | undefined },
      events: {} as { readonly type: 'work'; readonly what: string } | { readonly type: 'leave' },
    },
    actors: { job: fromPromise<unknown, { readonly what: string }>(async (args) => runs.start(args)) },
  }).createMachine({
    context: { got: undefined, failure: undefined },
    initial: 'idle',
    states: {
      idle: { on: { work: 'working' } },
      working: {
        on: { leave: 'idle', work: { target: 'working', reenter: true } },
        invoke: {
          id: 'job',
          src: 'job',
          input: ({ event }) => ({ what: event.type === 'work' ? event.what : '' }),
          onDone: { target: 'idle', actions: assign({ got: ({ event }) => event.output }) },
          onError: {
            target: 'failed',
            actions: assign({ failure: ({ event }) => event.error as { message: string } }),
          },
        },
      },
      failed: { on: { work: 'working' } },
    },
  });
  return defineActor({ kind: 'worker', version: 1, machine, ...(policy && { tasks: { job: policy } }) });
}

type Worker = ReturnType<typeof workerOf>;
export const refOf = (stage: Stage<Worker>): Ref<Worker> => stage.troupe.actor('worker', 'a');

interface Workshop {
  readonly runs: Runs;
  readonly stage: Stage<Worker>;
  /** Sends work; the run that it starts. */
  readonly work: (what?: string) => Promise<Run>;
}

export async function stageOf(policy?: TaskPolicy): Promise<Workshop> {
  const runs = new Runs();
  const stage = await openStage([workerOf(runs, policy)], { limits: { resultBytes: 1000 } });
  const work = async (what = 'x') => {
    const run = runs.next();
    await refOf(stage).send({ type: 'work', what });
    return run;
  };
  return { runs, stage, work };
}
