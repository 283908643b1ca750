/**
 * Coalescing: what becomes one event, and what stays two.
 */
import { describe, expect, test } from 'vitest';
import { coalesce } from '../../../actors/agentRun/coalesce.ts';
import { delta } from './play.ts';
import type { Event } from './play.ts';

const progress = (callId: string, text: string): Event => ({ type: 'tool.progress', callId, text });

describe('one event', () => {
  test.each([
    ['deltas of one part of one message', delta('m', 'a'), delta('m', 'b'), delta('m', 'ab')],
    ['reasoning', delta('m', 'a', 'reasoning'), delta('m', 'b', 'reasoning'), delta('m', 'ab', 'reasoning')],
    ['progress of one call', progress('c', '1'), progress('c', '2'), progress('c', '12')],
    [
      'fields of the user that are equal',
      { ...delta('m', 'a'), x: 1 },
      { ...delta('m', 'b'), x: 1 },
      { ...delta('m', 'ab'), x: 1 },
    ],
  ])('%s', (_, previous, next, merged) => expect(coalesce(previous, next)).toEqual(merged));
});

describe('two events', () => {
  test.each([
    ['two messages', delta('m', 'a'), delta('n', 'b')],
    ['two parts', delta('m', 'a'), delta('m', 'b', 'reasoning')],
    ['two calls', progress('c', '1'), progress('d', '2')],
    ['another type', delta('m', 'a'), progress('m', 'a')],
    ['a field only one has', delta('m', 'a'), { ...delta('m', 'b'), x: 1 }],
    ['a field that differs', { ...delta('m', 'a'), x: 2 }, { ...delta('m', 'b'), x: 1 }],
    ['a field that is no plain value', { ...delta('m', 'a'), x: [1] }, { ...delta('m', 'b'), x: [1] }],
    ['progress without text', { type: 'tool.progress', callId: 'c' }, { type: 'tool.progress', callId: 'c' }],
    ['anything structural', { type: 'message.end', messageId: 'm' }, { type: 'message.end', messageId: 'm' }],
  ] as readonly (readonly [string, Event, Event])[])('%s', (_, previous, next) =>
    expect(coalesce(previous, next)).toBeUndefined(),
  );

  test('more than 64 KiB together, counted in bytes', () => {
    const half = delta('m', 'x'.repeat(32 * 1024));
    expect(coalesce(half, half)).toBeDefined();
    expect(coalesce(half, delta('m', `${half['text'] as string}y`))).toBeUndefined();
    const euros = delta('m', '€'.repeat(11_000));
    expect(coalesce(euros, euros)).toBeUndefined();
  });
});

test('the events it is given are untouched', () => {
  const [previous, next] = [delta('m', 'a'), delta('m', 'b')];
  coalesce(previous, next);
  expect([previous, next]).toEqual([delta('m', 'a'), delta('m', 'b')]);
});
