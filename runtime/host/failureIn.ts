/**
 * What failed, in short, for an actor's row: of the host's own words, and of events that are called a failure
 * by the last word of their type.
 */
import type { AnyEvent } from '../../actors/fact.ts';

/** Rows are held by everybody who watches many actors. */
const lengthMax = 200;

/** Undefined: nothing. */
export function failureIn(event: AnyEvent): string | undefined {
  const { type } = event;
  const isFailure =
    type.endsWith('failed') || type.endsWith('Failed') || type.endsWith('error') || type === 'send.refused';
  if (!isFailure) return undefined;
  const { error, message, reason, code } = event as AnyEvent & Readonly<Record<string, unknown>>;
  const inner = (error as { readonly message?: unknown } | null | undefined)?.message;
  const text = [inner, error, message, reason, code].find((one) => typeof one === 'string' && one !== '');
  return short(typeof text === 'string' ? text : type);
}

export function short(text: string): string {
  const line = text
    .slice(0, 2 * lengthMax)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > lengthMax ? `${line.slice(0, lengthMax - 1)}…` : line;
}
