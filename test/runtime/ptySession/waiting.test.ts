/**
 * Waiting for what a session shows (W2): at once, by output, and by a clock that the test moves.
 */
import { describe, expect, test } from 'vitest';
import { waitFor } from '../../../runtime/ptySession/waiting.ts';
import type { WaitOptions } from '../../../runtime/ptySession/waiting.ts';
import type { WaitCondition } from '../../../runtime/ptySession/watch.ts';
import { newScreens, openSession } from './kit.ts';
import type { Session } from './kit.ts';

const size = { cols: 20, rows: 4 };

async function waiting(
  session: Session,
  condition: WaitCondition,
  options: WaitOptions = {},
): Promise<{ readonly line: string; readonly seq: number }> {
  const { lines, cursor, seq } = await waitFor(session, newScreens(), condition, options);
  return { line: lines[cursor.y] ?? '', seq };
}

describe('what is shown already is met at once', () => {
  test.each<[string, WaitCondition]>([
    ['a text', { text: 'READY' }],
    ['a pattern', { pattern: /^re.dy> $/im }],
    ['a pattern that remembers its last match', { pattern: /READY/g }],
    ['a text that wraps', { text: 'a long line that wraps' }],
    ['a blank that was printed', { text: 'READY> ' }],
    ['the cursor', { cursor: { x: 7, y: 3 } }],
    ['the cursor in a column', { cursor: { x: 7 } }],
    ['several', { text: 'READY', cursor: { y: 3 } }],
  ])('%s', async (_, condition) => {
    const session = await openSession(size);
    const seq = await session.print('one\r\na long line that wraps\r\nREADY> ');
    expect(await waiting(session, condition)).toEqual({ line: 'READY>', seq });
  });
});

test('what is not shown yet is met by the output that shows it', async () => {
  const session = await openSession(size);
  await session.print('wait\r\n');
  const met = waiting(session, { text: 'DONE' });
  await session.print('DO');
  const seq = await session.print('NE');
  expect(await met).toEqual({ line: 'DONE', seq });
});

test('a line that only passes is seen, in a flood and before a clear', async () => {
  const session = await openSession(size);
  const flood = waiting(session, { text: 'needle 1' });
  const cleared = waiting(session, { pattern: /needle 2/ });
  const hay = 'hay\r\n'.repeat(1000);
  await session.print(`${hay}needle 1\r\n${hay}`);
  await flood;
  await session.print('needle 2\r\n');
  await session.print('\u001b[H\u001b[2J');
  await cleared;
});

describe('with `after` only what came behind it counts', () => {
  async function after(before: string, output: string, condition: WaitCondition): Promise<string> {
    const session = await openSession(size);
    const seq = await session.print(before);
    const met = waiting(session, condition, { after: seq });
    await session.print(output);
    await session.print('#');
    await session.tell({ type: 'pty.exit', code: 0, signal: null });
    return met.then(
      ({ line }) => line,
      (error: unknown) => (error as { code: string }).code,
    );
  }

  test.each<[string, string, string, WaitCondition, string]>([
    ['a text that stood there', '$ ls', '\r\nfile', { text: '$ ' }, 'SEALED'],
    ['the same once more', '$ ls', '\r\nfile\r\n$ ', { text: '$ ' }, '$'],
    ['the rest of a line', 'REA', 'DY', { text: 'READY' }, 'SEALED'],
    ['what is typed behind the prompt', '$ ', 'echo', { pattern: /^echo/ }, '$ echo'],
    ['the same after much else', '$ ', `${'x\r\n'.repeat(300)}$ `, { text: '$ ' }, '$'],
    ['the same after a clear', '$ ls', '\u001b[2J\u001b[H$ ', { text: '$ ' }, '$'],
    ['a clear alone', '$ ls', '\u001b[2J\u001b[H', { text: '$ ' }, 'SEALED'],
    ['a line drawn above', 'a\r\nb\r\nc', '\u001b[1;1Hd', { text: 'd' }, 'd'],
    ['a line above that stood there', 'a\r\nb\r\nc', '\u001b[1;1Hd', { text: 'b' }, 'SEALED'],
    ['the alternate buffer', 'vi', '\u001b[?1049h\u001b[Hvi', { text: 'vi' }, 'vi'],
    ['back from it', 'vi\u001b[?1049hvim', '\u001b[?1049l', { text: 'vi' }, 'vi'],
    ['a row of a full screen', '\u001b[?1049h\u001b[Ha\r\nb', '\u001b[1;1Hc', { text: 'b' }, 'SEALED'],
    ['a new row of it', '\u001b[?1049h\u001b[Ha\r\nb', '\u001b[1;1Hc', { text: 'c' }, 'c'],
  ])('%s', async (_, before, output, condition, expected) => {
    expect(await after(before, output, condition)).toBe(expected);
  });

  test('what is recorded already is found', async () => {
    const session = await openSession(size);
    const before = await session.print('$ ');
    const seq = await session.print('ls\r\n$ ');
    await session.print('more');
    expect(await waiting(session, { text: '$ ' }, { after: before })).toMatchObject({ seq });
  });
});

test('a screen is stable when it has not changed for so long, whatever was printed', async () => {
  const session = await openSession(size);
  await session.print('spinner');
  session.clock.advance(60);
  const met = waiting(session, { stableMs: 100 });
  await session.clock.awaited(40);
  session.clock.advance(30);
  await session.print('\rspinner');
  session.clock.advance(9);
  await session.print('\rspinner');
  session.clock.advance(1);
  expect((await met).line).toBe('spinner');
});

test('a change of the screen begins its quiet anew', async () => {
  const session = await openSession(size);
  const met = waiting(session, { stableMs: 100 });
  await session.clock.awaited(100);
  session.clock.advance(90);
  await session.print('change');
  await session.clock.awaited(100);
  session.clock.advance(100);
  expect((await met).line).toBe('change');
});

test('a session is idle when nothing was printed for so long', async () => {
  const session = await openSession(size);
  const met = waiting(session, { idleMs: 100 });
  await session.clock.awaited(100);
  session.clock.advance(90);
  await session.print('\r');
  await session.clock.awaited(100);
  session.clock.advance(100);
  await met;
});

test('a quiet that is long enough already is met at once', async () => {
  const session = await openSession(size);
  const seq = await session.print('still');
  session.clock.advance(500);
  expect(await waiting(session, { stableMs: 500, idleMs: 400, text: 'still' })).toMatchObject({ seq });
});

test('with `after` quiet begins with that fact', async () => {
  const session = await openSession(size);
  await session.print('still');
  session.clock.advance(500);
  const seq = await session.tell({ type: 'pty.input', bytes: Buffer.from('x') });
  const met = waiting(session, { idleMs: 100 }, { after: seq });
  await session.clock.awaited(100);
  session.clock.advance(100);
  expect(await met).toMatchObject({ seq });
});

test('a timeout tells the screen', async () => {
  const session = await openSession(size);
  await session.print('hello');
  const met = waiting(session, { text: 'never' }, { timeoutMs: 1000 });
  await session.clock.awaited(1000);
  session.clock.advance(1000);
  await expect(met).rejects.toMatchObject({
    code: 'TIMEOUT',
    retryable: true,
    details: { screen: { lines: ['hello', '', '', ''] } },
  });
});

test('the end of a session is waited for, and ends every other wait', async () => {
  const session = await openSession(size);
  const exit = waiting(session, { exit: true });
  const text = waiting(session, { text: 'never' });
  const never = text.catch((error: unknown) => error);
  const quiet = waiting(session, { idleMs: 1000 });
  await session.print('bye');
  await session.tell({ type: 'pty.exit', code: 0, signal: null });
  expect((await exit).line).toBe('bye');
  const screen = { lines: ['bye', '', '', ''] };
  expect(await never).toMatchObject({ code: 'SEALED', details: { screen } });
  await quiet;
  expect((await waiting(session, { exit: true })).line).toBe('bye');
});

test('the signal of the caller ends a wait', async () => {
  const session = await openSession(size);
  const ended = new AbortController();
  const met = waiting(session, { text: 'never' }, { signal: ended.signal, timeoutMs: 10 });
  await session.clock.awaited(10);
  ended.abort();
  await expect(met).rejects.toMatchObject({ code: 'ABORTED' });
  await expect(waiting(session, { text: 'x' }, { signal: ended.signal })).rejects.toMatchObject({
    code: 'ABORTED',
  });
});

test('what cannot be waited for is refused', async () => {
  const session = await openSession(size);
  await expect(waiting(session, {})).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  const misspelt = { txt: 'x' } as WaitCondition;
  await expect(waiting(session, misspelt)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  const { now, wait } = session;
  const nobody = waitFor({ ...session.nobody, now, wait }, newScreens(), { text: 'x' });
  await expect(nobody).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
