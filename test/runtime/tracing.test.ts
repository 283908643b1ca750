/**
 * The tracing channels: what a subscriber hears of one order, and that nobody pays without one.
 */
import { afterEach, expect, test } from 'vitest';
import { fromPromise, setup } from 'xstate';
import { defineActor, openTroupe } from '../../runtime/index.ts';
import { isHeard, traces } from '../../runtime/tracing.ts';

const machine = setup({ actors: { fetch: fromPromise(async () => 'there') } }).createMachine({
  initial: 'idle',
  states: {
    idle: { on: { go: 'fetching' } },
    fetching: { invoke: { src: 'fetch', onDone: 'waiting' } },
    waiting: { after: { 1: 'done' } },
    done: { type: 'final' },
  },
});
const job = defineActor({ kind: 'job', version: 1, machine });

const heard: string[] = [];
const listeners = Object.entries(traces).map(([name, channel]) => {
  const told = (context: object): void => void heard.push(`${name} ${JSON.stringify(context)}`);
  return { channel, listener: { start: told } };
});

afterEach(() => {
  for (const { channel, listener } of listeners) channel.unsubscribe(listener as never);
  heard.length = 0;
});

async function ran(): Promise<void> {
  const troupe = await openTroupe({ journal: { kind: 'memory' }, actors: [job] });
  await troupe.actor('job', '1').send({ type: 'go' });
  await troupe.actor('job', '1').until('done');
  await troupe.close();
}

test('a subscriber hears sends, commits, effects, timers and recoveries', async () => {
  for (const { channel, listener } of listeners) channel.subscribe(listener as never);
  await ran();
  expect(heard).toContain('send {"address":"job/1","type":"go"}');
  expect(heard).toContain('recovery {"address":"job/1"}');
  expect(heard.some((line) => line.startsWith('commit {"commits":1'))).toBe(true);
  expect(heard.some((line) => line.startsWith('effect {"address":"job/1","src":"fetch"'))).toBe(true);
  expect(heard.some((line) => line.startsWith('timer {"address":"job/1"'))).toBe(true);
});

test('without a subscriber nothing is heard', async () => {
  expect(isHeard('commit')).toBe(false);
  await ran();
  expect(heard).toEqual([]);
});
