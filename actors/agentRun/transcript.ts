/**
 * The transcript: what was said and done, as messages with ordered parts. A pure fold over facts, whole or
 * one by one; what did not change stays the same object, so that a reader sees what did.
 *   - Parts stand in the order in which they came: reasoning, text, a tool call, text again are four parts.
 *   - A delta belongs to the message it names; text is never taken from elsewhere.
 *   - A retry keeps what it supersedes.
 *   - What a sub-agent says and does stands under the call that started it.
 */
import type { Fact } from '../fact.ts';
import { ofHistory } from './bookEvent.ts';
import type { BookEvent } from './bookEvent.ts';
import type { Message, OpenAsk, Part, ToolPart, Transcript } from './transcript/message.ts';
import { extended, messageOf, partsOf, placed, startMessage, toolOf } from './transcript/places.ts';
import type { RunEventOf } from './vocabulary.ts';

/** The transcript of a run that has no facts yet. */
export const startTranscript: Transcript = { seq: 0, messages: [], asks: [] };

/** The transcript of these facts. */
export function transcript(facts: Iterable<Fact>): Transcript {
  let folded = startTranscript;
  for (const fact of facts) folded = transcribed(folded, fact);
  return folded;
}

/** The transcript with one more fact. */
export function transcribed(before: Transcript, fact: Fact): Transcript {
  const event = ofHistory(fact.event);
  const messages = saidIn(before.messages, event, fact);
  return { seq: fact.to, messages, asks: askedIn(before.asks, event, fact) };
}

function saidIn(messages: readonly Message[], event: BookEvent, fact: Fact): readonly Message[] {
  switch (event.type) {
    case 'run.prompt':
      return [
        ...messages,
        { ...startMessage(event.promptId, 'user', fact), parts: partsOf(event.content), isWaiting: true },
      ];
    case 'run.reprompt':
      return placed(messages, event.promptId, (prompt) => ({ ...prompt, parts: partsOf(event.content) }));
    case 'run.unprompt':
      return messages.filter(
        ({ messageId, isWaiting }) => messageId !== event.promptId || isWaiting !== true,
      );
    case 'turn.start':
      return event.promptId === undefined ? messages : placed(messages, event.promptId, taken);
    case 'message.start':
      return begun(messages, event, fact);
    case 'message.delta':
      return placed(known(messages, event.messageId, fact), event.messageId, (message) => ({
        ...message,
        parts: extended(message.parts, event.part, event.text),
      }));
    case 'message.end':
      return placed(messages, event.messageId, (message) => ({
        ...message,
        finish: event.finish ?? 'ended',
      }));
    case 'attempt.start':
      return again(messages, event);
    case 'tool.call':
      return called(messages, event, fact);
    case 'tool.progress':
      return toolOf(messages, event.callId, (tool) => ({
        ...tool,
        progress: tool.progress + (event.text ?? ''),
      }));
    case 'tool.end':
      return toolOf(messages, event.callId, (tool) => ({ ...tool, result: resultOf(event) }));
    default:
      return messages;
  }
}

function taken({ isWaiting: _, ...message }: Message): Message {
  return message;
}

/** A delta without a message's start: the message begins with it. */
function known(messages: readonly Message[], messageId: string, fact: Fact): readonly Message[] {
  const isKnown = messageOf(messages, messageId) !== undefined;
  return isKnown ? messages : [...messages, startMessage(messageId, 'assistant', fact)];
}

function begun(
  messages: readonly Message[],
  { messageId, role, parentCallId }: RunEventOf<'message.start'>,
  fact: Fact,
): readonly Message[] {
  if (messageOf(messages, messageId) !== undefined) return messages;
  return under(messages, parentCallId, (siblings) => [...siblings, startMessage(messageId, role, fact)]);
}

/** Among the messages of the sub-agent that the call started; among the run's own if the call is unknown. */
function under(
  messages: readonly Message[],
  callId: string | undefined,
  change: (siblings: readonly Message[]) => readonly Message[],
): readonly Message[] {
  if (callId === undefined) return change(messages);
  const changed = toolOf(messages, callId, (tool) => ({ ...tool, messages: change(tool.messages) }));
  return changed === messages ? change(messages) : changed;
}

function again(
  messages: readonly Message[],
  { attempt, messageId, reason }: RunEventOf<'attempt.start'>,
): readonly Message[] {
  const last = messages.findLast(({ role }) => role === 'assistant');
  const id = messageId ?? last?.messageId;
  if (id === undefined) return messages;
  return placed(messages, id, ({ finish: _, ...message }) => ({
    ...message,
    parts: [],
    superseded: [...message.superseded, { attempt, reason, parts: message.parts }],
  }));
}

/** In the message it names, else in the last one of whoever calls; a call before any word opens a message. */
function called(
  messages: readonly Message[],
  event: RunEventOf<'tool.call'>,
  fact: Fact,
): readonly Message[] {
  const part: ToolPart = {
    type: 'tool',
    callId: event.callId,
    name: event.name,
    ...(event.input === undefined ? {} : { input: event.input }),
    progress: '',
    messages: [],
  };
  const withPart = (message: Message): Message => ({ ...message, parts: [...message.parts, part] });
  const { messageId } = event;
  if (messageId !== undefined && messageOf(messages, messageId) !== undefined) {
    return placed(messages, messageId, withPart);
  }
  return under(messages, event.parentCallId, (siblings) => {
    const last = siblings.at(-1);
    if (last?.role === 'assistant') return [...siblings.slice(0, -1), withPart(last)];
    return [...siblings, withPart(startMessage(messageId ?? `call:${event.callId}`, 'assistant', fact))];
  });
}

function resultOf({ ok, error, output }: RunEventOf<'tool.end'>): NonNullable<ToolPart['result']> {
  return { ok, ...(error === undefined ? {} : { error }), ...(output === undefined ? {} : { output }) };
}

/** An ask ends by its answer or cancellation, or with the turn, the process or the run it belongs to. */
function askedIn(asks: readonly OpenAsk[], event: BookEvent, { seq, at }: Fact): readonly OpenAsk[] {
  switch (event.type) {
    case 'permission.ask':
      return [...asks, { ...event, seq, at }];
    case 'permission.answer':
    case 'permission.cancelled':
    case 'timer.ask':
      return asks.filter(({ requestId }) => requestId !== event.requestId);
    case 'turn.end':
    case 'turn.interrupt':
    case 'process.exit':
    case 'process.lost':
    case 'process.failed':
    case 'driver.ended':
    case 'run.end':
    case 'timer.deadline':
    case 'timer.drain':
    case 'actor.stopped':
      return asks.length === 0 ? asks : [];
    default:
      return asks;
  }
}

export type { Message, OpenAsk, Part, ToolPart, Transcript };
