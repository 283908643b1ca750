/**
 * A conductor and three agents: one writes code, one asks before it deletes something, one crashes twice and
 * is tried again. What they owe the conductor waits in its outbox until it has been dealt with.
 */
import { openTroupe } from 'troupe';
import { agents } from './agents.ts';

const troupe = await openTroupe({ directory: '.troupe', actors: [agents] });
const left = new Set(['code', 'docs', 'tests']);

async function launch(task: string, attempt: number): Promise<void> {
  const before = attempt > 1 ? { continues: `run/${task}.${attempt - 1}` } : {};
  const run = troupe.run(`${task}.${attempt}`);
  if (await run.exists()) return; // asked for by a record that came twice
  await run.start({
    title: task,
    parent: 'run/conductor',
    launch: { command: task, stdio: 'pipe' },
    ...before,
  });
}

for (const task of left) await launch(task, 1);

const done = new AbortController();
await troupe.outbox('conductor').consume(
  async ({ child, kind, summary }) => {
    console.log(`${child} ${kind}: ${summary}`);
    const [, task = '', attempt = ''] = /^run\/(\w+)\.(\d+)$/.exec(child) ?? [];
    if (kind === 'permission') await troupe.run(`${task}.${attempt}`).answer('delete', 'no', { by: 'anna' });
    if (kind === 'crashed' && Number(attempt) < 3) await launch(task, Number(attempt) + 1);
    else if (kind === 'finished' || kind === 'crashed') left.delete(task);
    if (left.size === 0) done.abort();
  },
  { signal: done.signal },
);

const { runs, turns } = await troupe.run('docs.3').total(); // with all that it goes on with
console.log('docs:', runs, 'runs,', turns.count, 'turn');
await troupe.close();
