/** The orchestrator is killed in the middle of an ingest, again and again: the history is the transcript. */
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { claude } from '../../../actors/adapters/index.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { adapted, digestOf } from '../../../runtime/testing.ts';
import { Project } from '../../project.ts';
import { eventsOf, linesOf, structure, turnOf } from './streams.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 90_000 });

const frames = Array.from({ length: 300 }, (_, n) => turnOf(n)).flat();
const lines = linesOf(frames);

/** Gives the stream in pieces of 3000 bytes, and dies once so many facts more are there. */
const program = `
import { readFileSync } from 'node:fs';
import { openTroupe } from 'troupe';
import { claude } from 'troupe/adapters';
const more = Number(process.argv[2]);
const troupe = await openTroupe({ directory: 'data' });
const run = troupe.run('a');
if (!(await run.exists())) await run.start({ engine: 'claude' });
const { seq } = await run.digest();
void (async () => {
  for await (const { to } of run.subscribe({ after: seq, windowMs: 1 })) {
    if (to >= seq + more) process.kill(process.pid, 'SIGKILL');
  }
})();
const bytes = readFileSync('frames.ndjson');
async function* stream() {
  for (let at = 0; at < bytes.length; at += 3000) {
    yield bytes.subarray(at, at + 3000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise(() => undefined);
}
await run.ingest(stream(), claude, { source: 'p1' });
`;

test('killed three times, and given again: each event is there once, and so the digest', async () => {
  using project = new Project(
    new Map([
      ['life.ts', program],
      ['frames.ndjson', lines],
    ]),
  );
  for (const more of [1, 400, 700]) {
    expect(await project.run('life.ts', `${more}`)).toMatchObject({ errors: '', signal: 'SIGKILL' });
  }
  await using troupe = await openTroupe({ directory: join(project.path, 'data') });
  const run = troupe.run('a');
  const before = await run.digest();
  expect(before.seq).toBeGreaterThan(1000);
  const { frames: count, refusals } = await run.ingest([lines], claude, { source: 'p1' });
  expect([count, refusals]).toEqual([frames.length, 0]);
  const told = adapted(claude, frames, 'p1');
  // Text is one event or several; whatever stands between is the same.
  expect(structure(await eventsOf(run))).toEqual(structure(told));
  const { digest } = await run.digest();
  const wanted = digestOf(told, 'claude');
  expect(digest.turns.byStatus).toEqual({ ok: 300, failed: 0, cancelled: 0, limit: 0, lost: 0 });
  expect(digest.usage.total.costMicroUsd).toBe(300_000);
  expect(digest.tools.failed).toBe(60);
  expect([digest.messages.textBytes, digest.messages.byRole]).toEqual([
    wanted.messages.textBytes,
    wanted.messages.byRole,
  ]);
  expect(await run.verify()).toMatchObject({ ok: true });
});
