/**
 * Consecutive deltas as one event (contract, Coalescing): text of the same part of the same message, progress
 * of the same call. The sum of the stored texts is the text: nothing is stored twice.
 */
import type { AnyEvent } from '../fact.ts';
import { mergedBytesMax } from './limits.ts';
import { bytesOf } from './text.ts';

interface Delta extends AnyEvent {
  readonly text: string;
}

/** Two events that came one after the other as one; undefined where they must stay two. */
export function coalesce<E extends AnyEvent>(previous: E, next: E): E | undefined {
  if (!isDelta(previous) || !isDelta(next) || !isSameButText(previous, next)) return undefined;
  const text = previous.text + next.text;
  // Four bytes a character at most; counted only where that does not decide.
  if (text.length > mergedBytesMax) return undefined;
  if (text.length * 4 > mergedBytesMax && bytesOf(text) > mergedBytesMax) return undefined;
  return { ...previous, text };
}

function isDelta<E extends AnyEvent>(event: E): event is E & Delta {
  if (event.type !== 'message.delta' && event.type !== 'tool.progress') return false;
  return typeof (event as Partial<Delta>).text === 'string';
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Fields that the vocabulary does not name must be kept: where they differ, both stay. It runs for each
 * delta of an engine, so it makes nothing.
 */
function isSameButText(a: Delta, b: Delta): boolean {
  let more = 0;
  for (const name in a) {
    more++;
    if (name !== 'text' && !isSameScalar(fieldOf(a, name), fieldOf(b, name))) return false;
  }
  for (const _ in b) more--;
  return more === 0;
}

const fieldOf = (event: object, name: string): unknown => (event as Fields)[name];

const isSameScalar = (one: unknown, other: unknown): boolean =>
  one === other && (typeof one !== 'object' || one === null);
