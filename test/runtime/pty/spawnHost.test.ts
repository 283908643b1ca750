/** An embedder whose program cannot start itself as Node again starts the process of the children. */
import { fork } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { isThere, parentOf } from '../processHost/kit.ts';
import { openRuntime, openSession, pidOf } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

test('sessions and the processes of runs live in the process that spawnHost starts', async () => {
  const started: (number | undefined)[] = [];
  const troupe = await openRuntime({
    spawnHost(modulePath, args) {
      const child = fork(modulePath, args, { stdio: 'ignore' });
      started.push(child.pid);
      return child;
    },
  });
  expect(started).toEqual([]);
  const session = await openSession(troupe, { shell: 'sh' });
  expect(await session.exec('exit 3')).toMatchObject({ outcome: 'exited' });
  const next = await openSession(troupe, { shell: 'sh' });
  const run = troupe.run('a');
  const launch = { command: 'sh', args: ['-c', 'read line'], stdio: 'pipe' as const };
  await run.start({ engine: 'claude', launch });
  await run.until(({ context }) => context.book.process === 'attached');
  const pids = [await pidOf(next)];
  for await (const { event } of run.history({ types: ['process.start'] })) pids.push(event.pid ?? 0);
  expect(pids.map(parentOf)).toEqual([started[0], started[0]]);
  await troupe.close();
  expect(started.map((pid) => isThere(pid ?? 0))).toEqual([false]);
});

test('what spawnHost throws is why a session does not open', async () => {
  const troupe = await openRuntime({
    spawnHost() {
      throw new Error('no utility process here');
    },
  });
  await expect(openSession(troupe)).rejects.toMatchObject({ message: /no utility process here/ });
});
