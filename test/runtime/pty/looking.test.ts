/** Looking at a live session: its screen, waits, attached terminals, recordings, and what it answers. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import type { Pty, PtyOpen, Troupe } from '../../../runtime/index.ts';
import { ended, openSession, printed } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

let troupe: Troupe;
beforeAll(async () => {
  troupe = await openTroupe({ journal: { kind: 'memory' } });
});
afterAll(async () => troupe.close());

async function opened(options: PtyOpen): Promise<Pty> {
  const session = await openSession(troupe, { cols: 40, rows: 6, ...options });
  onTestFinished(async () => session.close());
  return session;
}

/** A script that is the whole session. */
const script = async (text: string): Promise<Pty> => opened({ command: 'sh', args: ['-c', text] });

async function replies(session: Pty): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { event } of session.history({ types: ['pty.input'] })) {
    if (event.via === 'reply') found.push(Buffer.from(event.bytes).toString());
  }
  return found;
}

test('a screen shows what the session printed, now and at an earlier fact', async () => {
  const session = await opened({ shell: 'sh' });
  const { seqTo } = await session.exec("printf '\\033[2J\\033[H\\033]0;work\\007one\\n'");
  const first = await session.screen();
  expect([first.lines[0], first.title, first.cols, first.rows]).toEqual(['one', 'work', 40, 6]);
  await session.exec("printf '\\033[2J\\033[Htwo\\n'");
  expect((await session.screen()).lines[0]).toBe('two');
  expect((await session.screen({ at: seqTo })).lines[0]).toBe('one');
});

test('a wait ends with the screen that shows what was waited for', async () => {
  const session = await script('printf "name? "; read name; echo "hello $name"; read more');
  const asked = await session.waitFor({ text: 'name? ', cursor: { x: 6, y: 0 } });
  await session.write('Ada\n');
  const { lines } = await session.waitFor({ pattern: /^hello \w+$/m }, { after: asked.seq });
  expect(lines.slice(0, 2)).toEqual(['name? Ada', 'hello Ada']);
  await expect(session.waitFor({ text: 'never' }, { timeoutMs: 1 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    details: { screen: { seq: expect.any(Number) as number } },
  });
  await session.write('\n');
  await session.waitFor({ exit: true });
});

test('a timeout of a command carries the screen', async () => {
  const session = await opened({ shell: 'sh' });
  const running = session.exec('echo asking; read answer', { commandId: 'ask' });
  await session.waitFor({ pattern: /^asking$/m });
  const late = await session.exec('echo asking; read answer', { commandId: 'ask', timeoutMs: 1 });
  expect([late.outcome, late.screen?.lines.includes('asking')]).toEqual(['timedOut', true]);
  await session.write('\n');
  expect((await running).screen).toBeUndefined();
});

test('an attached terminal gets a repaint and what follows; a recording has both', async () => {
  const session = await script('echo before; read a; echo after; exit 3');
  await session.waitFor({ text: 'before' });
  const parts: string[] = [];
  for await (const part of session.attach()) {
    if (part.kind === 'repaint') await session.write('x\n');
    parts.push('bytes' in part ? `${part.kind} ${Buffer.from(part.bytes).toString()}` : part.kind);
  }
  expect(parts[0]).toMatch(/^repaint .*before/s);
  expect(parts.slice(1, -1).join('')).toMatch(/^output x\r\n.*after\r\n$/s);
  expect(parts.at(-1)).toBe('exit');
  const lines: unknown[] = [];
  for await (const line of session.recording('asciicast-v3')) lines.push(JSON.parse(line));
  expect(lines[0]).toMatchObject({ version: 3, term: { cols: 40, rows: 6 } });
  expect((lines as [number, string, string][]).slice(1).map(([, code]) => code)).toEqual(
    expect.arrayContaining(['o', 'i', 'x']),
  );
});

test('keys and pastes are sent in the form that the program asked for', async () => {
  const session = await script(
    "printf '\\033[?1;2004hon'; read a; printf '\\033[?1l\\033[?2004loff'; exec cat",
  );
  const { seq } = await session.waitFor({ text: 'on' });
  await session.keys('Up');
  await session.paste('text');
  // As the line discipline echoes them.
  await session.waitFor({ text: '^[OA^[[200~text^[[201~' }, { after: seq });
  await session.paste('plain', { bracketed: false });
  await session.write('\n');
  const off = await session.waitFor({ text: 'off' });
  await session.keys('Up');
  await session.paste('text');
  await session.waitFor({ text: '^[[Atext' }, { after: off.seq });
});

const asking = "stty raw -echo; printf 'ab\\033[6n\\r\\nmore\\033[?2004$p\\033[c'; head -c 24 | od -An -c";

test('a program that asks its terminal is answered once, in order, by the screen at that byte', async () => {
  const session = await script(`${asking}; exit`);
  await ended(session);
  // Row 1, column 3; bracketed paste is off; then what kind of terminal it is.
  expect(await replies(session)).toEqual(['\u001B[1;3R', '\u001B[?2004;2$y', '\u001B[?1;2c']);
});

test('while a terminal that answers is attached the session does not, and then it does again', async () => {
  const session = await script(
    "stty raw -echo; printf ready; head -c 1; printf '\\033[c'; head -c 7; printf '\\033[5n'; head -c 4",
  );
  await session.waitFor({ text: 'ready' });
  for await (const part of session.attach({ answers: true })) {
    if (part.kind === 'repaint') await session.write('!');
    const text = part.kind === 'output' ? Buffer.from(part.bytes).toString() : '';
    if (text.includes('\u001B[c')) break;
  }
  expect(await replies(session)).toEqual([]);
  await session.write('\u001B[?62c\n');
  await ended(session);
  expect(await replies(session)).toEqual(['\u001B[0n']);
});

test('a flood of questions that nobody reads the answers of leaves the session alive', async () => {
  const session = await script(
    "stty raw -echo; i=0; while [ $i -lt 3000 ]; do printf '\\033[5n\\033[6n'; i=$((i+1)); done; " +
      'echo over; exec sleep 1000',
  );
  await printed(session, /over/);
  await session.kill('SIGTERM');
  await ended(session);
  expect((await session.digest()).seal?.cause).toBe('exited');
});

test('names of options that are none are refused before anything is looked at', async () => {
  const session = troupe.pty('nobody');
  const misspelt = { cels: true, folow: true } as object;
  const asked = {
    screen: session.screen(misspelt),
    attach: session.attach(misspelt).next(),
    recording: session.recording('asciicast-v3', misspelt).next(),
    output: session.output(misspelt).next(),
  };
  for (const [name, answer] of Object.entries(asked)) {
    const refusal = { code: 'INVALID_OPTION', details: { option: 'cels' } };
    await expect(answer, name).rejects.toMatchObject(refusal);
  }
});
