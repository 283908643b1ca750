/**
 * An actor as text: for people, for agents, for logs.
 */
import type { Fact } from '../actors/fact.ts';
import { failureOf } from './host/words.ts';
import type { ListedRow } from './list.ts';

export interface Described {
  readonly row: ListedRow;
  /** Absent when the actor cannot be looked at: why. */
  readonly accepts?: readonly string[];
  readonly context?: unknown;
  readonly trouble?: string;
  /** Of one that has ended. */
  readonly cause?: string | undefined;
  readonly error?: unknown;
  /** Newest first. */
  readonly facts: readonly Fact[];
}

const contextTextMax = 2_000;
const eventTextMax = 200;

export function describe({ row, accepts = [], context, trouble, facts, cause, error }: Described): string {
  const { address, seq, status, state, tags, labels, parent, startedAt, lastAt, endedAt, title } = row;
  const list = (items: readonly string[]): string => (items.length === 0 ? '(none)' : items.join(', '));
  const lines = [
    `${address}${title === undefined ? '' : `: ${title}`}`,
    `  ${status} at seq ${seq}, in ${list(state)}`,
    tags.length > 0 && `  tags: ${list(tags)}`,
    Object.keys(labels).length > 0 &&
      `  labels: ${list(Object.entries(labels).map(([key, value]) => `${key}=${value}`))}`,
    parent !== undefined && `  parent: ${parent}`,
    `  started ${timeOf(startedAt)}, last event ${timeOf(lastAt)}`,
    endedAt !== undefined && `  ended ${timeOf(endedAt)}${cause === undefined ? '' : ` as ${cause}`}`,
    error !== undefined && `  error: ${cut(failureOf(error).message, eventTextMax)}`,
    trouble !== undefined && `  trouble: ${trouble}`,
    status === 'live' && trouble === undefined && `  accepts: ${list(accepts)}`,
    context !== undefined && `  context: ${cut(textOf(context), contextTextMax)}`,
    facts.length > 0 && '  newest events:',
    ...facts.map(factLine),
  ];
  return lines.filter((line) => line !== false).join('\n');
}

function factLine({ seq, at, event, by }: Fact): string {
  const { type, ...rest } = event;
  const payload = Object.keys(rest).length === 0 ? '' : ` ${cut(textOf(rest), eventTextMax)}`;
  return `    ${seq} ${timeOf(at)} ${type}${payload}${by === undefined ? '' : ` (by ${by})`}`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

/** JSON as far as it goes: maps, sets and bytes are stored, and shown by what they hold. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Map || part instanceof Set) return Array.from<unknown>(part);
    return part instanceof Uint8Array ? `(${part.byteLength} bytes)` : part;
  });
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
