/**
 * Records in the order of their positions, as a value: adding at the end and taking from the front copy one
 * chunk and the list of chunks, so that the thousandth record costs what the first did (contract O10).
 */

/** What is kept of a record in memory; its body stays in the history, in the fact `seq`. */
export interface Entry {
  readonly position: number;
  readonly seq: number;
  readonly child: string;
  readonly kind: string;
  /** How often it was delivered before. */
  readonly attempts: number;
  /** Which of the records of that fact; absent: it holds one. */
  readonly index?: number;
  /** News of the same kind that this one stands for, itself included; absent: one. */
  readonly count?: number;
  /** Of the first of those. */
  readonly firstChildSeq?: number;
}

export type Queue = readonly (readonly Entry[])[];

const chunkSize = 64;

export const empty: Queue = [];

export function lastOf(queue: Queue): Entry | undefined {
  return queue.at(-1)?.at(-1);
}

/** A record behind all others. */
export function pushed(queue: Queue, entry: Entry): Queue {
  const last = queue.at(-1);
  if (last === undefined || last.length >= chunkSize) return [...queue, [entry]];
  return [...queue.slice(0, -1), [...last, entry]];
}

/** The last record is another one now. */
export function replaced(queue: Queue, entry: Entry): Queue {
  const last = queue.at(-1) ?? [];
  return [...queue.slice(0, -1), [...last.slice(0, -1), entry]];
}

/** The oldest ones, at most `max`, and the rest. */
export function taken(queue: Queue, max: number): { readonly front: readonly Entry[]; readonly rest: Queue } {
  const front: Entry[] = [];
  let i = 0;
  for (; i < queue.length && front.length < max; i++) {
    const chunk = queue[i] ?? [];
    const room = max - front.length;
    front.push(...chunk.slice(0, room));
    if (chunk.length > room) return { front, rest: [chunk.slice(room), ...queue.slice(i + 1)] };
  }
  return { front, rest: queue.slice(i) };
}

/** Records that come back, each where its position belongs. */
export function returned(queue: Queue, entries: readonly Entry[]): Queue {
  const last = entries.reduce((most, { position }) => Math.max(most, position), 0);
  const behind = queue.findIndex((chunk) => (chunk[0]?.position ?? 0) > last);
  const untouched = behind < 0 ? [] : queue.slice(behind);
  const mixed = [...queue.slice(0, behind < 0 ? queue.length : behind).flat(), ...entries];
  const sorted = mixed.toSorted((a, b) => a.position - b.position);
  const chunks: Entry[][] = [];
  for (let i = 0; i < sorted.length; i += chunkSize) chunks.push(sorted.slice(i, i + chunkSize));
  return [...chunks, ...untouched];
}

/** Without the records at these positions, and those. */
export function without(
  queue: Queue,
  positions: ReadonlySet<number>,
): { readonly rest: Queue; readonly gone: readonly Entry[] } {
  const gone: Entry[] = [];
  const rest: (readonly Entry[])[] = [];
  for (const chunk of queue) {
    const kept = chunk.filter((entry) => !positions.has(entry.position));
    if (kept.length < chunk.length) gone.push(...chunk.filter(({ position }) => positions.has(position)));
    if (kept.length > 0) rest.push(kept.length === chunk.length ? chunk : kept);
  }
  return { rest, gone };
}
