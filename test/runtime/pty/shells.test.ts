/** Waited commands in real shells: how each ends, and that the next one runs all the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import type { ExecOptions, ExecResult, Pty, PtyOpen, Troupe } from '../../../runtime/index.ts';
import { foreground, isHere, newFolder, openSession, printed, programs, textOf } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

let troupe: Troupe;
beforeAll(async () => {
  troupe = await openTroupe({ journal: { kind: 'memory' } });
});
afterAll(async () => troupe.close());

async function opened(program: string, options: PtyOpen = {}): Promise<Pty> {
  const session = await openSession(troupe, { command: program, cols: 200, ...options });
  onTestFinished(async () => session.close());
  return session;
}

const ended = async (session: Pty, command: string, options?: ExecOptions): Promise<unknown> => {
  const { outcome, exitCode } = await session.exec(command, options);
  return exitCode === undefined ? outcome : `${outcome} ${exitCode}`;
};

/** Its last line as it was printed: what a terminal is told beside text is not looked at. */
const lastOf = ({ text }: ExecResult): string =>
  stripVTControlCharacters(text)
    .replaceAll('⏎', '')
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .findLast((line) => !/^[%#]?$/.test(line)) ?? '';

describe.each(programs.filter(isHere))('%s', (program) => {
  const isFish = program === 'fish';

  test('gives exit codes as they are', async () => {
    const session = await opened(program);
    for (const code of [0, 1, 2, 9, 126, 127, 130]) {
      expect(await ended(session, `sh -c 'exit ${code}'`)).toBe(`completed ${code}`);
    }
    expect(await ended(session, 'no-such-program-here')).toBe('completed 127');
    expect(lastOf(await session.exec('echo hello'))).toBe('hello');
    expect(lastOf(await session.exec('printf "no newline"'))).toMatch(/^no newline/);
    await session.exec('false');
    expect(lastOf(await session.exec(isFish ? 'echo $status' : 'echo $?'))).toBe('1');
  });

  test('ends a command that got a Ctrl-C as interrupted', async () => {
    const session = await opened(program);
    for (const command of ['sleep 1000', 'cat']) {
      const running = session.exec(command);
      await foreground(session, command.slice(0, 5).trim());
      await session.keys('Ctrl+C');
      expect(await running).toMatchObject({ outcome: 'interrupted', exitCode: 130 });
    }
    expect(lastOf(await session.exec('echo on'))).toBe('on');
  });

  test('tells incomplete input at once, and goes on with the next command', async () => {
    const session = await opened(program);
    const open = isFish
      ? [`echo 'open`, 'echo (', 'echo a \\', 'for i in 1 2', 'if true\n  echo a']
      : [`echo 'open`, 'cat <<END', 'echo a \\', 'for i in 1 2; do', 'if true\nthen'];
    for (const command of open) {
      expect(await ended(session, command)).toBe('incompleteInput');
      expect(lastOf(await session.exec('echo next'))).toBe('next');
    }
    expect(await ended(session, `echo 'begun`)).toBe('incompleteInput');
    await session.write("and ended'\n");
    await printed(session, /\nand ended\r\n/);
  });

  test('completes what it finds wrong with a code, and goes on with the next command', async () => {
    const session = await opened(program);
    for (const command of ['echo )', 'true\necho )\nfalse']) {
      const { outcome, exitCode, text } = await session.exec(command);
      expect(outcome).toBe('completed');
      expect(exitCode).toBeGreaterThan(0);
      expect(text).toMatch(/unexpected|parse error/i);
      expect(lastOf(await session.exec('echo next'))).toBe('next');
    }
  });

  test('runs commands of several lines as one', async () => {
    const session = await opened(program);
    const loop = isFish
      ? 'for i in 1 2 3\n  echo "n$i"\nend\ntrue'
      : 'for i in 1 2 3\ndo\n  echo "n$i"\ndone\ntrue';
    const result = await session.exec(loop);
    expect(result).toMatchObject({ outcome: 'completed', exitCode: 0 });
    expect(result.text.match(/^.*n[123]\r$/gm)).toHaveLength(3);
    expect(await ended(session, 'echo a\n\nfalse')).toBe('completed 1');
    expect(lastOf(await session.exec('echo on'))).toBe('on');
  });

  test('queues what comes at the same time, and each gets its own end', async () => {
    const session = await opened(program);
    const results = await Promise.all(
      ['one', 'two', 'three'].map(async (word) => session.exec(`echo ${word}`)),
    );
    expect(results.map(lastOf)).toEqual(['one', 'two', 'three']);
    expect(new Set(results.map(({ commandId }) => commandId)).size).toBe(3);
  });

  test('is busy while a program reads, and a waiter that leaves leaves it alone', async () => {
    const session = await opened(program);
    const late = await session.exec('head -n 1', { timeoutMs: 1 });
    expect(late).toMatchObject({ outcome: 'timedOut' });
    const controller = new AbortController();
    const next = session.exec('echo after', { signal: controller.signal, commandId: 'next' });
    controller.abort();
    // Called off before or after it was recorded.
    await next.catch(() => undefined);
    await foreground(session, 'head');
    await session.write('given\n');
    expect(await ended(session, 'head -n 1', { commandId: late.commandId })).toBe('completed 0');
    expect(lastOf(await session.exec('echo done'))).toBe('done');
  });

  test('takes a background job, set -x, a full redirection and its own exit', async () => {
    const session = await opened(program);
    expect(await ended(session, 'sleep 1000 &')).toBe('completed 0');
    if (!isFish) {
      expect(await ended(session, 'set -x; true; set +x')).toBe('completed 0');
      const file = join(newFolder(), 'out');
      expect(await ended(session, `exec > ${file}`)).toBe('completed 0');
      expect(await ended(session, 'echo kept; false')).toBe('completed 1');
      expect(readFileSync(file, 'utf8')).toContain('kept\n');
    }
    // Some do not go while a job is running.
    await session.exec('kill %1');
    await session.exec('wait');
    await expect(session.exec(`echo ${'x'.repeat(5000)}`)).rejects.toMatchObject({ code: 'TOO_LARGE' });
    expect(await ended(session, 'exit 3')).toBe('exited');
    expect((await session.digest()).digest.end).toMatchObject({ by: 'exit', code: 3 });
  });

  test('keeps no marker in what is shown, and every byte in what is recorded', async () => {
    const session = await opened(program, { cols: 20 });
    await session.exec('printf "\\303\\244\\377\\000end"');
    await session.resize(40, 10);
    if (program !== 'dash') await session.write('\f'); // It has no editor that draws again.
    expect(await ended(session, 'true')).toBe('completed 0');
    expect(await textOf(session)).not.toContain('7737;');
    let all = Buffer.alloc(0);
    for await (const { event } of session.history({ types: ['pty.output'] })) {
      expect(event.offset).toBe(all.length);
      all = Buffer.concat([all, event.bytes]);
    }
    expect(all.includes('7737;')).toBe(true);
    expect(all.includes(Buffer.from([0xc3, 0xa4, 0xff, 0x00, 0x65]))).toBe(true);
  });
});

describe.each(['bash', 'dash'].filter(isHere))('%s that we did not start as a shell', (program) => {
  test('tells ends by a sentinel, whose line is not shown', async () => {
    const args = program === 'bash' ? ['--norc', '--noediting'] : ['-i'];
    const session = await opened(program, { args });
    const result = await session.exec('echo hello; sh -c "exit 9"');
    expect(result).toMatchObject({ outcome: 'completed', exitCode: 9 });
    expect(result.text).toContain('hello\r\n');
    const again = await Promise.all([session.exec('echo $?'), session.exec('false')]);
    expect(again.map(({ exitCode }) => exitCode)).toEqual([0, 1]);
    expect(again[0].text).toContain('9\r\n');
    const running = session.exec('sleep 1000');
    await foreground(session, 'sleep');
    await session.keys('Ctrl+C');
    expect(await running).toMatchObject({ outcome: 'interrupted', exitCode: 130 });
    expect(await textOf(session)).not.toContain('7737');
  });
});
