/**
 * A runner of CI jobs on terminals: each job is a shell of its own in which its steps are typed, until one
 * fails. The history of its session is the log: every byte, and how each step ended. What was finished is not
 * run again; a job that was cut short by a crash has its next try.
 */
import { writeFileSync } from 'node:fs';
import { openTroupe } from 'troupe';

const jobs = {
  lint: ['echo checking', 'true'],
  test: ['echo "$((40 + 2)) tests"', 'echo "one fails" >&2; sh -c "exit 3"', 'echo never typed'],
};

const troupe = await openTroupe({ directory: '.troupe' });

async function run(job: string, steps: readonly string[], attempt = 1): Promise<void> {
  const session = troupe.pty(`${job}.${attempt}`);
  if (await session.exists()) {
    // Of an earlier process: it has ended, or it ends now.
    for await (const { sealed } of session.subscribe()) if (sealed) break;
    const { seal } = await session.digest();
    if (seal?.cause === 'lost') return run(job, steps, attempt + 1);
  } else {
    await session.open({ shell: 'sh', parent: 'run/pipeline' });
    for (const step of steps) {
      const { outcome, exitCode } = await session.exec(step, { timeoutMs: 600_000 });
      console.log(`${job}: ${step} → ${outcome} ${exitCode}`);
      if (outcome !== 'completed' || exitCode !== 0) break;
    }
    await session.close();
  }
  const { digest } = await session.digest();
  console.log(`${job}: ${digest.commands.started} of ${steps.length} steps`);
  let cast = '';
  for await (const line of session.recording('asciicast-v3', { title: job })) cast += line;
  writeFileSync(`${job}.cast`, cast); // asciinema play lint.cast
}

await Promise.all(Object.entries(jobs).map(async ([job, steps]) => run(job, steps)));
await troupe.close();
