/**
 * Reading frames that may be anything: a field that is not what it is said to be counts as absent. Texts that
 * the vocabulary bounds are cut here, so that no event is refused for its length.
 */
import { idLengthMax } from '../agentRun/limits.ts';
import { markOf } from '../agentRun/text.ts';

export type Fields = Readonly<Record<string, unknown>>;

const none: Fields = {};
const nameLengthMax = 1024;

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : none;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A text that is not empty. */
export function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** An id as the vocabulary has them; a longer one keeps its beginning, and stays another than its like. */
export function idOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : wordOf(value)?.toWellFormed();
  if (text === undefined || text.length <= idLengthMax) return text;
  return `${text.slice(0, 100).toWellFormed()}…${markOf(text)}`;
}

export function nameOf(value: unknown, fallback: string): string {
  return (wordOf(value) ?? fallback).slice(0, nameLengthMax);
}

/** The id of a JSON-RPC request as text: 1 is another than "1". */
export function requestIdOf(value: unknown): string {
  return typeof value === 'string' ? `"${idOf(value) ?? ''}"` : (idOf(value) ?? 'null');
}

/** The texts of a list. */
export const textsOf = (list: unknown): readonly string[] =>
  listOf(list).filter((one) => typeof one === 'string');

/** A whole number from 0 on. */
export function countOf(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.min(Math.round(value), Number.MAX_SAFE_INTEGER) : 0;
}

/** Dollars as micro-dollars; undefined where none are told. */
export function microUsdOf(dollars: unknown): number | undefined {
  return typeof dollars === 'number' && dollars >= 0 ? countOf(dollars * 1_000_000) : undefined;
}

/** What an error says, in whatever form it comes. */
export function messageOf(error: unknown): string | undefined {
  const { message, text } = fieldsOf(error);
  return wordOf(error) ?? wordOf(message) ?? wordOf(text);
}

/** The text of content blocks, or of a text. */
export function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((block) => {
      const { text, content: inner } = fieldsOf(block);
      return textOf(text) ?? textOf(fieldsOf(inner)['text']) ?? '';
    })
    .join('');
}
