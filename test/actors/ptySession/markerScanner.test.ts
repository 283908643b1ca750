/** The marker scanner on values: C3 and C5, however the output is cut. */
import { describe, expect, test } from 'vitest';
import { markerBytesMax } from '../../../actors/ptySession/marker.ts';
import { MarkerScanner } from '../../../actors/ptySession/markerScanner.ts';
import type { Piece } from '../../../actors/ptySession/markerScanner.ts';
import { Random } from '../../../storage/conformance/random.ts';

const token = 'Ab12';
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const prompt = (status: number): string => `\u001B]7737;${token};P;${status}\u0007`;
const continuation = `\u001B]7737;${token};C\u0007`;
const refusal = `\u001B]7737;${token};X;127\u0007`;
const sentinel = (id: string, status: number): string => `\u001B]7737;${token};E;${id};${status}\u0007`;

/** Pieces as short as can be written by hand: output as text, markers in braces; neighbours joined. */
function told(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) => {
      if (piece.kind === 'output') return Buffer.from(piece.bytes).toString('latin1');
      const { marker } = piece;
      if (marker.kind === 'prompt') return `{P${marker.status}}`;
      if (marker.kind === 'refusal') return `{X${marker.status}}`;
      return marker.kind === 'continuation' ? '{C}' : `{E ${marker.id} ${marker.status}}`;
    })
    .join('');
}

function scan(chunks: readonly Uint8Array[]): readonly Piece[] {
  const scanner = new MarkerScanner(token);
  return [...chunks.flatMap((chunk) => scanner.feed(chunk)), ...scanner.flush()];
}

const cases: readonly (readonly [fact: string, output: string, told: string])[] = [
  ['a marker stands between what came before and after', `a${prompt(0)}b`, 'a{P0}b'],
  [
    'markers stand side by side',
    `${prompt(1)}${continuation}${refusal}${sentinel('cmd1', 130)}`,
    '{P1}{C}{X127}{E cmd1 130}',
  ],
  ['the same marker twice is two', `${prompt(2)}${prompt(2)}`, '{P2}{P2}'],
  ['an escape before a marker is output', `\u001B${prompt(0)}`, '\u001B{P0}'],
  [
    'a marker begun and begun again is one',
    `\u001B]7737;${token};P${prompt(0)}`,
    `\u001B]7737;${token};P{P0}`,
  ],
  ['another token is output', prompt(0).replace(token, 'Zz99'), prompt(0).replace(token, 'Zz99')],
  ['another OSC is output', '\u001B]0;title\u0007x', '\u001B]0;title\u0007x'],
  ['colours are output', '\u001B[31mred\u001B[0m', '\u001B[31mred\u001B[0m'],
  ['bytes that are no text are output', '\u00FF\u00FE\u0000', '\u00FF\u00FE\u0000'],
];

const bodies = [
  'P',
  'P;x',
  'P;1;2',
  'Q;1',
  '',
  'E;a;1',
  'E;cmd1',
  'E;cmd1;-1',
  'C;1',
  'X',
  'X;y',
  'P;1\u001B',
  'P;\n1',
];

describe('the marker scanner', () => {
  test.each(cases)('%s', (_, output, expected) => {
    expect(told(scan([bytesOf(output)]))).toBe(expected);
  });

  test.each(cases)('%s, one byte at a time', (_, output, expected) => {
    expect(told(scan([...bytesOf(output)].map((byte) => Uint8Array.of(byte))))).toBe(expected);
  });

  test.each(cases)('%s, cut at any byte', (_, output, expected) => {
    const bytes = bytesOf(output);
    for (let at = 0; at <= bytes.length; at++) {
      expect(told(scan([bytes.subarray(0, at), bytes.subarray(at)])), `cut at ${at}`).toBe(expected);
    }
  });

  test.each(bodies)('a marker with the body %j is output', (body) => {
    const output = `a\u001B]7737;${token};${body}\u0007b`;
    expect(told(scan([bytesOf(output)]))).toBe(output);
  });

  test('one that does not end within its bound is output, and holds nothing back', () => {
    const scanner = new MarkerScanner(token);
    const long = `\u001B]7737;${token};P;${'1'.repeat(markerBytesMax)}`;
    expect(told(scanner.feed(bytesOf(long)))).toBe(long);
    expect(scanner.openAt).toBe(long.length);
  });

  test('gives offsets of the stream, from where it was told to begin', () => {
    const scanner = new MarkerScanner(token, 1000);
    const first = scanner.feed(bytesOf(`ab${prompt(0).slice(0, 6)}`));
    expect(first).toEqual([{ kind: 'output', offset: 1000, bytes: bytesOf('ab') }]);
    expect(scanner.openAt).toBe(1002); // H1
    const { length } = prompt(0);
    expect(scanner.feed(bytesOf(`${prompt(0).slice(6)}c`))).toEqual([
      {
        kind: 'marker',
        from: 1002,
        to: 1002 + length,
        bytes: bytesOf(prompt(0)),
        marker: { kind: 'prompt', status: 0 },
      },
      { kind: 'output', offset: 1002 + length, bytes: bytesOf('c') },
    ]);
    expect(scanner.openAt).toBe(1003 + length);
  });

  test('gives an open beginning as output when there is no more, once', () => {
    const scanner = new MarkerScanner(token);
    expect(scanner.feed(bytesOf(prompt(7).slice(0, -1)))).toEqual([]);
    expect(told(scanner.flush())).toBe(prompt(7).slice(0, -1));
    expect(scanner.flush()).toEqual([]);
  });

  test('passes output without an escape as the very bytes it was given', () => {
    const chunk = bytesOf('plain');
    const [piece] = scan([chunk]);
    expect(piece?.kind === 'output' && piece.bytes.buffer === chunk.buffer).toBe(true);
  });

  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
  test(`gives the same for every cutting, and every byte once (SEED=${seed})`, () => {
    const random = new Random(seed);
    const parts = [
      prompt(0),
      prompt(130),
      continuation,
      refusal,
      sentinel('cmd1', 1),
      '\u001B',
      '\u001B]7737;',
      'text',
      '\u0007',
    ];
    for (let round = 0; round < 300; round++) {
      const all = bytesOf(Array.from({ length: 12 }, () => random.pick(parts)).join(''));
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < all.length;) {
        const length = random.between(1, 12);
        chunks.push(all.subarray(at, at + length));
        at += length;
      }
      const pieces = scan(chunks);
      expect(told(pieces)).toBe(told(scan([all])));
      let next = 0;
      for (const piece of pieces) {
        expect(piece.kind === 'output' ? piece.offset : piece.from).toBe(next);
        next = piece.kind === 'output' ? next + piece.bytes.length : piece.to;
      }
      expect(next).toBe(all.length);
    }
  });
});
