/**
 * When a run accepts an event, as facts: their names are what a refused sender is shown.
 */
import { askOf, isNew, isWaiting } from './book.ts';
import type { Book } from './book.ts';
import type { BookEvent } from './bookEvent.ts';
import { hasId, haveRoom } from './ids.ts';
import { launchLengthMax, openAsksMax, queuedPromptsMax } from './limits.ts';
import { markOf } from './text.ts';
import { causes } from './vocabulary.ts';
import type { Cause, RunEventOf, RunEventType } from './vocabulary.ts';

type Check<E = BookEvent> = (book: Book, event: E) => boolean;

/** A check of one kind of event; the machine asks it for nothing else. */
const of = <T extends RunEventType>(check: Check<RunEventOf<T>>): Check => check as Check<never> as Check;

type Ends = Readonly<Record<`run has ended as ${Cause}`, Check>>;

/** The name of the guard of one ending. */
export function endedAs<C extends Cause>(cause: C): `run has ended as ${C}` {
  return `run has ended as ${cause}`;
}

function hasEndedAs(cause: Cause): Check {
  return ({ phase, ending }) => phase === 'ended' && ending?.cause === cause;
}

export const guards = {
  'launch is within bounds': of<'run.start'>(
    (_, { launch }) => launch === undefined || JSON.stringify(launch).length <= launchLengthMax,
  ),
  'run is not stopping': ({ phase }) => phase !== 'stopping',
  'run is not paused': ({ paused }) => paused === null,
  'run is paused by hand': ({ paused }) => paused === 'byHand',
  'prompt id is new': of<'run.prompt'>((book, { promptId }) => isNew(book, 'prompt', promptId)),
  'another id can be remembered': ({ ids }) => haveRoom(ids),
  'usage key can be remembered': of<'usage'>(
    ({ meter: { keys } }, { key }) => haveRoom(keys) || hasId(keys, key),
  ),
  'queue has room': ({ queue }) => queue.length < queuedPromptsMax,
  'prompt is waiting': of<'run.unprompt'>((book, { promptId }) => isWaiting(book, promptId)),
  'no turn is open': ({ turnId }) => turnId === null,
  'a turn is open': ({ turnId }) => turnId !== null,
  'turn id is new': of<'turn.start'>((book, { turnId }) => isNew(book, 'turn', turnId)),
  'turn is the open one': of<'turn.end'>(
    (book, { turnId }) => book.turnId !== null && turnId === book.turnId,
  ),
  'a process is awaited': ({ launches, process }) => process === (launches ? 'launching' : 'none'),
  'process id is new': of<'process.start'>((book, { processId }) => isNew(book, 'process', processId)),
  'process is attached': of<'process.session'>(
    (book, { processId }) => book.processId !== null && processId === book.processId,
  ),
  'a process is being launched': ({ process }) => process === 'launching',
  'process is the present one': of<'process.lost'>(
    ({ process, processId }, event) =>
      process === 'launching' ||
      (process === 'attached' && (event.processId === undefined || event.processId === processId)),
  ),
  'ask id is new': of<'permission.ask'>((book, { requestId }) => isNew(book, 'ask', requestId)),
  'there is room for an ask': ({ asks }) => asks.length < openAsksMax,
  'ask is open': of<'permission.answer'>((book, { requestId }) => askOf(book, requestId) !== undefined),
  'option is offered': of<'permission.answer'>((book, { requestId, optionId }) => {
    return Object.hasOwn(askOf(book, requestId)?.options ?? {}, markOf(optionId));
  }),
  'ask is of the engine': of<'permission.cancelled'>((book, { requestId }) => {
    return askOf(book, requestId)?.isBudget === false;
  }),
  // Of where the run stands, for the machine itself.
  'asks are open': ({ asks }) => asks.length > 0,
  'no ask is open': ({ asks }) => asks.length === 0,
  'calls are open': ({ calls }) => calls.length > 0,
  'no call is open': ({ calls }) => calls.length === 0,
  'last turn was interrupted': ({ interrupted }) => interrupted,
  'last turn was not interrupted': ({ interrupted }) => !interrupted,
  'run is paused': ({ paused }) => paused !== null,
  'run is stopping': ({ phase }) => phase === 'stopping',
  'a launch is wanted': ({ launches, process }) => launches && process === 'launching',
  'a process is attached': ({ process }) => process === 'attached',
  'a process is attached elsewhere': ({ launches, process }) => !launches && process === 'attached',
  'no process is attached': ({ process }) => process !== 'attached',
  ...(Object.fromEntries(causes.map((cause) => [endedAs(cause), hasEndedAs(cause)])) as Ends),
} as const satisfies Readonly<Record<string, Check>>;

export type GuardName = keyof typeof guards;

/** What must hold for an event to be accepted in a live run; each guard in the order in which it is told. */
export const acceptance: Readonly<Partial<Record<RunEventType | 'timer.ask', readonly GuardName[]>>> = {
  'run.pause': ['run is not stopping', 'run is not paused'],
  'run.unpause': ['run is not stopping', 'run is paused by hand'],
  'run.stop': ['run is not stopping'],
  'run.end': ['run is not stopping'],
  'run.update': [],
  'run.prompt': ['run is not stopping', 'prompt id is new', 'queue has room', 'another id can be remembered'],
  'run.unprompt': ['prompt is waiting'],
  'run.reprompt': ['prompt is waiting'],
  'process.start': ['a process is awaited', 'process id is new', 'another id can be remembered'],
  'process.session': ['process is attached'],
  'process.exit': ['process is the present one'],
  'process.lost': ['process is the present one'],
  'process.failed': ['a process is being launched'],
  'turn.start': ['run is not stopping', 'no turn is open', 'turn id is new', 'another id can be remembered'],
  'turn.interrupt': ['a turn is open'],
  'turn.end': ['turn is the open one'],
  'tool.call': [],
  'tool.end': [],
  'permission.ask': ['ask id is new', 'there is room for an ask', 'another id can be remembered'],
  'permission.answer': ['ask is open', 'option is offered'],
  'permission.cancelled': ['ask is of the engine'],
  usage: ['usage key can be remembered'],
  attention: [],
};

/** Events that change nothing of where a run stands: recorded in every live state without a step. */
export const passive = [
  'message.start',
  'message.delta',
  'message.end',
  'attempt.start',
  'tool.progress',
  'error',
  'limit',
  'plan',
  'artifact',
  'context.compacted',
  'note',
] as const satisfies readonly RunEventType[];
