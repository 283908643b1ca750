/**
 * What the machine does about a step of its book, as data: timers set and called off, words for the process's
 * driver, posts to whoever the run works for.
 */
import type { Book } from './book.ts';
import { askTimerId, timerIds } from './bookEvent.ts';
import type { BookEvent } from './bookEvent.ts';
import { drainMsDefault, launchHeldMs } from './limits.ts';
import type { News } from './news.ts';
import type { RunContext } from './runContext.ts';
import type { RunEventOf, TimerEvent } from './vocabulary.ts';

/** What a driver is told. A prompt's content is in the history, under its id. */
export type DriverWord =
  | { readonly type: 'driver.prompt'; readonly promptId: string; readonly mode: 'queue' | 'steer' }
  | { readonly type: 'driver.interrupt'; readonly by?: string }
  | {
      readonly type: 'driver.answer';
      readonly requestId: string;
      readonly optionId: string;
      readonly input?: unknown;
      readonly message?: string;
    }
  /** Nobody answered in time: the engine is told no. */
  | { readonly type: 'driver.deny'; readonly requestId: string; readonly reason: 'expired' }
  | { readonly type: 'driver.update'; readonly model?: string; readonly mode?: string }
  | { readonly type: 'driver.drain'; readonly drainMs: number };

/** What an outbox is sent while the run lives. */
export interface Post {
  readonly type: 'outbox.post';
  readonly kind: 'permission' | 'attention';
  readonly summary: string;
  readonly requestId?: string;
}

export type Follow =
  | { readonly do: 'set'; readonly id: string; readonly event: TimerEvent; readonly delay: number }
  | { readonly do: 'cancel'; readonly id: string }
  | { readonly do: 'tell'; readonly word: DriverWord }
  | { readonly do: 'post'; readonly event: Post };

interface Step {
  readonly before: RunContext;
  readonly event: BookEvent;
  readonly after: Book;
  readonly news: readonly News[];
}

/** In the order in which it is to be done. Nothing after the end: what ends takes its timers with it. */
export function followsOf(step: Step): readonly Follow[] {
  if (step.after.phase === 'ended') return [];
  return [...ofEvent(step), ...step.news.flatMap((news) => ofNews(step, news)), ...ofLaunch(step)];
}

function ofEvent(step: Step): readonly Follow[] {
  const { event, after, before } = step;
  switch (event.type) {
    case 'run.start': {
      const { deadlineMs } = event;
      return deadlineMs === undefined ? [] : [timer(timerIds.deadline, 'timer.deadline', deadlineMs)];
    }
    case 'run.stop': {
      const { drainMs = drainMsDefault } = event;
      if (after.phase !== 'stopping' || before.book.phase === 'stopping') return [];
      return [
        timer(timerIds.drain, 'timer.drain', drainMs),
        ...tell(step, { type: 'driver.drain', drainMs }),
      ];
    }
    case 'turn.interrupt':
      return tell(step, { type: 'driver.interrupt', ...(event.by === undefined ? {} : { by: event.by }) });
    case 'permission.answer':
      return isEngines(step, event.requestId) ? tell(step, answerOf(event)) : [];
    case 'run.update': {
      const { model, mode } = event;
      if (model === undefined && mode === undefined) return [];
      const changed = { ...(model === undefined ? {} : { model }), ...(mode === undefined ? {} : { mode }) };
      return tell(step, { type: 'driver.update', ...changed });
    }
    case 'attention':
      return post(step, { type: 'outbox.post', kind: 'attention', summary: event.text });
    default:
      return [];
  }
}

function isEngines({ before }: Step, requestId: string): boolean {
  return before.book.asks.some((ask) => ask.requestId === requestId && !ask.isBudget);
}

function answerOf({ requestId, optionId, input, message }: RunEventOf<'permission.answer'>): DriverWord {
  const type = 'driver.answer';
  const given = { ...(input === undefined ? {} : { input }), ...(message === undefined ? {} : { message }) };
  return { type, requestId, optionId, ...given };
}

function ofNews(step: Step, news: News): readonly Follow[] {
  switch (news.type) {
    case 'prompt.offered':
      return tell(step, { type: 'driver.prompt', promptId: news.promptId, mode: news.mode });
    case 'ask.opened': {
      const { requestId, title: summary } = news.ask;
      const deadline: readonly Follow[] =
        news.deadlineMs === null
          ? []
          : [
              {
                do: 'set',
                id: askTimerId(requestId),
                event: { type: 'timer.ask', requestId },
                delay: news.deadlineMs,
              },
            ];
      return [...deadline, ...post(step, { type: 'outbox.post', kind: 'permission', summary, requestId })];
    }
    case 'ask.closed': {
      const { requestId, isBudget } = news.ask;
      if (isBudget) return [];
      const denied = { type: 'driver.deny', requestId, reason: 'expired' } as const;
      const cancel = { do: 'cancel', id: askTimerId(requestId) } as const;
      return news.how === 'expired' ? [cancel, ...tell(step, denied)] : [cancel];
    }
    default:
      return [];
  }
}

/** R2: a launch has failed if it does not hold for so long. */
function ofLaunch({ before: { book: before }, event, after }: Step): readonly Follow[] {
  const isOver = /^(process\.(exit|lost|failed)|driver\.ended)$/.test(event.type);
  if (after.process === 'launching' && (isOver || before.process !== 'launching')) {
    return [timer(timerIds.launch, 'timer.launch', launchHeldMs)];
  }
  const needed = after.process !== 'none' && !after.hasHeld;
  const wasNeeded = before.launches && before.process !== 'none' && !before.hasHeld;
  return wasNeeded && !needed ? [{ do: 'cancel', id: timerIds.launch }] : [];
}

const timer = (id: string, type: TimerEvent['type'], delay: number): Follow => {
  return { do: 'set', id, event: { type }, delay };
};

/** Only a driver that runs can be told: it does from the step after its launch. */
function tell({ before: { book }, after }: Step, word: DriverWord): readonly Follow[] {
  const runs = book.launches && book.process !== 'none' && after.process !== 'none';
  return runs ? [{ do: 'tell', word }] : [];
}

function post({ before: { outbox } }: Step, event: Post): readonly Follow[] {
  return outbox === null ? [] : [{ do: 'post', event }];
}
