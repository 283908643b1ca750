/** A stream's output between the child and its acknowledgement. */
import { describe, expect, test } from 'vitest';
import { outputBytesMax } from '../../../runtime/processHost/limits.ts';
import { Outflow } from '../../../runtime/processHost/outflow.ts';
import { Random } from '../../../storage/conformance/random.ts';

interface Sent {
  readonly offset: number;
  readonly bytes: Buffer;
}

function newFlow(): { readonly flow: Outflow; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const flow = new Outflow((offset, bytes) => sent.push({ offset, bytes: Buffer.from(bytes) }));
  return { flow, sent };
}

const textOf = (sent: readonly Sent[]): string => Buffer.concat(sent.map(({ bytes }) => bytes)).toString();

describe('an outflow', () => {
  test('sends each piece with its offset, at once', () => {
    const { flow, sent } = newFlow();
    flow.push(Buffer.from('abc'));
    flow.push(Buffer.from('de'));
    expect(sent.map(({ offset, bytes }) => [offset, String(bytes)])).toEqual([
      [0, 'abc'],
      [3, 'de'],
    ]);
  });

  test('sends a large piece in parts within the bound', () => {
    const { flow, sent } = newFlow();
    flow.push(Buffer.alloc(outputBytesMax * 2 + 1));
    expect(sent.map(({ bytes }) => bytes.length)).toEqual([outputBytesMax, outputBytesMax, 1]);
    expect(sent.map(({ offset }) => offset)).toEqual([0, outputBytesMax, outputBytesMax * 2]);
  });

  test('sends again from any offset that is not acknowledged', () => {
    const { flow, sent } = newFlow();
    flow.push(Buffer.from('abcdef'));
    flow.acknowledge(2);
    sent.length = 0;
    expect(flow.rewind(4)).toBe(true);
    expect(flow.rewind(2)).toBe(true);
    expect(textOf(sent)).toBe('efcdef');
    expect(flow.rewind(6)).toBe(true); // nothing is due
    expect(flow.rewind(1)).toBe(false);
    expect(flow.rewind(7)).toBe(false);
  });

  test('keeps what is not acknowledged, and takes no acknowledgement back', () => {
    const { flow } = newFlow();
    flow.push(Buffer.from('abcdef'));
    flow.acknowledge(4);
    flow.acknowledge(2);
    flow.acknowledge(100); // nobody can have that
    expect([flow.acknowledged, flow.retained, flow.end]).toEqual([4, 2, 6]);
  });

  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
  test(`gives the same bytes for every order of pieces and acknowledgements (SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let round = 0; round < 100; round++) {
      const { flow, sent } = newFlow();
      const all: Buffer[] = [];
      for (let step = 0; step < 50; step++) {
        if (random.once(3)) flow.acknowledge(random.between(flow.acknowledged, flow.end));
        else {
          const piece = random.bytes(random.once(5) ? random.between(1, 20_000) : random.between(1, 50));
          all.push(Buffer.from(piece));
          flow.push(piece);
        }
        const from = random.between(flow.acknowledged, flow.end);
        sent.length = 0;
        flow.rewind(from);
        expect(Buffer.concat(sent.map(({ bytes }) => bytes)).equals(Buffer.concat(all).subarray(from))).toBe(
          true,
        );
        expect(sent[0]?.offset ?? from).toBe(from);
      }
    }
  });
});
