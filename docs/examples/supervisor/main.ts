/**
 * Starts the supervisor, or goes on with it. With `--crash` the process is killed as soon as the first job
 * has reported: start it again, and what was done is not done again.
 */
import { openTroupe } from 'troupe';
import { jobActor, supervisorActor } from './actors.ts';

const troupe = await openTroupe({ directory: '.troupe', actors: [supervisorActor, jobActor] });
const supervisor = troupe.actor('supervisor', 'nightly');
const { duplicate } = await supervisor.send({ type: 'supervisor.start' }, { id: 'tonight' });
console.log(duplicate ? 'goes on' : 'starts');

if (process.argv.includes('--crash')) {
  await supervisor.until(({ context }) => context.reports.length > 0);
  process.kill(process.pid, 'SIGKILL');
}

const { context } = await supervisor.until('finished');
for (const report of context.reports.toSorted()) console.log(report);
console.log(await troupe.verify());
await troupe.close();
