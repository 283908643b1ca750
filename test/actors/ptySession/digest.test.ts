/** The digest of a session, its hash, its vocabulary and what is coalesced, on values. */
import { createHash } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../actors/fact.ts';
import { coalesce } from '../../../actors/ptySession/coalesce.ts';
import { digest } from '../../../actors/ptySession/digest.ts';
import type { PtyDigest } from '../../../actors/ptySession/digest.ts';
import { outputFactBytesMax } from '../../../actors/ptySession/limits.ts';
import { hashOf, hashed, startHash } from '../../../actors/ptySession/sha256.ts';
import { driverTypes, passiveTypes, vocabulary } from '../../../actors/ptySession/vocabulary.ts';
import type { PtyEvent } from '../../../actors/ptySession/vocabulary.ts';
import { Random } from '../../../storage/conformance/random.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const sha256 = (all: Uint8Array): string => createHash('sha256').update(all).digest('hex');

/** Facts ten milliseconds apart. */
function folded(events: readonly PtyEvent[], from: PtyDigest = digest.start(), seq = 1): PtyDigest {
  return events.reduce((before, event, i) => {
    const fact: Fact = { seq: seq + i, to: seq + i, at: 1000 + (seq + i) * 10, event };
    return digest.fold(before, fact);
  }, from);
}

const story: readonly PtyEvent[] = [
  { type: 'pty.open', command: 'bash' },
  { type: 'pty.opened', pid: 1, startTime: null },
  { type: 'pty.input', bytes: bytes('abc') },
  { type: 'command.start', commandId: 'a', command: 'make' },
  { type: 'pty.output', offset: 0, bytes: bytes('hello ') },
  { type: 'pty.mark', label: 'here' },
  { type: 'pty.resize', cols: 1, rows: 1 },
  { type: 'pty.output', offset: 6, bytes: bytes('world') },
  {
    type: 'pty.hidden',
    ranges: [
      [1, 3],
      [5, 6],
    ],
  },
  { type: 'command.end', commandId: 'a', outcome: 'completed', exitCode: 2, offset: 11 },
  { type: 'command.start', commandId: 'b', command: 'x' },
  { type: 'command.end', commandId: 'b', outcome: 'interrupted', exitCode: 130, offset: 11 },
  { type: 'command.start', commandId: 'c', command: 'x' },
  { type: 'pty.exit', code: 0, signal: null },
];

describe('the digest (W5)', () => {
  test('counts bytes, commands, sizes and marks, and tells the end', () => {
    expect(folded(story)).toMatchObject({
      firstAt: 1010,
      lastAt: 1140,
      output: { bytes: 11, hiddenBytes: 3, sha256: sha256(bytes('hello world')) },
      inputs: { count: 4, bytes: 3 + 5 + 2 + 2 },
      commands: {
        started: 3,
        byOutcome: { completed: 1, interrupted: 1 },
        byExitCode: { 2: 1, 130: 1 },
        totalMs: 70,
        longestMs: 60,
        open: { c: 1130 },
      },
      resizes: 1,
      marks: { count: 1, first: [{ seq: 6, at: 1060, label: 'here' }] },
      end: { by: 'exit', code: 0, signal: null },
    });
  });

  test('is the same from any point, through JSON', () => {
    const whole = folded(story);
    for (let at = 0; at <= story.length; at++) {
      const half = JSON.parse(JSON.stringify(folded(story.slice(0, at)))) as PtyDigest;
      expect(folded(story.slice(at), half, at + 1)).toEqual(whole);
    }
  });

  test.each([
    [
      { type: 'pty.lost', reason: 'killed' },
      { by: 'lost', reason: 'killed' },
    ],
    [
      { type: 'pty.openFailed', code: 'X', message: 'no' },
      { by: 'openFailed', reason: 'no' },
    ],
  ] as const)('has the hash of what there was, whatever the end', (event, end) => {
    const { output, end: told } = folded([...story.slice(0, 5), event]);
    expect([output.sha256, told]).toEqual([sha256(bytes('hello ')), end]);
  });

  test('counts a command by any name, and one that was never started', () => {
    for (const commandId of ['__proto__', 'constructor', 'toString', '\uD800']) {
      const end: PtyEvent = { type: 'command.end', commandId, outcome: 'completed', offset: 0 };
      const begun = folded([{ type: 'command.start', commandId, command: 'make' }]);
      expect(Object.keys(begun.commands.open).every((key) => key !== '__proto__' && key.isWellFormed())).toBe(
        true,
      );
      expect(folded([end], begun, 2).commands, commandId).toMatchObject({ totalMs: 10, open: {} });
      expect(folded([end]).commands, commandId).toMatchObject({ totalMs: 0, longestMs: 0, open: {} });
    }
  });

  test('stays small, however many marks, codes and commands', () => {
    const events: PtyEvent[] = [];
    for (let i = 0; i < 2000; i++) {
      events.push({ type: 'pty.mark', label: `label ${i}` });
      events.push({ type: 'command.start', commandId: `c${i}`, command: 'x' });
      events.push({ type: 'command.end', commandId: `c${i}`, outcome: 'completed', exitCode: i, offset: 0 });
    }
    const all = folded(events);
    expect(JSON.stringify(all).length).toBeLessThan(16 * 1024);
    expect(all.marks.count).toBe(2000);
    expect(Object.values(all.commands.byExitCode).reduce((sum, n) => sum + n)).toBe(2000);
  });
});

describe('SHA-256', () => {
  test.each([0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 100_000])(
    'of %i bytes is right',
    (length) => {
      const all = Uint8Array.from({ length }, (_, i) => i * 7);
      expect(hashOf(hashed(startHash, all))).toBe(sha256(all));
    },
  );

  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
  test(`is the same in pieces (SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let round = 0; round < 50; round++) {
      const all = random.bytes(random.between(0, 1000));
      let state = startHash;
      for (let at = 0; at < all.length;) {
        const length = random.between(1, 100);
        state = hashed(state, all.subarray(at, at + length));
        at += length;
      }
      expect(hashOf(state)).toBe(sha256(all));
    }
  });
});

describe('coalescing (B2)', () => {
  const output = (offset: number, text: string): PtyEvent => ({
    type: 'pty.output',
    offset,
    bytes: bytes(text),
  });

  test('joins outputs that follow on each other', () => {
    expect(coalesce(output(0, 'ab'), output(2, 'c'))).toEqual(output(0, 'abc'));
  });

  test('joins nothing else', () => {
    const full = output(0, 'x'.repeat(outputFactBytesMax));
    expect(coalesce(output(0, 'ab'), output(3, 'c'))).toBeUndefined();
    expect(coalesce(full, output(outputFactBytesMax, 'c'))).toBeUndefined();
    expect(coalesce<PtyEvent>(output(0, 'ab'), { type: 'pty.mark', label: '' })).toBeUndefined();
    const input: PtyEvent = { type: 'pty.input', bytes: bytes('a') };
    expect(coalesce(input, input)).toBeUndefined();
  });
});

describe('the vocabulary', () => {
  test('accepts every event of the story, and fields it does not name', () => {
    for (const event of story) {
      expect(Compile(vocabulary[event.type]).Check({ ...event, more: 1 }), event.type).toBe(true);
    }
  });

  test.each([
    [{ type: 'pty.open' }],
    [{ type: 'pty.open', command: '' }],
    [{ type: 'pty.resize', cols: 0, rows: 1 }],
    [{ type: 'pty.resize', cols: 70_000, rows: 1 }],
    [{ type: 'pty.signal', signal: 'kill -9' }],
    [{ type: 'command.end', commandId: 'a', outcome: 'timedOut', offset: 0 }],
    [{ type: 'pty.hidden', ranges: [] }],
    [{ type: 'pty.output', offset: 0, bytes: 'text' }],
    [{ type: 'pty.input' }],
  ] as const)('refuses %o', (event) => {
    expect(Compile(vocabulary[event.type]).Check(event)).toBe(false);
  });

  test('has no place for secrets', () => {
    expect(Object.keys(vocabulary['pty.open'].properties)).not.toContain('secretEnv');
  });

  test('names what only the driver says, and what moves nothing', () => {
    for (const type of [...driverTypes, ...passiveTypes]) expect(vocabulary).toHaveProperty([type]);
  });
});
