/**
 * Screens (W1): of recorded programs as they were seen in a terminal, of any place in a history, and what it
 * costs to look again.
 */
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../actors/fact.ts';
import { emulatorsMax } from '../../../runtime/ptySession/limits.ts';
import { fixtures, newScreens, openSession, recorded, replay, shownBy } from './kit.ts';
import type { Fixture, Session } from './kit.ts';

/** Written down by hand, after looking at each in a terminal; blank rows at the end are left out. */
const golden: Readonly<Record<Fixture, { readonly last: number; readonly lines: readonly string[] }>> = {
  // The last screen before `q`.
  board: {
    last: -3,
    lines: [
      'top-like  turn 4',
      '',
      'CPU0 [||||||||||||||||||||          ]',
      'CPU1 [|||||||||||||||||||||||||||   ]',
      'CPU2 [||||                          ]',
      'CPU3 [|||||||||||                   ]',
      '',
      'NAME          CPU%     MEM',
      'worker0        4.0       4',
      'worker1        7.7     104',
      'worker2        2.4     204',
      'worker3        6.1     304',
      'worker4        0.8     404',
      'worker5        4.5     504',
      'worker6        8.2     604',
      'worker7        2.9     704',
      '',
      'q quits · naïve 日本',
    ],
  },
  less: {
    last: -3,
    lines: [
      '23: snail mail snail mail snail mail snail mail snail mail',
      '24: snail mail snail mail snail mail snail mail snail mail snail mail',
      '25: snail mail snail mail snail mail snail mail snail mail snail mail snail mail',
      '26: snail mail snail mail snail mail snail mail snail mail snail mail snail mail',
      ' snail mail',
      '27: snail mail snail mail snail mail snail mail snail mail snail mail snail mail',
      ' snail mail snail mail',
      '28: snail mail',
      '29: snail mail snail mail',
      '30: snail mail snail mail snail mail',
      '31: snail mail snail mail snail mail snail mail',
      '32: snail mail snail mail snail mail snail mail snail mail',
      '33: snail mail snail mail snail mail snail mail snail mail snail mail',
      '34: snail mail snail mail snail mail snail mail snail mail snail mail snail mail',
      '35: snail mail snail mail snail mail snail mail snail mail snail mail snail mail',
      ' snail mail',
      '36: snail mail snail mail snail mail snail mail snail mail snail mail snail mail',
      ' snail mail snail mail',
      '37: snail mail',
      '38: snail mail snail mail',
      '39: snail mail snail mail snail mail',
      '40: snail mail snail mail snail mail snail mail',
      '41: snail mail snail mail snail mail snail mail snail mail',
      ':',
    ],
  },
  python: {
    last: 0,
    lines: [
      ...Array.from({ length: 16 }, (_, i) => `line ${14 + i}`),
      '>>> 1/0',
      'Traceback (most recent call last):',
      '  File "<stdin>", line 1, in <module>',
      'ZeroDivisionError: division by zero',
      '>>> "',
      'KeyboardInterrupt',
      '>>>',
    ],
  },
  vim: {
    last: -3,
    lines: [
      '  3 4: snail mail snail mail snail mail snail mail',
      '  4 5: snail mail snail mail snail mail snail mail snail mai',
      '    l',
      '  5 10: snail mail',
      '  6 11: snail mail snail mail',
      '  7 12: snail mail snail mail snail mail',
      '  8 13: snail mail snail mail snail mail snail mail',
      '  9 14: snail mail snail mail snail mail snail mail snail ma',
      '    il',
      ' 10 15: snail mail snail mail snail mail snail mail snail ma',
      '    il snail mail',
      ' 11 16: snail mail snail mail snail mail snail mail snail ma',
      '    il snail mail snail mail',
      'poem.txt [+]',
      'done 60',
    ],
  },
};

const cursors: Readonly<Record<Fixture, { x: number; y: number; visible: boolean }>> = {
  board: { x: 20, y: 17, visible: false },
  less: { x: 1, y: 23, visible: true },
  python: { x: 0, y: 23, visible: true },
  vim: { x: 4, y: 3, visible: true },
};

async function played(name: Fixture): Promise<Session> {
  const session = await openSession();
  await replay(session, recorded(name).slice(0, golden[name].last === 0 ? undefined : golden[name].last));
  return session;
}

/** Counts what is read of a session. */
function counting(session: Session): { readonly session: Session; readonly read: () => number } {
  let count = 0;
  async function* counted(facts: AsyncIterable<Fact>): AsyncGenerator<Fact> {
    for await (const fact of facts) {
      count++;
      yield fact;
    }
  }
  return {
    session: { ...session, history: (options) => counted(session.history(options)) },
    read: () => count,
  };
}

describe('the screen of a recorded program is what a terminal showed', () => {
  test.each(fixtures)('%s', async (name) => {
    const session = await played(name);
    const screen = await newScreens().screen(session);
    const lines = screen.lines.slice(0, screen.lines.findLastIndex((line) => line !== '') + 1);
    expect(lines).toEqual(golden[name].lines);
    expect(screen.lines).toHaveLength(screen.rows);
    expect(screen.cursor).toEqual(cursors[name]);
    expect(screen.alternate).toBe(name !== 'python');
  });
});

test('a screen tells title, size, modes and the fact it stands at', async () => {
  const session = await openSession({ cols: 20, rows: 4 });
  await session.print('\u001b]2;a title\u0007\u001b[?1h\u001b[?2004h\u001b[?1000h\u001b[?1006h\u001b[?25l');
  const seq = await session.tell({ type: 'pty.resize', cols: 30, rows: 5 });
  const screen = await newScreens().screen(session);
  expect(screen).toMatchObject({ seq, title: 'a title', cols: 30, rows: 5, alternate: false });
  expect(screen.cursor).toEqual({ x: 0, y: 0, visible: false });
  expect(screen.modes).toMatchObject({
    applicationCursor: true,
    bracketedPaste: true,
    mouse: 'vt200',
    mouseEncoding: 'SGR',
  });
});

test('cells tell their colours and widths', async () => {
  const { cells } = await shownBy(
    { cols: 10, rows: 2 },
    '\u001b[1;31mr\u001b[0m日\u001b[38;2;1;2;255;48;5;200;4;7mx',
  );
  expect(cells?.[0]?.slice(0, 5)).toEqual([
    { text: 'r', width: 1, fg: 1, bold: true },
    { text: '日', width: 2 },
    { text: '', width: 0 },
    { text: 'x', width: 1, fg: '#0102ff', bg: 200, underline: true, inverse: true },
    { text: '', width: 1 },
  ]);
});

test('what is hidden is not shown, told before its output or right behind it', async () => {
  const session = await openSession({ cols: 20, rows: 3 });
  await session.tell({ type: 'pty.hidden', ranges: [[2, 5]] });
  await session.print('abHID');
  await session.print('cdHIDef');
  await session.tell({ type: 'pty.hidden', ranges: [[7, 10]] });
  const { lines } = await newScreens().screen(session);
  expect(lines[0]).toBe('abcdef');
});

test('a second look reads only what is new', async () => {
  const { session, read } = counting(await played('vim'));
  const screens = newScreens();
  await screens.screen(session);
  const first = read();
  await session.print('\u001b[H\u001b[2Jnew');
  expect((await screens.screen(session)).lines[0]).toBe('new');
  expect(read()).toBe(first + 1);
});

test('looks at the same time do not get into each other', async () => {
  const session = await played('less');
  const screens = newScreens();
  const seqs = [9, undefined, 4, undefined, 12];
  const seen = await Promise.all(
    seqs.map(async (at) => screens.screen(session, at === undefined ? {} : { at })),
  );
  const last = seen[1]?.seq;
  expect(seen.map(({ seq }) => seq)).toEqual([9, last, 4, last, 12]);
  expect(seen[3]?.hash).toBe(seen[1]?.hash);
});

test('a screen of the past is what was shown then, before and after one of the present', async () => {
  const session = await openSession({ cols: 20, rows: 3 });
  const one = await session.print('one\r\n');
  const two = await session.print('two\r\n');
  const screens = newScreens();
  const at = async (seq: number): Promise<string> =>
    (await screens.screen(session, { at: seq })).lines.join();
  expect(await at(one)).toBe('one,,');
  expect((await screens.screen(session)).lines).toEqual(['one', 'two', '']);
  expect(await at(one)).toBe('one,,');
  expect(await at(two)).toBe('one,two,');
  await expect(at(two + 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a session without a history has no screen', async () => {
  const { nobody } = await openSession();
  await expect(newScreens().screen(nobody)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a look back at a long session begins at a checkpoint', async () => {
  const session = await openSession({ cols: 40, rows: 3 });
  const line = `${'x'.repeat(30)}\r\n`.repeat(2000);
  const seqs: number[] = [];
  for (let i = 0; i < 40; i++) seqs.push(await session.print(`${line}${i}\r\n`));
  const counted = counting(session);
  const screens = newScreens();
  await screens.screen(counted.session);
  const all = counted.read();
  const back = await screens.screen(counted.session, { at: seqs[36] ?? 0 });
  expect(back.lines.slice(0, 2)).toEqual(['x'.repeat(30), '36']);
  expect(counted.read() - all).toBeLessThan(20);
});

test('a session whose emulator had to go is shown as before, from its checkpoint', async () => {
  const { session, read } = counting(await played('board'));
  const screens = newScreens();
  const before = await screens.screen(session);
  const first = read();
  for (let i = 0; i < emulatorsMax; i++) await screens.screen({ ...session, address: `pty/other${i}` });
  const others = read();
  expect(others).toBe(first * (emulatorsMax + 1));
  const again = await screens.screen(session);
  expect(again).toEqual(before);
  expect(read()).toBe(others);
});
