/**
 * Attaching (W8): a repaint and then the raw output, without a gap, is what a terminal needs.
 */
import { expect, test } from 'vitest';
import { attach } from '../../../runtime/ptySession/attach.ts';
import type { Attached } from '../../../runtime/ptySession/attach.ts';
import { Emulator } from '../../../runtime/ptySession/emulator.ts';
import { screenOf } from '../../../runtime/ptySession/screenOf.ts';
import type { Notification } from '../../../runtime/notification.ts';
import { following } from '../../../runtime/ptySession/sessionFacts.ts';
import { fixtures, newScreens, openSession, recorded, replay } from './kit.ts';

/** A client's terminal. */
async function apply(emulator: Emulator, part: Attached): Promise<void> {
  if (part.kind === 'repaint' || part.kind === 'resize') emulator.resize(part.cols, part.rows);
  if (part.kind === 'repaint' || part.kind === 'output') await emulator.feed(part.bytes);
}

test.each(fixtures)('%s: a terminal attached in the middle shows what the session shows', async (name) => {
  const facts = recorded(name);
  const middle = Math.floor(facts.length / 2);
  const session = await openSession();
  const screens = newScreens();
  await replay(session, facts.slice(0, middle));
  const terminal = await Emulator.open({ cols: 10, rows: 5 });
  await terminal.feed(Buffer.from('what was there before\u001b[?1049h'));
  const parts = attach(session, screens);
  const first = await parts.next();
  if (first.done === true) throw new Error('a repaint is the first part');
  expect(first.value.kind).toBe('repaint');
  await apply(terminal, first.value);
  const then = await screens.screen(session);
  expect(screenOf(terminal, then.seq)).toEqual(then);
  await replay(session, facts.slice(middle));
  const kinds: string[] = [];
  for await (const part of parts) {
    await apply(terminal, part);
    kinds.push(part.kind);
  }
  expect(kinds.at(-1)).toBe('exit');
  const now = await screens.screen(session);
  expect(screenOf(terminal, now.seq)).toEqual(now);
});

test('what is printed while a client attaches is told once, in order, without what is hidden', async () => {
  const session = await openSession({ cols: 20, rows: 3 });
  await session.print('0');
  const parts = attach(session, newScreens());
  const first = parts.next();
  await session.print('1');
  await session.print('2');
  await session.tell({ type: 'pty.hidden', ranges: [[4, 5]] });
  await session.print('3X4');
  await session.tell({ type: 'pty.exit', code: 0, signal: null });
  const repaint = await first;
  if (repaint.done === true || repaint.value.kind !== 'repaint')
    throw new Error('a repaint is the first part');
  const terminal = await Emulator.open({ cols: 20, rows: 3 });
  await apply(terminal, repaint.value);
  let last = repaint.value.seq;
  for await (const part of parts) {
    expect(part.seq).toBeGreaterThan(last);
    last = part.seq;
    await apply(terminal, part);
  }
  expect(screenOf(terminal, 0).lines).toEqual(['01234', '', '']);
});

test('a session that has ended gives its last screen, and ends', async () => {
  const session = await openSession({ cols: 20, rows: 3 });
  await session.print('bye');
  await session.tell({ type: 'pty.exit', code: 0, signal: null });
  const kinds: string[] = [];
  for await (const { kind } of attach(session, newScreens())) kinds.push(kind);
  expect(kinds).toEqual(['repaint']);
});

test('the signal of a client ends its attachment', async () => {
  const session = await openSession();
  const ended = new AbortController();
  const parts = attach(session, newScreens(), { signal: ended.signal });
  await parts.next();
  const next = parts.next();
  ended.abort();
  await expect(next).rejects.toMatchObject({ code: 'ABORTED' });
});

test('a session that never was opened cannot be attached to', async () => {
  const { nobody } = await openSession();
  await expect(attach(nobody, newScreens()).next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a client that was too slow for the subscription misses no byte', async () => {
  const session = await openSession({ cols: 20, rows: 3 });
  const parts = attach(session, newScreens());
  await parts.next();
  const first = parts.next();
  await session.print('first');
  await first;
  // It reads on only after all of this: more than a subscriber's backlog holds.
  const printed = Array.from({ length: 40 }, (_, i) => `${i} `.repeat(16_000));
  const next = parts.next();
  for (const text of printed) await session.print(text);
  await session.tell({ type: 'pty.exit', code: 0, signal: null });
  const told: string[] = [];
  for (let part = await next; part.done !== true; part = await parts.next()) {
    if (part.value.kind === 'output') told.push(Buffer.from(part.value.bytes).toString());
  }
  expect(told.join('')).toBe(printed.join(''));
});

test('instead of a reset there are the facts that it stands for', async () => {
  const session = await openSession({ cols: 20, rows: 3 });
  const { seq: after } = await newScreens().screen(session);
  await session.print('one ');
  const to = await session.print('two ');
  await session.tell({ type: 'pty.exit', code: 0, signal: null });
  const { address } = session;
  const reset = { seq: to, state: [], tags: [] };
  async function* tooSlow(): AsyncGenerator<Notification> {
    yield { address, from: after + 1, to, facts: [], state: [], tags: [], sealed: false, reset };
    yield* session.subscribe({ after: to });
  }
  const told: (string | number)[] = [];
  for await (const { facts } of following({ ...session, subscribe: tooSlow }, after)) {
    for (const { seq, event } of facts) told.push(seq, event.type);
  }
  const last = [to + 1, 'pty.exit'];
  expect(told).toEqual([to - 1, 'pty.output', to, 'pty.output', ...last]);
});
