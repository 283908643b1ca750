/** A process on a PTY: a session that works for its run. */
import { tmpdir } from 'node:os';
import { expect, test, vi } from 'vitest';
import { printed, textOf } from '../pty/kit.ts';
import { becomes, isThere } from '../processHost/kit.ts';
import { eventsOf, openRuntime } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const launchOf = (script: string) => ({
  command: 'bash',
  args: ['--norc', '-c', script],
  cwd: tmpdir(),
  stdio: 'pty' as const,
});

test('is a linked session: prompts are typed, its output is there, its exit ends the run', async () => {
  const troupe = await openRuntime();
  const run = troupe.run('a');
  const script = 'test -t 0 && echo "key ${#API_KEY}"; read word; echo "<$word>"; exit 4';
  await run.start({ launch: launchOf(script), title: 'On a PTY' }, { secretEnv: { API_KEY: 'sesame' } });
  await run.prompt('hello');
  expect((await run.result()).cause).toBe('crashed');
  const [start, end] = (await eventsOf(run, 'process.start', 'process.exit')) as {
    type: string;
    pty?: string;
  }[];
  expect(end).toMatchObject({ code: 4, signal: null });
  const session = troupe.pty(start?.pty?.slice('pty/'.length));
  const text = await textOf(session);
  expect([text.includes('key 6'), text.includes('<hello>')]).toEqual([true, true]);
  const rows = [];
  for await (const row of troupe.list({ kind: 'pty', parent: run.address })) rows.push(row.address);
  expect(rows).toEqual([session.address]);
});

test('is hung up by a stop, which ends its session in order', async () => {
  const troupe = await openRuntime();
  const run = troupe.run('a');
  await run.start({
    launch: launchOf('trap "echo hup; exit 0" HUP; echo ready; while :; do sleep 0.01; done'),
  });
  await run.until(({ context: { book } }) => book.process === 'attached');
  const [start] = (await eventsOf(run, 'process.start')) as { type: string; pty: string; pid: number }[];
  const session = troupe.pty(start?.pty.slice('pty/'.length));
  await printed(session, /ready/);
  await run.stop({ drainMs: 20_000 });
  expect((await run.result()).cause).toBe('stopped');
  expect(await eventsOf(run, 'process.exit')).toMatchObject([{ code: 0 }]);
  expect(await textOf(session)).toContain('hup');
  await becomes(() => !isThere(start?.pid ?? 0));
});

test('whose command is nowhere fails its launch', async () => {
  const troupe = await openRuntime();
  const run = troupe.run('a');
  await run.start({ launch: { command: 'no-such-shell', stdio: 'pty' } });
  expect((await run.result()).cause).toBe('launchFailed');
});
