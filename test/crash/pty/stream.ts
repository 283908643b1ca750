/**
 * What a session has recorded of its child, held against what the child wrote (B1): facts without a gap,
 * less the ranges told to be hidden, and read without the code that readers use.
 */
import assert from 'node:assert/strict';
import type { Pty } from '../../../runtime/index.ts';
import { blockBytes, blockOf } from './writer.ts';

/** All that was recorded, and the same less what is hidden. */
export async function recordedBy(session: Pty): Promise<{ readonly all: Buffer; readonly shown: Buffer }> {
  const parts: Uint8Array[] = [];
  const ranges: (readonly [number, number])[] = [];
  let end = 0;
  for await (const { event } of session.history({ types: ['pty.output', 'pty.hidden'] })) {
    if (event.type === 'pty.hidden') {
      ranges.push(...event.ranges);
      continue;
    }
    assert.equal(event.offset, end, 'output begins where the one before ended');
    end += event.bytes.length;
    parts.push(event.bytes);
  }
  const all = Buffer.concat(parts);
  let [shown, from] = [Buffer.alloc(0), 0];
  for (const [start, stop] of ranges.toSorted(([a], [b]) => a - b)) {
    assert(start >= from && stop <= all.length, 'a hidden range lies in the output, and in no other one');
    shown = Buffer.concat([shown, all.subarray(from, start)]);
    from = stop;
  }
  return { all, shown: Buffer.concat([shown, all.subarray(from)]) };
}

/**
 * Every byte of a session that says `first` and is the writer from then on, read piece by piece; gives how
 * many facts there are.
 */
export async function assertWritten(
  session: Pty,
  first: string,
  { seed, bytes }: { readonly seed: number; readonly bytes: number },
): Promise<number> {
  const block = Buffer.concat([blockOf(seed), blockOf(seed)]);
  let [end, facts] = [0, 0];
  for await (const { event } of session.history({ types: ['pty.output'] })) {
    assert.equal(event.offset, end, 'output begins where the one before ended');
    const head = Buffer.from(first).subarray(end, end + event.bytes.length);
    const from = (end + head.length - first.length) % blockBytes;
    const expected = Buffer.concat([head, block.subarray(from, from + event.bytes.length - head.length)]);
    assert(expected.equals(event.bytes), `what is recorded from ${end} on is not what was written`);
    end += event.bytes.length;
    facts += 1;
  }
  assert.equal(end, first.length + bytes, 'every byte that was written is recorded');
  const { output } = (await session.digest()).digest;
  assert.equal(output.bytes, end, 'the digest counts every byte');
  return facts;
}

/** The bytes the writer wrote. */
export function writtenBy(seed: number, bytes: number): Buffer {
  const block = blockOf(seed);
  const blocks = Array.from({ length: Math.ceil(bytes / blockBytes) }, () => block);
  return Buffer.concat(blocks).subarray(0, bytes);
}
