/**
 * The bounds: with every list filled to the brim with the longest names at once, a digest stays under 64 KiB
 * and the context under what a snapshot can bear.
 */
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../storage/canonical.ts';
import { digestBytesMax } from '../../../storage/limits.ts';
import { launchLengthMax } from '../../../actors/agentRun/limits.ts';
import { ask, attached, delta, exit, prompt, turn, turnEnd } from './play.ts';
import type { Event, Play } from './play.ts';

/** Long, unlike any other, and dear in JSON: quotes are written as two bytes. */
const long = (n: number, length = 128): string => `${n}`.padStart(4, '0').padEnd(length, '"');
const bytesOf = (value: unknown): number => Buffer.byteLength(canonicalJson(value));

/** It takes up no prompt that waits. */
const turnOf = (turnId: string): Event => ({ ...turn(turnId), promptId: 'none' });

function filled(): Play {
  const labels = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [long(i, 64), long(i, 200)]));
  const run = attached({
    onExit: 'idle',
    title: long(0, 1024),
    engine: long(1, 1024),
    model: long(2, 1024),
    parent: `run/${long(3, 500)}`,
    continues: `run/${long(4, 500)}`,
    labels,
  });
  run.now = 9e15;
  const usage = {
    type: 'usage',
    mode: 'cumulative',
    scope: 'turn',
    input: 1e12,
    output: 1e12,
    costMicroUsd: 1e12,
  };
  for (let i = 0; i < 300; i++) {
    run.all({ ...usage, key: long(i), model: long(i), cacheRead: 1e12, cacheWrite: 1e12 });
    run.all({ type: 'error', class: long(i % 12, 1024), message: '' });
    run.all({ type: 'message.start', messageId: long(i), role: 'user' });
    run.all({ type: 'note', unknown: true, raw: long(i) });
  }
  run.all(prompt('q0')); // So that each exit is followed by a launch.
  for (let i = 0; i < 20; i++) {
    run.all(exit(null, long(i, 1024), i === 0 ? 'p1' : long(i)), {
      type: 'process.start',
      processId: long(i + 1),
    });
    run.all(turnOf(long(i)), turnEnd(long(i), 'failed'));
    const asked = `${i}`.padEnd(128, '"');
    run.all(turnOf(`x${long(i, 100)}`), ask(asked), {
      type: 'tool.call',
      callId: long(i),
      name: long(i),
      gate: true,
    });
    run.all(
      { type: 'tool.call', callId: `u${i}`, name: long(i) },
      { type: 'tool.end', callId: `u${i}`, ok: false },
      { type: 'tool.end', callId: long(900 + i), ok: true },
    );
    run.all({ ...turnEnd(`x${long(i, 100)}`), reason: long(i, 500) });
  }
  run.all(turnOf('last'));
  for (let i = 0; i < 100; i++) run.all({ type: 'tool.call', callId: `c${i}`, name: long(i) });
  const option = (i: number): object => ({ optionId: long(i), label: long(i), effect: 'other' });
  const options = Array.from({ length: 8 }, (_, i) => option(i));
  for (let i = 0; i < 8; i++) run.all(ask(long(500 + i), { title: long(i, 500), callId: long(i), options }));
  while (run.context.book.queue.length < 32) run.all(prompt(long(600 + run.context.book.queue.length)));
  return run.all(delta('m', '"'.repeat(9000)));
}

test('a digest that is full of everything is under 64 KiB, live and sealed', () => {
  const run = filled();
  expect(bytesOf(run.digest)).toBeLessThan(digestBytesMax);
  expect(bytesOf(run.digest)).toBeGreaterThan(digestBytesMax / 2); // A control: it is full.
  run.all({ type: 'run.end', cause: 'failed', reason: long(0, 9000) });
  expect(bytesOf(run.digest)).toBeLessThan(digestBytesMax);
});

test('the context is bounded: ids and counters, and what is needed to launch again', () => {
  expect(bytesOf(filled().context)).toBeLessThan(launchLengthMax + 32 * 1024);
});

test('calls past the bound are counted, and their results are no orphans', () => {
  const run = attached().all(turn('t'));
  for (let i = 0; i < 40; i++) run.all({ type: 'tool.call', callId: `c${i}`, name: 'sh' });
  for (let i = 0; i < 36; i++) run.all({ type: 'tool.end', callId: `c${39 - i}`, ok: true });
  run.all(turnEnd('t'));
  expect(run.digest.tools.total).toBe(40);
  expect(run.digest.issues.byClass).toMatchObject({ missing_tool_result: { count: 4 } });
});
