/**
 * Sequences are found wherever the output is cut, and queries in them answered as a terminal does (W2).
 */
import { describe, expect, test } from 'vitest';
import { openSequenceBytesMax } from '../../../runtime/ptySession/limits.ts';
import { Queries, asksForScreen, replyTo } from '../../../runtime/ptySession/queries.ts';
import type { FoundQuery, Query } from '../../../runtime/ptySession/queries.ts';
import { Sequences } from '../../../runtime/ptySession/sequences.ts';
import { shownBy } from './kit.ts';

const size = { cols: 20, rows: 5 };

function sequencesIn(...chunks: readonly (string | Uint8Array)[]): {
  readonly found: readonly string[];
  readonly open: string;
} {
  const sequences = new Sequences();
  const found: string[] = [];
  for (const chunk of chunks) {
    sequences.feed(Buffer.from(chunk), (bytes) => found.push(Buffer.from(bytes).toString()));
  }
  return { found, open: Buffer.from(sequences.open).toString('hex') };
}

const bytewise = (text: string): readonly Uint8Array[] =>
  [...Buffer.from(text)].map((byte) => Buffer.from([byte]));

describe('whole sequences, in one go and byte by byte', () => {
  test.each([
    ['none', 'text ▸ 日本', []],
    ['CSI', 'a\u001b[1;31mb\u001b[?25l', ['\u001b[1;31m', '\u001b[?25l']],
    ['ESC', '\u001b7\u001b(0\u001b=', ['\u001b7', '\u001b(0', '\u001b=']],
    ['OSC, ended by BEL', '\u001b]0;a title\u0007x', ['\u001b]0;a title\u0007']],
    ['OSC, ended by ST', '\u001b]0;日本\u001b\\x', ['\u001b]0;日本\u001b\\']],
    ['OSC, ended by another sequence', '\u001b]0;a\u001b[1mx', ['\u001b]0;a\u001b', '\u001b[1m']],
    ['DCS, in which BEL is nothing', '\u001bPq\u0007#0\u001b\\x', ['\u001bPq\u0007#0\u001b\\']],
    ['one that is called off', '\u001b[1\u0018m\u001b]0;x\u001ay', []],
    ['one that begins anew', '\u001b[1\u001b[2m', ['\u001b[2m']],
    ['a control within one', '\u001b[1\n;2m', ['\u001b[1;2m']],
  ])('%s', (_, text, expected) => {
    expect(sequencesIn(text)).toEqual({ found: expected, open: '' });
    expect(sequencesIn(...bytewise(text))).toEqual({ found: expected, open: '' });
  });
});

test.each([
  ['an ESC', 'a\u001b', '1b'],
  ['a CSI', 'a\u001b[1;', '1b5b313b'],
  ['an OSC', 'a\u001b]2;x', '1b5d323b78'],
  ['an OSC whose end has begun', '\u001b]2;x\u001b', '1b5d323b781b'],
  ['one of three bytes of a character', Buffer.from('a日').subarray(0, 2), 'e6'],
  ['two of three', Buffer.from('a日').subarray(0, 3), 'e697'],
  ['three of four', Buffer.from('😀').subarray(0, 3), 'f09f98'],
  ['a whole character', '日', ''],
  ['bytes that are no character', Buffer.from([0x80, 0x80, 0x80]), ''],
])('what has begun and is not over is known: %s', (_, text, open) => {
  expect(sequencesIn(text).open).toBe(open);
  expect(sequencesIn(...[...Buffer.from(text)].map((byte) => Buffer.from([byte]))).open).toBe(open);
});

test('of a sequence without end no more than the bound is kept, and its end is found', () => {
  const sequences = new Sequences();
  const found: string[] = [];
  const feed = (text: string): void =>
    sequences.feed(Buffer.from(text), (bytes) => found.push(Buffer.from(bytes).toString()));
  feed('\u001bPq');
  for (let i = 0; i < 100; i++) feed('#'.repeat(1024));
  expect(sequences.open.length).toBe(openSequenceBytesMax);
  feed('\u001b\\text\u001b[c');
  expect(found).toEqual(['\u001b[c']);
});

const shown = `\u001b[3;4H\u001b[?1h\u001b[?2004h\u001b[?1000h\u001b[?25l`;

async function replies(text: string, before = shown): Promise<readonly string[]> {
  const screen = await shownBy(size, before);
  return new Queries().feed(Buffer.from(text)).map(({ query }) => replyTo(query, screen));
}

test.each([
  ['DA1', '\u001b[c', '\u001b[?1;2c'],
  ['DA1 with its number', '\u001b[0c', '\u001b[?1;2c'],
  ['DA2', '\u001b[>c', '\u001b[>0;276;0c'],
  ['DSR', '\u001b[5n', '\u001b[0n'],
  ['CPR', '\u001b[6n', '\u001b[3;4R'],
  ['private CPR', '\u001b[?6n', '\u001b[?3;4R'],
  ['OSC 10', '\u001b]10;?\u0007', '\u001b]10;rgb:ffff/ffff/ffff\u0007'],
  ['OSC 11, ended by ST', '\u001b]11;?\u001b\\', '\u001b]11;rgb:0000/0000/0000\u001b\\'],
  ['DECRQM of a mode that is on', '\u001b[?2004$p', '\u001b[?2004;1$y'],
  ['DECRQM of the cursor, which is hidden', '\u001b[?25$p', '\u001b[?25;2$y'],
  ['DECRQM of the mouse', '\u001b[?1000$p', '\u001b[?1000;1$y'],
  ['DECRQM of another mouse', '\u001b[?1003$p', '\u001b[?1003;2$y'],
  ['DECRQM of a mode that is not known', '\u001b[?9999$p', '\u001b[?9999;0$y'],
  ['DECRQM of the insert mode', '\u001b[4$p', '\u001b[4;2$y'],
  ['XTVERSION', '\u001b[>q', '\u001bP>|troupe\u001b\\'],
  ['XTVERSION with its number', '\u001b[>0q', '\u001bP>|troupe\u001b\\'],
  ['the kitty query, which has no answer', '\u001b[?u', ''],
])('%s is answered', async (_, query, reply) => {
  expect(await replies(`text${query}text`)).toEqual([reply]);
});

test('what only looks like a query is none', async () => {
  const others =
    '\u001b[1c\u001b[6m\u001b[?5n\u001b]10;red\u0007\u001b]12;?\u0007\u001b[q\u001b[u\u001b[?25h[6n';
  expect(await replies(others)).toEqual([]);
});

test('several queries are answered in their order, each with its place, however they are cut', () => {
  const text = 'a\u001b[6nb\u001b[?u\u001b[c\u001b]11;?\u001b\\';
  const kinds = ['cursor', 'kittyKeyboard', 'attributes', 'colour'];
  const whole = new Queries().feed(Buffer.from(text));
  expect(whole.map(({ query }) => query.kind)).toEqual(kinds);
  expect(whole.map(({ end }) => end)).toEqual([5, 10, 13, text.length]);
  for (let cut = 0; cut <= text.length; cut++) {
    const queries = new Queries();
    const parts = [text.slice(0, cut), text.slice(cut)];
    const found: FoundQuery[] = parts.flatMap((part) => [...queries.feed(Buffer.from(part))]);
    expect(found.map(({ query }) => query.kind)).toEqual(kinds);
  }
});

test('only what is shown needs a screen for its answer', () => {
  const found = new Queries().feed(Buffer.from('\u001b[c\u001b[6n\u001b[?25$p\u001b[>q\u001b]10;?\u0007'));
  const needing = found
    .map(({ query }) => query)
    .filter(asksForScreen)
    .map(({ kind }: Query) => kind);
  expect(needing).toEqual(['cursor', 'mode']);
});
