/**
 * Frames taken into runs: each once, however the stream is cut, and however often it is given.
 */
import { describe, expect, test, vi } from 'vitest';
import { claude } from '../../../actors/adapters/index.ts';
import { openTroupe } from '../../../runtime/index.ts';
import type { Run, Troupe } from '../../../runtime/index.ts';
import { IngestQueue } from '../../../runtime/ingestQueue.ts';
import { adapted } from '../../../runtime/testing.ts';
import { brokenAdapter, eventsOf, fixture, linesOf, piecesOf, silent, textOfHistory } from './streams.ts';

// Directories open slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

async function opened(): Promise<Troupe> {
  return openTroupe({ journal: { kind: 'memory' }, workers: 0 });
}

async function startedRun(troupe: Troupe, id = 'a'): Promise<Run> {
  const run = troupe.run(id);
  await run.start({ engine: 'claude' });
  return run;
}

const { frames } = fixture('claudeTwoTurns');
const nothing = { frames: 0, resumedAfter: 0, events: 0, refusals: 0, refused: [], incomplete: 0 };

describe('a stream', () => {
  test('of objects, of lines, and of bytes cut anywhere is the same history', async () => {
    await using troupe = await opened();
    const told = adapted(claude, frames, 'p1');
    const ways = {
      objects: frames,
      text: [linesOf(frames)],
      bytes: piecesOf(Buffer.from(linesOf(frames)), 7),
      async: piecesOf(Buffer.from(`\r\n${linesOf(frames).trimEnd()}`), 1000).values(),
    };
    for (const [way, stream] of Object.entries(ways)) {
      const run = await startedRun(troupe, way);
      const ingested = await run.ingest(stream, claude, { source: 'p1' });
      expect(ingested, way).toEqual({ ...nothing, frames: 13, events: told.length });
      expect(await eventsOf(run), way).toEqual(told);
      expect((await run.digest()).digest).toMatchObject(fixture('claudeTwoTurns').digest.comparable);
    }
  });

  test('of 500 chunks of one message stores its text, and little beside it', async () => {
    await using troupe = await opened();
    const run = await startedRun(troupe);
    const chunk = (text: string, i: number): object => ({
      type: 'stream_event',
      uuid: `u${i}`,
      event: { type: 'content_block_delta', delta: { type: 'text_delta', text } },
    });
    const texts = Array.from({ length: 500 }, (_, i) => `chunk ${i}; `);
    await run.ingest(texts.map(chunk), claude);
    const events = await eventsOf(run);
    expect(textOfHistory(events)).toBe(texts.join(''));
    expect(JSON.stringify(events).length).toBeLessThan(2 * texts.join('').length);
  });

  test('with a last line that was cut off leaves it for the next time', async () => {
    await using troupe = await opened();
    const run = await startedRun(troupe);
    const text = linesOf(frames);
    const cut = text.lastIndexOf('"type"');
    const first = await run.ingest([text.slice(0, cut)], claude);
    expect(first).toMatchObject({ frames: 12, resumedAfter: 0 });
    expect(first.incomplete).toBeGreaterThan(0);
    expect(await run.ingest([text], claude)).toMatchObject({ frames: 13, resumedAfter: 12, incomplete: 0 });
    expect(await eventsOf(run)).toEqual(adapted(claude, frames, 'claude'));
  });

  test('with lines that are no JSON keeps them as notes', async () => {
    await using troupe = await opened();
    const run = await startedRun(troupe);
    await run.ingest(['warning: old node\n\n   \n{"type":"keep_alive"}\n{"broken": \n'], claude);
    expect(await eventsOf(run)).toEqual([
      { type: 'note', unknown: true, raw: 'warning: old node' },
      { type: 'note', unknown: true, raw: '{"broken": ' },
    ]);
    expect((await run.digest()).digest.issues.byClass).toMatchObject({ unknown_frame: { count: 2 } });
  });
});

describe('given again', () => {
  test('from its first frame, after every possible end, each event is recorded once', async () => {
    await using troupe = await opened();
    const told = adapted(claude, frames, 'p1');
    for (const [count] of frames.entries()) {
      const run = await startedRun(troupe, `cut${count}`);
      await run.ingest(frames.slice(0, count), claude, { source: 'p1' });
      await run.ingest(frames, claude, { source: 'p1' });
      expect(await eventsOf(run), `cut after ${count}`).toEqual(told);
      expect(await run.ingest(frames, claude, { source: 'p1' })).toMatchObject({ events: 0 });
    }
  });

  test('after the payloads were erased, it is known all the same', async () => {
    await using troupe = await opened();
    const run = await startedRun(troupe);
    await run.ingest(frames, claude);
    await run.erase({ bodies: true });
    expect(await run.ingest(frames, claude)).toMatchObject({ events: 0, resumedAfter: 13 });
  });

  test('a source is known behind many facts of others', async () => {
    await using troupe = await opened();
    const run = await startedRun(troupe);
    await run.ingest(frames, claude, { source: 'p1' });
    for (let i = 0; i < 3000; i++) if (!run.push({ type: 'note' })) await run.flush();
    await run.flush();
    expect(await run.ingest(frames, claude, { source: 'p1' })).toMatchObject({ events: 0 });
    const other = await run.ingest(frames, claude, { source: 'p2' });
    expect(other).toMatchObject({ resumedAfter: 0, refusals: 0 });
  });

  test('another stream under its name is CONFLICT, and changes nothing', async () => {
    await using troupe = await opened();
    const run = await startedRun(troupe);
    await run.ingest(frames, claude);
    const before = await eventsOf(run);
    const conflict = { code: 'CONFLICT', details: { source: 'claude', frame: 13 } };
    await expect(run.ingest(frames.slice(0, 5), claude)).rejects.toMatchObject(conflict);
    await expect(run.ingest(frames.toReversed(), claude)).rejects.toMatchObject(conflict);
    expect(await eventsOf(run)).toEqual(before);
  });

  test('twice at a time is CONFLICT for the second', async () => {
    await using troupe = await opened();
    const run = await startedRun(troupe);
    const first = run.ingest(frames, claude);
    await expect(run.ingest(frames, claude)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await first).toMatchObject({ frames: 13 });
  });

  test('a frame that is delivered twice counts once', async () => {
    await using troupe = await opened();
    const run = await startedRun(troupe);
    expect(
      await run.ingest(
        frames.flatMap((frame) => [frame, frame]),
        claude,
      ),
    ).toMatchObject({ frames: 13 });
    expect(await eventsOf(run)).toEqual(adapted(claude, frames, 'claude'));
  });
});

describe('an ingest ends', () => {
  test('at its signal, though its source be silent, and goes on later', async () => {
    await using troupe = await opened();
    const run = await startedRun(troupe);
    const controller = new AbortController();
    const stream = silent(frames.slice(0, 6), () => controller.abort());
    await expect(run.ingest(stream, claude, { signal: controller.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    await run.ingest(frames, claude);
    expect(await eventsOf(run)).toEqual(adapted(claude, frames, 'claude'));
  });

  test('with the error of its source, of its adapter, of its run', async () => {
    await using troupe = await opened();
    const run = await startedRun(troupe);
    const failing = async function* (): AsyncGenerator {
      yield frames[0];
      throw new Error('the pipe broke');
    };
    await expect(run.ingest(failing(), claude)).rejects.toThrow('the pipe broke');
    await expect(run.ingest(frames, brokenAdapter('throws'))).rejects.toThrow('no such frame');
    const invalid = run.ingest(frames, brokenAdapter('invalid'));
    await expect(invalid).rejects.toMatchObject({ code: 'INVALID_EVENT' });
    await expect(run.ingest(frames, claude, { source: '' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
    const none = troupe.run('none').ingest(frames, claude);
    await expect(none).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await run.stop();
    await expect(run.ingest(frames, claude)).rejects.toMatchObject({ code: 'SEALED' });
  });

  test('with the events that the run did not take, when it did not', async () => {
    await using troupe = await opened();
    const run = await startedRun(troupe);
    await run.send({ type: 'turn.start', turnId: 'mine' });
    const { refusals, refused } = await run.ingest(frames, claude);
    expect(refused.map(({ type, frame }) => [type, frame])).toEqual([
      ['turn.start', 1],
      ['turn.end', 9],
      ['turn.start', 11],
      ['turn.end', 13],
    ]);
    expect(refused[0]?.why).toContain('no turn is open');
    expect(refusals).toBe(4);
  });

  test('what cannot be stored is told as a note', async () => {
    await using troupe = await openTroupe({
      journal: { kind: 'memory' },
      workers: 0,
      limits: { eventBytes: 1024 * 1024, resultBytes: 1024 * 1024 },
    });
    const run = await startedRun(troupe);
    const call = (id: string, input: unknown): object => ({
      type: 'assistant',
      message: { id: 'm', content: [{ type: 'tool_use', id, name: 'x', input }] },
    });
    const deep = `${'['.repeat(500)}${']'.repeat(500)}`;
    const large = 'x'.repeat(2_000_000);
    const text = { type: 'text', text: large };
    const lines = [
      JSON.stringify(call('deep', null)).replace('null', deep),
      JSON.stringify(call('named', null)).replace('null', '{"__proto__":1}'),
      JSON.stringify(call('large', large)),
      JSON.stringify({ type: 'assistant', message: { id: 'm', content: [text] } }),
    ];
    await run.ingest([`${lines.join('\n')}\n`], claude);
    const events = await eventsOf(run);
    const notes = events.slice(2, 5) as readonly { readonly unstorable: string; readonly why: string }[];
    expect(notes.map(({ unstorable }) => unstorable)).toEqual(['tool.call', 'tool.call', 'tool.call']);
    for (const [i, why] of ['nested deeper', 'prototype', 'bytes'].entries()) {
      expect(notes[i]?.why).toContain(why);
    }
    expect(textOfHistory(events)).toBe(large);
  });
});

test('a source that is faster than the disk waits', async () => {
  const held: (() => void)[] = [];
  const queue = new IngestQueue(async () => new Promise<void>((resolve) => held.push(resolve)));
  const read = { frame: {}, line: undefined };
  for (let frame = 1; frame <= 3000; frame++) queue.offer({ type: 'note' }, { frame, index: 0 }, read);
  expect(queue.isFull).toBe(true);
  const going = { isOver: false };
  const gone = queue.go().then(() => (going.isOver = true));
  // One batch is under way, and nothing overtakes it.
  expect(held).toHaveLength(512);
  while (!going.isOver) {
    expect(held.length).toBeLessThanOrEqual(512);
    for (const release of held.splice(0)) release();
    await Promise.resolve();
  }
  await gone;
  expect([queue.recorded, queue.isFull]).toEqual([3000, false]);
});
