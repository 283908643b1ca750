/**
 * A runtime in a process of its own, to be killed: it starts runs whose processes are busy, says their ids
 * and pids, and waits. Run with `node`, a directory, and the launch of a stand-in as JSON.
 */
import { openTroupe } from '../../../runtime/index.ts';
import type { RunStart } from '../../../runtime/index.ts';

const [, , directory = '', given = '{}'] = process.argv;
const launch = JSON.parse(given) as NonNullable<RunStart['launch']>;
const troupe = await openTroupe({ directory });
const said: { id: string; pid: number }[] = [];
for (const onExit of ['end', 'idle'] as const) {
  const run = troupe.run(onExit);
  const secretEnv = { API_KEY: 'sesame-opens-9731' };
  await run.start({ engine: 'claude', launch, onExit, title: 'a title' }, { secretEnv });
  await run.until(({ context }) => context.book.turnId !== null);
  for await (const { event } of run.history({ types: ['process.start'] })) {
    said.push({ id: onExit, pid: event.pid ?? 0 });
  }
}
console.log(JSON.stringify(said));
