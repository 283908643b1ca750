/** `troupe ingest`, as it stands behind a pipe. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { claude } from '../../../actors/adapters/index.ts';
import { socketCarrier } from '../../../runtime/cli/httpCarrier.ts';
import { Way } from '../../../runtime/cli/way.ts';
import { openOwnerSocket } from '../../../runtime/http.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { adapted } from '../../../runtime/testing.ts';
import { fixture, linesOf } from '../ingest/streams.ts';
import { said } from './kit.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const main = fileURLToPath(new URL('../../../runtime/cli/main.ts', import.meta.url));
const { frames } = fixture('claudeTwoTurns');
const lines = linesOf(frames);
const { length: events } = adapted(claude, frames, 'claude');

/** The verb with its stdin, which stays open unless told. */
function ingesting(directory: string, address: string, ...more: readonly string[]) {
  const words = ['ingest', address, '-d', directory, ...more];
  const child = spawn(process.execPath, [main, ...words], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  // It may have its answer before it has read everything.
  child.stdin.on('error', () => undefined);
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const told = ended.then(([out, errors, [code]]) => ({ out, errors, code: code as number }));
  return { stdin: child.stdin, told };
}

test('frames from stdin are taken into a run, and given again they are known', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-ingest-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  await using troupe = await openTroupe({ directory, workers: 0 });
  await using _ = await openOwnerSocket(troupe);
  await troupe.run('a').start({ engine: 'claude' });
  const adapter = ['--adapter', 'claude'];
  const [first, none] = [
    ingesting(directory, 'run/a', ...adapter),
    ingesting(directory, 'run/b', ...adapter),
  ];
  first.stdin.end(lines);
  expect(await first.told).toEqual({
    out: `run/a took 13 frames: ${events} events\n`,
    errors: '',
    code: 0,
  });
  // Its stdin is open, and it has its answer.
  none.stdin.write(lines);
  expect(await none.told).toMatchObject({ code: 3 });
  const again = ingesting(directory, 'run/a', ...adapter, '--json');
  again.stdin.end(lines);
  expect(JSON.parse((await again.told).out)).toMatchObject({ frames: 13, resumedAfter: 13, events: 0 });
});

test('what its answer refuses is told, however much of its frames is still to come', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-ingest-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  await using troupe = await openTroupe({ directory, workers: 0 });
  await using owner = await openOwnerSocket(troupe);
  const way = new Way(socketCarrier(owner.url, directory));
  for (let times = 0; times < 20; times++) {
    const telling = way.pour('/v1/runs/a/ingest', { adapter: 'nix' }, 'application/x-ndjson', endless());
    await expect(telling).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  }
});

async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    yield Buffer.from('\n');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('it says what is lacking', async () => {
  expect(await said('ingest', 'run/a')).toMatchObject({ code: 2 });
  expect((await said('ingest', 'outbox/a', '--adapter', 'claude')).errors).toContain('Frames go into a run');
});
