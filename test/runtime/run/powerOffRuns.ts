/**
 * A program for strace to watch: `node powerOffRuns.ts <directory>` has runs in every stage, says what was
 * acknowledged, writes on, and dies.
 */
import { writeSync } from 'node:fs';
import { openTroupe } from '../../../runtime/index.ts';
import type * as agents from './agents.ts';

const actors = new URL('agents.ts', import.meta.url);
const troupe = await openTroupe<typeof agents>({ directory: process.argv[2] ?? '', actors, workers: 1 });
const launch = { command: 'agent', stdio: 'pipe' } as const;

/** At once, in one call: whatever is flushed after it is flushed later. */
function say(id: string, seq: number, digestHash?: string): void {
  writeSync(1, `${JSON.stringify({ id, seq, digestHash })}\n`);
}

async function noted(id: string, text: string): Promise<void> {
  say(id, (await troupe.run(id).send({ type: 'note', text } as never)).seq);
}

for (const onExit of ['end', 'idle'] as const) {
  const run = troupe.run(onExit);
  await run.start({ launch, onExit, parent: 'run/boss' });
  await run.until(({ tags }) => tags.includes('busy'));
  const options = [{ optionId: 'no', label: 'No', effect: 'deny' }] as const;
  const asked = { type: 'permission.ask', requestId: 'r', kind: 'tool', title: 'May I?', options } as const;
  say(onExit, (await run.send(asked as never)).seq);
  for (let i = 0; i < 5; i++) await noted(onExit, `note ${i}`);
}
const done = troupe.run('done');
await done.start({ parent: 'run/boss' });
await noted('done', 'the last word');
await done.end({ cause: 'completed', result: { text: 'Done.' } });
const { seal, digest } = await done.result();
say('done', digest.seq, seal.digestHash);
for (let i = 0; i < 5; i++) await noted('end', `later ${i}`);
// On its way, and acknowledged to nobody.
for (let i = 0; i < 50; i++) troupe.run('idle').push({ type: 'note', text: `unheard ${i}` } as never);
process.kill(process.pid, 'SIGKILL');
