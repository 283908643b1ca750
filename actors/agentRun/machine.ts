/**
 * The statechart of a run. Its regions show where the book stands; an event is accepted where `acceptance`
 * says so, and every end leaves `live` the same way, so that no path can forget to seal.
 *
 * The launch driver is the invoked `process`: a source that the runtime plugs in.
 */
import { assign, cancel, enqueueActions, setup } from 'xstate';
import type { CallbackActorLogic } from 'xstate';
import { advance } from './advance.ts';
import { driverId, ofMachine, timerIds } from './bookEvent.ts';
import { finals } from './finals.ts';
import { followsOf } from './following.ts';
import type { DriverWord, Post } from './following.ts';
import { guards } from './guards.ts';
import type { GuardName } from './guards.ts';
import { contextOf, startContext, updatedContext } from './runContext.ts';
import type { ProcessInput, RunContext } from './runContext.ts';
import { live } from './states.ts';
import type { Price } from './usage.ts';
import type { Cause, OwnEvent, RunEvent, TimerEvent, TurnStatus } from './vocabulary.ts';

export type RunMachineEvent = RunEvent | TimerEvent | OwnEvent;

/** What a machine that invokes runs gets when one has ended. */
export interface RunOutput {
  readonly cause: Cause | null;
  readonly reason: string | null;
  readonly lastTurn: TurnStatus | null;
}

type Args = { readonly context: RunContext; readonly event: RunMachineEvent };

const checks = Object.fromEntries(
  Object.entries(guards).map(([name, check]) => [
    name,
    ({ context, event }: Args) => check(context.book, ofMachine(event)),
  ]),
) as Record<GuardName, (args: Args) => boolean>;

export type RunMachine = ReturnType<typeof machineOf>;

/** The machine of runs whose usage is priced by `price`. */
export function runMachineOf(price?: Price): RunMachine {
  return machineOf(price);
}

const machineOf = (price: Price | undefined) =>
  setupOf(price).createMachine({
    id: 'run',
    context: startContext,
    output: ({ context: { book } }) => ({
      cause: book.ending?.cause ?? null,
      reason: book.ending?.reason ?? null,
      lastTurn: book.lastTurn,
    }),
    initial: 'created',
    states: {
      created: {
        tags: 'idle',
        on: { 'run.start': { guard: 'launch is within bounds', target: 'live', actions: ['begin', 'note'] } },
      },
      live,
      ...finals,
    },
  });

const setupOf = (price: Price | undefined) =>
  setup({
    types: {
      context: {} as RunContext,
      events: {} as RunMachineEvent,
      tags: {} as
        | ('idle' | 'busy' | 'waiting' | 'paused' | 'interrupted' | 'stalled' | 'final')
        | ('completed' | 'failed' | 'stopped'),
      output: {} as RunOutput,
    },
    // Only its name and type: the runtime brings the rest, as a driver.
    actors: {} as { readonly process: CallbackActorLogic<DriverWord, ProcessInput> },
    guards: {
      ...checks,
      'its launch is over': ({ context: { book, driven } }) =>
        book.process === 'none' || book.launchCount !== driven,
      'it was quiet for long': ({ context, event }) =>
        context.stallMs !== null && quietMsOf(event) >= context.quietMs,
    },
    actions: {
      begin: assign(({ event }) => (event.type === 'run.start' ? contextOf(event) : {})),
      drive: assign({ driven: ({ context }) => context.book.launchCount }),
      note: enqueueActions(({ context, event, self, enqueue }) => {
        const told = ofMachine(event);
        const { book, news } = advance(context.book, told, price);
        enqueue.assign({ book, ...updatedContext(context, event) });
        for (const follow of followsOf({ before: context, event: told, after: book, news })) {
          if (follow.do === 'set') enqueue.raise(follow.event, { id: follow.id, delay: follow.delay });
          else if (follow.do === 'cancel') enqueue.cancel(follow.id);
          else if (follow.do === 'tell') enqueue.sendTo(driverId, follow.word);
          else send(enqueue, context.outbox, { ...follow.event, child: self.id, childSeq: seqOf(self) });
        }
      }),
      'watch from now': enqueueActions(({ context: { stallMs }, enqueue }) => {
        if (stallMs === null) return;
        enqueue.assign({ quietMs: stallMs });
        enqueue.raise({ type: 'timer.stall' }, { id: timerIds.stall, delay: stallMs });
      }),
      'watch on': enqueueActions(({ context: { stallMs }, event, enqueue }) => {
        if (stallMs === null) return;
        // Only what is missing: the rest of the time it has been quiet already.
        const quietMs = Math.max(1, stallMs - quietMsOf(event));
        enqueue.assign({ quietMs });
        enqueue.cancel(timerIds.stall);
        enqueue.raise({ type: 'timer.stall' }, { id: timerIds.stall, delay: quietMs });
      }),
      'watch no more': cancel(timerIds.stall),
      // The host takes it: nothing is called.
      'troupe.send': (_, _params: Message) => undefined,
    },
  });

/** Timers of the run itself are no news; what came before one goes on being the last. */
function quietMsOf(event: RunMachineEvent): number {
  return event.type === 'timer.stall' || event.type === 'timer.launch' ? (event.quietMs ?? 0) : 0;
}

interface Message {
  readonly to: string;
  readonly event: Post & { readonly child: string; readonly childSeq: number };
}

/** The seq of the fact that a step is for; the host gives it with every step. */
function seqOf(self: unknown): number {
  return (self as { readonly seq?: number }).seq ?? 0;
}

/** The types of an action within `setup` cannot name one beside it. */
function send(enqueue: unknown, to: string | null, event: Message['event']): void {
  const params: Message | undefined = to === null ? undefined : { to, event };
  if (params !== undefined) (enqueue as (action: object) => void)({ type: 'troupe.send', params });
}
