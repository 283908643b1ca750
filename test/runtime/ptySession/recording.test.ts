/**
 * Recordings (W4): lines of both formats by hand, and played by asciinema's own player, whose core reads the
 * file, keeps its time and says what to show.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { recording, recordingFormats } from '../../../runtime/ptySession/recording.ts';
import type { RecordingFormat, RecordingOptions } from '../../../runtime/ptySession/recording.ts';
import { Emulator } from '../../../runtime/ptySession/emulator.ts';
import { screenOf } from '../../../runtime/ptySession/screenOf.ts';
import type { Screen } from '../../../runtime/ptySession/screenOf.ts';
import { fixtures, newScreens, openSession, recorded, replay } from './kit.ts';
import type { Session } from './kit.ts';

async function linesOf(
  session: Session,
  format: RecordingFormat,
  options: RecordingOptions = {},
): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of recording(session, format, options)) lines.push(line);
  return lines;
}

async function played(): Promise<Session> {
  const session = await openSession({ cols: 40, rows: 10 });
  const { clock } = session;
  clock.advance(100);
  await session.print(Buffer.from('日').subarray(0, 2));
  clock.advance(150);
  await session.print(Buffer.concat([Buffer.from('日').subarray(2), Buffer.from('a')]));
  await session.tell({ type: 'pty.input', bytes: Buffer.from('ls\r') });
  clock.advance(1000);
  await session.tell({ type: 'pty.hidden', ranges: [[4, 7]] });
  await session.print('HIDb');
  await session.tell({ type: 'pty.resize', cols: 50, rows: 12 });
  await session.tell({ type: 'pty.mark', label: 'a mark' });
  clock.advance(750);
  await session.tell({ type: 'command.start', commandId: 'c1', command: 'make' });
  await session.print(Buffer.from([0xff]));
  await session.tell({ type: 'pty.exit', code: 3, signal: null });
  return session;
}

const v2 = [
  { version: 2, width: 40, height: 10, timestamp: 1000, title: 'a title' },
  [0.25, 'o', '日a'],
  [0.25, 'i', 'ls\r'],
  [1.25, 'o', 'b'],
  [1.25, 'r', '50x12'],
  [1.25, 'm', 'a mark'],
  [2, 'i', 'make\n'],
  [2, 'o', '\uFFFD'],
];

const v3 = [
  { version: 3, term: { cols: 40, rows: 10 }, timestamp: 1000, title: 'a title' },
  [0.25, 'o', '日a'],
  [0, 'i', 'ls\r'],
  [1, 'o', 'b'],
  [0, 'r', '50x12'],
  [0, 'm', 'a mark'],
  [0.75, 'i', 'make\n'],
  [0, 'o', '\uFFFD'],
  [0, 'x', '3'],
];

test.each([
  ['asciicast-v2', v2],
  ['asciicast-v3', v3],
] as const)('%s tells everything, line by line', async (format, expected) => {
  const lines = await linesOf(await played(), format, { title: 'a title' });
  expect(lines.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(expected);
});

test('a session that is live gives what it has, with a character that is not whole yet', async () => {
  const session = await openSession();
  await session.print(Buffer.from('a日').subarray(0, 3));
  const lines = await linesOf(session, 'asciicast-v2');
  expect(lines.slice(1)).toEqual(['[0,"o","a"]\n', '[0,"o","\uFFFD"]\n']);
});

test('a live recording goes on to the end of its session, and is the same as one made then', async () => {
  const session = await openSession();
  await session.print('before');
  const lines = recording(session, 'asciicast-v3', { live: true });
  const told = [(await lines.next()).value, (await lines.next()).value];
  await session.print('after');
  await session.tell({ type: 'pty.exit', code: 0, signal: null });
  for await (const line of lines) told.push(line);
  expect(told).toEqual(await linesOf(session, 'asciicast-v3'));
  expect(told.at(-1)).toBe('[0,"x","0"]\n');
});

test('a signal ends a recording, and other formats are refused', async () => {
  const session = await openSession();
  const signal = AbortSignal.abort();
  await expect(linesOf(session, 'asciicast-v2', { signal })).rejects.toMatchObject({ code: 'ABORTED' });
  const gif = linesOf(session, 'gif' as RecordingFormat);
  await expect(gif).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  const nobody = recording(session.nobody, 'asciicast-v2').next();
  await expect(nobody).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

// The player ----------------------------------------------------------------------------------------------

interface Core {
  init(): Promise<void>;
  terminalReady(): void;
  seek(where: number | string): Promise<unknown>;
  addEventListener(name: string, listener: (event: unknown) => void): void;
}
type Size = { readonly cols: number; readonly rows: number };
type CoreOf = new (source: unknown, options: unknown) => Core;

const dist = new URL('../../../node_modules/asciinema-player/dist/', import.meta.url);

/** The part of the player that needs no page; its file has a hash in its name. */
async function playerCore(): Promise<CoreOf> {
  const file = readdirSync(dist).find((name) => /^core-.*\.js$/.test(name));
  const { C } = (await import(new URL(file ?? 'none', dist).href)) as { C: CoreOf };
  return C;
}

const silent = { log: () => undefined, debug: () => undefined, info: () => undefined };
const logger = { ...silent, warn: () => undefined, error: (...said: unknown[]) => console.error(...said) };

/** What the player has a terminal show when it stands at the end of the file; where its marks are. */
async function shownByPlayer(
  lines: readonly string[],
): Promise<{ readonly screen: Screen; readonly marks: unknown }> {
  const source = { driver: 'recording', data: () => new Response(lines.join('')) };
  const core = new (await playerCore())(source, { logger, speed: 1, preload: true });
  const terminal = await Emulator.open({ cols: 1, rows: 1 });
  let shown = Promise.resolve();
  let marks: unknown;
  const resized = ({ cols, rows }: Size): void => {
    shown = shown.then(() => terminal.resize(cols, rows));
  };
  core.addEventListener('reset', (event) => resized((event as { size: Size }).size));
  core.addEventListener('resize', (event) => resized(event as Size));
  core.addEventListener('output', (event) => {
    const bytes = Buffer.from([event as string | string[]].flat().join(''));
    shown = shown.then(async () => terminal.feed(bytes));
  });
  core.addEventListener('metadata', (event) => ({ markers: marks } = event as { markers: unknown }));
  core.addEventListener('error', (event) => expect.unreachable(JSON.stringify(event)));
  core.terminalReady();
  await core.init();
  await core.seek('100%');
  await shown;
  return { screen: screenOf(terminal, 0), marks };
}

describe.each(recordingFormats)('%s plays in asciinema', (format) => {
  test.each(fixtures)('%s: it comes to the screens of the session', async (name) => {
    const facts = recorded(name);
    const session = await openSession();
    // Before its last words, which clear the screen.
    await replay(session, facts.slice(0, -3));
    const { seq: _, ...expected } = await newScreens().screen(session);
    expect((await shownByPlayer(await linesOf(session, format))).screen).toMatchObject(expected);
    await replay(session, facts.slice(-3));
    const { seq: __, ...last } = await newScreens().screen(session);
    expect((await shownByPlayer(await linesOf(session, format))).screen).toMatchObject(last);
  });

  test('marks are where they were set', async () => {
    const session = await openSession();
    await replay(session, recorded('board'));
    expect((await shownByPlayer(await linesOf(session, format))).marks).toEqual([[0.814, 'the last turn']]);
  });
});
