/** The server is killed in the middle of a stream, again and again: the history is the transcript. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { claude } from '../../../actors/adapters/index.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { adapted } from '../../../runtime/testing.ts';
import { eventsOf, linesOf, structure, turnOf } from '../ingest/streams.ts';
import { askingOf, taken } from './served.ts';
import { lineOf, started } from './serving.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 90_000 });

const frames = Array.from({ length: 200 }, (_, n) => turnOf(n)).flat();
const bytes = Buffer.from(linesOf(frames));
const init = (body: Uint8Array<ArrayBuffer> | ReadableStream): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-ndjson' },
  body,
  ...({ duplex: 'half' } as object),
});
const path = '/v1/runs/a/ingest?adapter=claude&source=p1';

/** The first half, and then nothing for ever. */
function halfOf(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(bytes.subarray(0, bytes.length / 2)),
  });
}

test('killed twice, and given again: each event is there once', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-ingest-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const seq of [5, 300]) {
    const serving = started('./serve.ts', directory);
    const url = await lineOf(serving);
    const { post } = askingOf(url);
    if (seq === 5) await post('/v1/runs/a/start', { engine: 'claude' });
    const cut = fetch(url + path, init(halfOf())).catch(String);
    // It is there, and it is durable.
    await taken(await fetch(`${url}/v1/actors/run/a/stream?after=${seq - 1}`), 1);
    serving.child.kill('SIGKILL');
    expect(await cut).toBe('TypeError: fetch failed');
    await serving.ended;
  }
  const serving = started('./serve.ts', directory);
  const { ask } = askingOf(await lineOf(serving));
  const { status, body } = await ask(path, init(bytes));
  expect([status, body['frames'], body['refusals']]).toEqual([200, frames.length, 0]);
  serving.child.kill('SIGTERM');
  await serving.ended;
  await using troupe = await openTroupe({ directory });
  // Text is one event or several; whatever stands between is the same.
  expect(structure(await eventsOf(troupe.run('a')))).toEqual(structure(adapted(claude, frames, 'p1')));
});
