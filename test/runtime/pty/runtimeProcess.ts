/**
 * A runtime in a process of its own, to be killed: it opens sessions that are busy, says their ids and pids,
 * and waits. Run with `node` and a directory.
 */
import { openTroupe } from '../../../runtime/index.ts';
import type { Pty } from '../../../runtime/index.ts';

const [, , directory = ''] = process.argv;
const troupe = await openTroupe({ directory });

async function pidOf(session: Pty): Promise<number> {
  for await (const { event } of session.history({ types: ['pty.opened'] })) return event.pid;
  throw new Error('it has not been opened');
}

const said: { id: string; pid: number }[] = [];
for (const [id, options] of Object.entries({
  // At home it has no files: whatever a developer's own start would decide.
  shell: { shell: 'bash' as const, env: { HOME: directory }, secretEnv: { API_KEY: 'sesame-opens-9731' } },
  stubborn: { command: 'bash', args: ['--norc', '-c', 'trap "" HUP TERM; while :; do sleep 1000; done'] },
})) {
  const session = troupe.pty(id);
  await session.open(options);
  said.push({ id, pid: await pidOf(session) });
}
const shell = troupe.pty('shell');
// Its length, because what a child prints of its secrets is output like any other.
const { text } = await shell.exec('echo "length ${#API_KEY}"');
if (!text.includes('length 17')) throw new Error(`the child has no secret: ${text}`);
await shell.exec('sleep 1000', { timeoutMs: 1 });
console.log(JSON.stringify(said));
