/** Sessions on a terminal from a shell, on a real one. */
import { expect, test, vi } from 'vitest';
import { openOwnerSocket } from '../../../runtime/http.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { newDirectory } from '../open.ts';
import { said } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });
// Shells find no files of whoever runs the tests, whose start may take its time.
vi.stubEnv('HOME', newDirectory());

test('a session is opened once, runs commands, is looked at and recorded', async () => {
  const directory = newDirectory();
  await using troupe = await openTroupe({ directory, workers: 0 });
  await using socket = closing(await openOwnerSocket(troupe));
  const verb = async (...words: readonly string[]) => said('pty', '-d', directory, ...words);
  const opening = ['open', 'one', '--shell', 'bash', '--cols', '40', '--rows', '6', '--id', 'o'] as const;
  expect(await verb(...opening, '--label', 'team=core')).toMatchObject({ code: 0, errors: '' });
  expect(JSON.parse((await verb(...opening, '--label', 'team=core', '--json')).out)).toMatchObject({
    duplicate: true,
  });
  const greeted = expect.stringMatching(/(?:^|\n)hello\n$/) as string;
  expect(await verb('run', 'one', 'echo hello')).toEqual({ out: greeted, errors: '', code: 0 });
  expect(await verb('run', 'pty/one', 'sh -c "echo no; exit 3"')).toMatchObject({
    errors: 'exit code 3\n',
    code: 1,
  });
  const ran = JSON.parse((await verb('run', 'one', 'echo again', '--json')).out) as object;
  expect(ran).toMatchObject({ outcome: 'completed', exitCode: 0 });
  expect((await verb('screen', 'one')).out).toContain('again');
  expect(JSON.parse((await verb('screen', 'one', '--json')).out)).toMatchObject({ cols: 40, rows: 6 });
  const late = await verb('run', 'one', 'cat', '--timeout-ms', '1');
  expect([late.code, late.errors]).toEqual([6, expect.stringContaining('not over yet')]);
  await troupe.pty('one').close();
  const recorded = await verb('record', 'one', '--format', 'asciicast-v3');
  const [head = '', ...events] = recorded.out.trim().split('\n');
  expect(JSON.parse(head)).toMatchObject({ version: 3, term: { cols: 40, rows: 6 } });
  expect(events.map((line) => (JSON.parse(line) as unknown[])[1])).toContain('o');
  expect(socket.url).toContain('owner.sock');
});

test('a program is started with its words, and what is wrong is told', async () => {
  const directory = newDirectory();
  await using troupe = await openTroupe({ directory, workers: 0 });
  await using _ = closing(await openOwnerSocket(troupe));
  const verb = async (...words: readonly string[]) => said('pty', '-d', directory, ...words);
  expect((await verb('open', 'two', '--', 'sh', '-c', 'echo "<$0>"', 'x')).code).toBe(0);
  const ended = await troupe.pty('two').waitFor({ exit: true });
  expect(ended.lines.join('\n')).toContain('<x>');
  expect(await verb('screem', 'two')).toMatchObject({ code: 2 });
  expect((await verb('screem', 'two')).errors).toContain('screen');
  expect((await verb('run', 'two')).code).toBe(2);
  expect((await verb('screen', 'nobody')).code).toBe(3);
  expect((await verb('run', 'two', 'ls')).code).toBe(4);
});

function closing<T extends { close(): Promise<void> }>(one: T): T & AsyncDisposable {
  return Object.assign(one, { [Symbol.asyncDispose]: async () => one.close() });
}
