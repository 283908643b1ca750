/**
 * Facts as the lines of a timeline. Deltas that follow each other are one line, `message.delta ×412`; so are
 * longer runs of any one type.
 *   T1. Every fact is in exactly one entry, in order.
 */
import type { Fact } from './told.ts';
import { isFailure } from './words.ts';

export interface Entry {
  readonly type: string;
  readonly first: Fact;
  readonly last: Fact;
  readonly count: number;
  readonly failed: boolean;
  /** What they say together: its end, where it is long. */
  readonly text: string | undefined;
  /** Since the entry before. */
  readonly gapMs: number;
}

/** As many of one type become one line. */
const runMin = 5;

export function entriesOf(facts: readonly Fact[]): readonly Entry[] {
  const entries: Entry[] = [];
  let start = 0;
  while (start < facts.length) {
    const end = endOfRun(facts, start);
    const isOne = end - start >= minOf(facts[start]?.event.type ?? '');
    const next = isOne ? end : start + 1;
    const entry = entryOf(facts.slice(start, next), entries.at(-1));
    if (entry !== undefined) entries.push(entry);
    start = next;
  }
  return entries;
}

const minOf = (type: string): number => (/\.(?:delta|progress|output)$/.test(type) ? 2 : runMin);

function endOfRun(facts: readonly Fact[], start: number): number {
  const type = facts[start]?.event.type;
  let end = start + 1;
  while (facts[end]?.event.type === type && end < facts.length) end++;
  return end;
}

function entryOf(facts: readonly Fact[], before: Entry | undefined): Entry | undefined {
  const [first] = facts;
  const last = facts.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return {
    type: first.event.type,
    first,
    last,
    count: facts.length,
    text: textOf(facts),
    failed: facts.some(({ event }) => isFailure(event)),
    gapMs: before === undefined ? 0 : Math.max(0, first.at - before.last.at),
  };
}

const textMax = 200;

function textOf(facts: readonly Fact[]): string | undefined {
  let text = '';
  for (const { event } of facts.slice(-textMax)) {
    const said = [event['text'], event['content'], event['title']].find((one) => typeof one === 'string');
    if (typeof said === 'string') text += said;
  }
  return text.length > textMax ? `…${text.slice(-textMax)}` : text || undefined;
}

/** Where each entry lies on a line from 0 to 1: a long pause is shown shorter, never as nothing. */
export function spread(entries: readonly Entry[]): readonly number[] {
  const steps = entries.map(({ gapMs }, i) => (i === 0 ? 0 : 1 + Math.log10(1 + gapMs)));
  const sum = steps.reduce((total, step) => total + step, 0);
  let at = 0;
  return steps.map((step) => {
    at += step;
    return sum === 0 ? 0.5 : at / sum;
  });
}
