/**
 * A runtime in a process of its own, to be killed: its children, on pipes and on PTYs, do not read what they
 * are told, or do not stop printing. It says their addresses and pids, and waits. Run with `node` and a
 * directory.
 */
import { openTroupe } from '../../../runtime/index.ts';
import type { Pty, Run } from '../../../runtime/index.ts';

const [, , directory = ''] = process.argv;
const troupe = await openTroupe({ directory });
const said: { id: string; pid: number }[] = [];

const init = JSON.stringify({ type: 'system', subtype: 'init', session_id: 's1', model: 'opus' });
const streamed = (event: object): string => JSON.stringify({ type: 'stream_event', event });
const start = streamed({ type: 'message_start', message: { id: 'm1' } });
const delta = streamed({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'on and on ' } });

/** More than any buffer on the way to the child takes. */
const unread = 'nobody reads this\n'.repeat(20_000);

async function opened(id: string, script: string): Promise<Pty> {
  const session = troupe.pty(id);
  await session.open({ command: 'sh', args: ['-c', `trap "" HUP; ${script}`] });
  for await (const fact of session.history({ types: ['pty.opened'] })) {
    said.push({ id: session.address, pid: fact.event.pid });
  }
  return session;
}

async function started(id: string, script: string): Promise<Run> {
  const run = troupe.run(id);
  const args = ['-c', `trap "" HUP; ${script}`];
  await run.start({ engine: 'claude', launch: { command: 'sh', args, stdio: 'pipe' } });
  await run.until(({ context }) => context.book.turnId !== null);
  for await (const fact of run.history({ types: ['process.start'] })) {
    said.push({ id: run.address, pid: fact.event.pid ?? 0 });
  }
  return run;
}

const deaf = await opened('deaf', 'stty raw -echo; printf ready; exec sleep 1000');
await deaf.waitFor({ text: 'ready' });
await deaf.write(unread);
const loud = await opened('loud', 'exec yes on and on');
const deafRun = await started('deaf', `echo '${init}'; exec sleep 1000`);
for (let n = 0; n < 8; n++) await deafRun.prompt(unread.slice(0, 40_000), { mode: 'steer' });
const loudRun = await started('loud', `echo '${init}'; echo '${start}'; exec yes '${delta}'`);

// Both are in the midst of it.
for await (const _ of loud.subscribe()) {
  if ((await loud.digest()).digest.output.bytes > 1_000_000) break;
}
for await (const _ of loudRun.subscribe()) {
  if ((await loudRun.digest()).digest.messages.textBytes > 100_000) break;
}
console.log(JSON.stringify(said));
