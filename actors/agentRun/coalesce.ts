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

/** Fields that the vocabulary does not name must be kept: where they differ, both events stay. */
function isSameButText(a: Delta, b: Delta): boolean {
  const [one, other]: readonly [Fields, Fields] = [{ ...a }, { ...b }];
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => name === 'text' || (isScalar(one[name]) && one[name] === other[name]));
}

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;
