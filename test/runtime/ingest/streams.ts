/** Streams of frames as sources give them, and what became of them. */
import { readFileSync } from 'node:fs';
import type { Adapter } from '../../../actors/adapters/index.ts';
import type { Run } from '../../../runtime/index.ts';

interface Fixture {
  readonly frames: readonly object[];
  readonly digest: object & { readonly comparable: object };
}

/** A golden transcript; `comparable` leaves times out. */
export function fixture(name: string): Fixture {
  const { frames, digest } = JSON.parse(
    readFileSync(`test/fixtures/adapters/${name}.json`, 'utf8'),
  ) as Fixture;
  const { tools: _, ...comparable } = digest as object & { tools?: unknown };
  return { frames, digest: { ...digest, comparable } };
}

export const linesOf = (frames: readonly object[]): string =>
  frames.map((frame) => `${JSON.stringify(frame)}\n`).join('');

export function piecesOf(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

/** What the history has of the stream, in order: without what gave birth to the run. */
export async function eventsOf(run: Run): Promise<readonly object[]> {
  const events: object[] = [];
  for await (const { by, event } of run.history()) if (by?.startsWith('ingest:') === true) events.push(event);
  return events;
}

export const textOfHistory = (events: readonly object[]): string =>
  events.map((event) => ('text' in event ? String(event.text) : '')).join('');

/** Gives these, then nothing for ever; `reached` is called when somebody waits for more. */
export function silent(frames: readonly object[], reached: () => void): AsyncIterable<unknown> {
  const given = frames.values();
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const next = given.next();
        if (next.done !== true) return next;
        reached();
        return new Promise<IteratorResult<unknown>>(() => undefined);
      },
    }),
  };
}

export function brokenAdapter(how: 'throws' | 'invalid'): Adapter {
  return {
    name: how,
    start: () => 0,
    frame: (state) => {
      if (how === 'throws') throw new Error('no such frame');
      return { state, events: [{ type: 'turn.start', turnId: '' }] };
    },
  };
}

/** Of turn `n`: text in two pieces, a call, its result, and what the process has cost so far. */
export function turnOf(n: number): readonly object[] {
  const streamed = (event: object, piece: string): object => ({
    type: 'stream_event',
    uuid: `${n}${piece}`,
    event,
  });
  const text = (piece: string): object => {
    return streamed(
      { type: 'content_block_delta', delta: { type: 'text_delta', text: `${piece}${n} ` } },
      piece,
    );
  };
  const call = { type: 'tool_use', id: `c${n}`, name: 'Bash', input: { command: `echo ${n}` } };
  const result = { type: 'tool_result', tool_use_id: `c${n}`, content: `${n}`, is_error: n % 5 === 0 };
  return [
    { type: 'system', subtype: 'init', uuid: `${n}i`, session_id: 's', model: 'opus' },
    streamed({ type: 'message_start', message: { id: `m${n}` } }, 's'),
    text('one'),
    text('two'),
    { type: 'assistant', uuid: `${n}c`, message: { id: `m${n}`, content: [call] } },
    streamed({ type: 'message_stop' }, 'e'),
    { type: 'user', uuid: `${n}r`, message: { content: [result] } },
    { type: 'result', subtype: 'success', uuid: `${n}u`, total_cost_usd: (n + 1) / 1000 },
  ];
}

/** Neighbouring pieces of one text as one. */
export function structure(events: readonly object[]): readonly object[] {
  const whole: Record<string, unknown>[] = [];
  for (const event of events as readonly Record<string, unknown>[]) {
    const last = whole.at(-1);
    const isMore = event['type'] === 'message.delta' && last?.['type'] === 'message.delta';
    if (isMore && last['messageId'] === event['messageId'])
      last['text'] = `${String(last['text'])}${String(event['text'])}`;
    else whole.push({ ...event });
  }
  return whole;
}
