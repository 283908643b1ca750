/** Frames: every kind, cut anywhere, and what is no frame. */
import { describe, expect, test, vi } from 'vitest';
import { FrameReader } from '../../../runtime/processHost/frameReader.ts';
import { ProtocolBroken, encodeFrame } from '../../../runtime/processHost/frames.ts';
import type { Frame } from '../../../runtime/processHost/frames.ts';
import { frameBytesMax } from '../../../runtime/processHost/limits.ts';
import { Random } from '../../../storage/conformance/random.ts';

vi.setConfig({ testTimeout: 60_000 });

const order = { id: 'run/1', command: 'sh', args: ['-c', 'é'], cwd: '/', env: { A: '1' } };
const report = { code: null, signal: 'SIGKILL', outEnd: 5, errEnd: 0, stderr: 'eA==' };
const bytes = Buffer.from([0, 255, 27, 0, 1]);
const far = 2 ** 53 - 1;

const frames: readonly Frame[] = [
  { kind: 'hello', version: 1, pid: 7, limits: {} },
  { kind: 'open', child: 1, order },
  { kind: 'open', child: 2, order: { ...order, size: { cols: 80, rows: 24 } } },
  { kind: 'input', child: 4_294_967_295, seq: far, bytes },
  { kind: 'input', child: 1, seq: 1, bytes: Buffer.alloc(0) },
  { kind: 'inputEnd', child: 1, seq: 2 },
  { kind: 'ack', child: 1, stream: 'out', offset: far },
  { kind: 'ack', child: 1, stream: 'err', offset: 0 },
  { kind: 'reattach', child: 1, out: 3, err: 4 },
  { kind: 'resize', child: 1, cols: 1, rows: 2 },
  { kind: 'signal', child: 1, signal: 'SIGINT' },
  { kind: 'end', child: 1 },
  { kind: 'forget', child: 1 },
  { kind: 'opened', child: 1, pid: 5, startTime: null },
  { kind: 'refused', child: 1, code: 'START_FAILED', message: '“no”' },
  { kind: 'output', child: 1, stream: 'err', offset: far, bytes },
  { kind: 'output', child: 1, stream: 'out', offset: 0, bytes: Buffer.alloc(70_000, 7) },
  { kind: 'written', child: 1, seq: 9, taken: true },
  { kind: 'written', child: 1, seq: 9, taken: false },
  { kind: 'attached', child: 1, inputSeq: 8 },
  { kind: 'exit', child: 1, report },
];

const whole = (list: readonly Frame[]): Buffer => Buffer.concat(list.flatMap(encodeFrame));

function readIn(pieces: readonly Buffer[]): readonly Frame[] {
  const reader = new FrameReader();
  return pieces.flatMap((piece) => reader.push(piece));
}

describe('frames', () => {
  test('every kind is read as it was written', () => {
    expect(readIn([whole(frames)])).toEqual(frames);
  });

  test('are the same one byte at a time', () => {
    const pieces = [...whole(frames)].map((byte) => Buffer.from([byte]));
    expect(readIn(pieces)).toEqual(frames);
  });

  test('are the same when cut once, at any byte', () => {
    const small = frames.filter((frame) => !('bytes' in frame) || frame.bytes.length < 1000);
    const all = whole(small);
    for (let at = 0; at <= all.length; at++) {
      expect(readIn([all.subarray(0, at), all.subarray(at)]), `cut at ${at}`).toEqual(small);
    }
  });

  test('are the same however they are cut', () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
    const random = new Random(seed);
    for (let round = 0; round < 200; round++) {
      const list = Array.from({ length: 20 }, () => random.pick(frames));
      const all = whole(list);
      const pieces: Buffer[] = [];
      for (let at = 0; at < all.length;) {
        const length = 1 + random.below(random.once(10) ? 100_000 : 40);
        pieces.push(all.subarray(at, at + length));
        at += length;
      }
      expect(readIn(pieces), `SEED=${seed} round ${round}`).toEqual(list);
    }
  });
});

describe('what is no frame', () => {
  const lengthOf = (length: number): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(length);
    return head;
  };
  const fast = whole([{ kind: 'ack', child: 1, stream: 'out', offset: 1 }]);

  test.each([
    ['an empty one', lengthOf(0)],
    ['one beyond the bound', lengthOf(frameBytesMax + 1)],
    ['one of an unknown kind', Buffer.concat([lengthOf(1), Buffer.from([200])])],
    ['one of kind 0', Buffer.concat([lengthOf(1), Buffer.from([0])])],
    ['one whose body is no JSON', Buffer.concat([lengthOf(3), Buffer.from([1, 123, 1])])],
    ['one whose body is no object', Buffer.concat([lengthOf(2), Buffer.from([1, 49])])],
    ['one that ends within its head', Buffer.concat([lengthOf(9), fast.subarray(4, 13)])],
    ['one with a broken offset', Buffer.concat([fast.subarray(0, 10), Buffer.alloc(8, 0xff)])],
  ])('is refused: %s', (_, piece) => {
    expect(() => readIn([piece])).toThrow(ProtocolBroken);
  });

  test('is not written either', () => {
    const input: Frame = { kind: 'input', child: 1, seq: 1, bytes: Buffer.alloc(frameBytesMax) };
    expect(() => encodeFrame(input)).toThrow(ProtocolBroken);
  });
});
