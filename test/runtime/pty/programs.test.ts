/**
 * What people run in a session, in every shell: programs that draw and read, other shells, other prompts,
 * narrow screens. While one runs its command is not over; when it ends it is, and the next one runs.
 */
import { mkdirSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import type { ExecResult, Pty, PtyOpen, Troupe } from '../../../runtime/index.ts';
import { foreground, isHere, newFolder, openSession, programs, textOf } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

let troupe: Troupe;
beforeAll(async () => {
  troupe = await openTroupe({ journal: { kind: 'memory' } });
});
afterAll(async () => troupe.close());

async function opened(program: string, options: PtyOpen = {}): Promise<Pty> {
  const session = await openSession(troupe, { command: program, cols: 100, ...options });
  onTestFinished(async () => session.close());
  return session;
}

const endOf = ({ outcome, exitCode }: ExecResult): string => `${outcome} ${exitCode}`;

/** It is not over; nor is it by itself. */
async function expectBusy(session: Pty): Promise<void> {
  expect((await session.snapshot()).tags).toEqual(['busy']);
  expect((await session.digest()).digest.commands.byOutcome).toEqual({});
}

describe.each(programs.filter(isHere))('%s', (program) => {
  test.skipIf(!isHere('vim'))('waits for vim, which draws, takes keys and writes', async () => {
    const session = await opened(program);
    const file = join(newFolder(), 'text');
    writeFileSync(file, 'first\n');
    const running = session.exec(`vim --clean -n ${file}`);
    await session.waitFor({ text: 'first', pattern: /All$/m });
    await expectBusy(session);
    expect((await session.screen()).alternate).toBe(true);
    await session.write('o');
    await session.waitFor({ text: '-- INSERT --', cursor: { x: 0, y: 1 } });
    await session.write('second');
    await session.waitFor({ pattern: /^second$/m, cursor: { x: 6, y: 1 } });
    await session.keys('Escape');
    await session.waitFor({ cursor: { x: 5, y: 1 } });
    await session.write(':wq\r');
    expect(endOf(await running)).toBe('completed 0');
    expect(readFileSync(file, 'utf8')).toBe('first\nsecond\n');
    expect((await session.screen()).alternate).toBe(false);
  });

  test.skipIf(!isHere('less'))('waits for less, whose cursor keys are those it asked for', async () => {
    const session = await opened(program, { rows: 10 });
    const file = join(newFolder(), 'long');
    writeFileSync(file, Array.from({ length: 50 }, (_, i) => `line ${i + 1}.\n`).join(''));
    const running = session.exec(`less ${file}`);
    const { seq } = await session.waitFor({ text: 'line 9.' });
    await session.keys('Down');
    await session.waitFor({ text: 'line 10.' }, { after: seq });
    await expectBusy(session);
    await session.write('q');
    expect(endOf(await running)).toBe('completed 0');
  });

  test.skipIf(!isHere('python3'))('waits for a Python at its own prompt', async () => {
    const session = await opened(program);
    const running = session.exec('python3 -q');
    const { seq } = await session.waitFor({ text: '>>> ' });
    await session.write('6 * 7\r');
    await session.waitFor({ pattern: /^42$/m }, { after: seq });
    await expectBusy(session);
    await session.write('exit(5)\r');
    expect(endOf(await running)).toBe('completed 5');
  });

  test('waits for a shell in the shell', async () => {
    const session = await opened(program, { env: { HOME: newFolder(), PS1: 'outer> ' } });
    const running = session.exec("PS1='inner> ' sh");
    // Not the line that was typed, which has it too.
    await session.waitFor({ pattern: /^inner> /m });
    await session.write('echo in $((40 + 2))\n');
    await session.waitFor({ pattern: /^in 42$/m });
    await expectBusy(session);
    await session.write('exit 6\n');
    expect(endOf(await running)).toBe('completed 6');
    expect(endOf(await session.exec('true'))).toBe('completed 0');
  });

  test.skipIf(program === 'dash')('has nothing in its history but what was typed', async () => {
    const session = await opened(program);
    await session.exec('echo one');
    await session.exec('echo two');
    const list = program === 'zsh' ? 'fc -l 1' : 'history';
    const { text } = await session.exec(list);
    expect(text).toContain('echo one');
    expect(text).toContain('echo two');
    expect(await textOf(session)).not.toMatch(/7737|__troupe/);
  });

  test.each([10, 20, 40])('ends rightly on %d columns', async (cols) => {
    const session = await opened(program, { cols });
    const command = `echo ${'long '.repeat(30)}; sh -c 'exit 4'`;
    expect(endOf(await session.exec(command))).toBe('completed 4');
    expect(await textOf(session)).not.toContain('7737;');
  });

  test('ends once, whatever its size becomes and however often it is drawn', async () => {
    const session = await opened(program);
    const running = session.exec('head -n 1');
    await foreground(session, 'head');
    for (const cols of [20, 200, 61]) await session.resize(cols, 30);
    await session.write('enough\n');
    expect(endOf(await running)).toBe('completed 0');
    for (const cols of [20, 200, 61]) await session.resize(cols, 30);
    if (program !== 'dash') await session.keys('Ctrl+L');
    expect(endOf(await session.exec("sh -c 'exit 8'"))).toBe('completed 8');
    const { byOutcome, started } = (await session.digest()).digest.commands;
    expect([started, byOutcome]).toEqual([2, { completed: 2 }]);
  });

  test("ends rightly at the user's own prompt, of several lines and colours", async () => {
    const home = newFolder();
    writeFileSync(join(home, '.bashrc'), `PS1='\\[\\e[32m\\]-- \\w --\\[\\e[0m\\]\\n\\$ '\n`);
    writeFileSync(join(home, '.zshrc'), `PROMPT=$'%F{green}-- %~ --%f\\n%# '\n`);
    writeFileSync(join(home, '.profile'), '');
    mkdirSync(join(home, '.config/fish'), { recursive: true });
    const prompt = 'function fish_prompt\n  set_color green\n  echo -- -- (pwd) --\n  echo "> "\nend\n';
    writeFileSync(join(home, '.config/fish/config.fish'), prompt);
    const session = await opened(program, { env: { HOME: home, PS1: '-- sh --\n$ ' } });
    expect(endOf(await session.exec("sh -c 'exit 2'"))).toBe('completed 2');
    expect(endOf(await session.exec('echo hello'))).toBe('completed 0');
    expect(await textOf(session)).toMatch(/-- .* --/);
  });
});
