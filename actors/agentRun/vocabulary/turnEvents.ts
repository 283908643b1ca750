/**
 * What happens within a run: turns, messages, tools, asks, and what an engine says beside them.
 */
import { Type } from 'typebox';
import { askOptionsMax } from '../limits.ts';
import { event, words } from '../../schemaPieces.ts';
import { anything, count, id, microUsd, ms, name, span, text } from './pieces.ts';

/** Set on what a sub-agent says and does: the call that started it. */
const parentCallId = Type.Optional(id);

/** Said by the run itself only: lost with this, which is the fact behind it in the same commit. */
const lostWith = Type.Optional(words('process.exit', 'process.lost', 'process.failed', 'driver.ended'));

export const askOption = Type.Object({
  /** Reaches the engine as it is. */
  optionId: id,
  label: name,
  effect: words('allow', 'deny', 'other'),
  scope: Type.Optional(words('once', 'always')),
});

export const turnEvents = {
  'turn.start': event('turn.start', { turnId: id, promptId: Type.Optional(id) }),
  'turn.interrupt': event('turn.interrupt', { by: Type.Optional(name) }),
  'turn.end': event('turn.end', {
    turnId: id,
    status: words('ok', 'failed', 'cancelled', 'limit', 'lost'),
    /** Why the engine stopped, in its words. */
    reason: Type.Optional(text),
    with: lostWith,
  }),
  'message.start': event('message.start', {
    messageId: id,
    role: words('user', 'assistant', 'system', 'tool'),
    parentCallId,
  }),
  'message.delta': event('message.delta', { messageId: id, part: words('text', 'reasoning'), text }),
  'message.end': event('message.end', { messageId: id, finish: Type.Optional(name) }),
  /** A retry: it supersedes what the message held, and erases nothing. */
  'attempt.start': event('attempt.start', { attempt: count, messageId: Type.Optional(id), reason: text }),
  'tool.call': event('tool.call', {
    callId: id,
    name,
    input: Type.Optional(anything),
    /** A tool by which an engine asks for permission. */
    gate: Type.Optional(Type.Boolean()),
    messageId: Type.Optional(id),
    parentCallId,
  }),
  'tool.progress': event('tool.progress', { callId: id, text: Type.Optional(text) }),
  'tool.end': event('tool.end', {
    callId: id,
    ok: Type.Boolean(),
    error: Type.Optional(text),
    output: Type.Optional(anything),
    bytes: Type.Optional(count),
  }),
  'permission.ask': event('permission.ask', {
    requestId: id,
    kind: words('tool', 'question', 'plan'),
    callId: Type.Optional(id),
    title: text,
    input: Type.Optional(anything),
    options: Type.Array(askOption, { minItems: 1, maxItems: askOptionsMax }),
    deadlineMs: Type.Optional(span),
  }),
  'permission.answer': event('permission.answer', {
    requestId: id,
    optionId: id,
    input: Type.Optional(anything),
    message: Type.Optional(text),
  }),
  'permission.cancelled': event('permission.cancelled', {
    requestId: id,
    reason: words('interrupted', 'lost', 'ended', 'expired'),
    with: lostWith,
  }),
  usage: event('usage', {
    /** The same report under the same key counts once. */
    key: id,
    model: name,
    /** A report of its own, or the reading of a counter that goes up within the scope. */
    mode: words('delta', 'cumulative'),
    scope: words('message', 'turn', 'process'),
    input: count,
    output: count,
    cacheRead: Type.Optional(count),
    cacheWrite: Type.Optional(count),
    costMicroUsd: Type.Optional(microUsd),
    messageId: Type.Optional(id),
    parentCallId,
  }),
  error: event('error', { class: name, message: text, retryable: Type.Optional(Type.Boolean()) }),
  limit: event('limit', { retryAt: Type.Optional(ms), scope: Type.Optional(name) }),
  plan: event('plan', { items: Type.Array(anything) }),
  artifact: event('artifact', { artifactId: id, kind: name, title: text, ref: text }),
  'context.compacted': event('context.compacted', {
    before: Type.Optional(count),
    after: Type.Optional(count),
  }),
  attention: event('attention', { kind: name, text }),
  /** Anything else an engine said. */
  note: event('note', {}),
};
