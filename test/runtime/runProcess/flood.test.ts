/** A process that says more than anybody can record: it waits, and what is held of it is bounded. */
import { expect, onTestFinished, test, vi } from 'vitest';
import type { AnyEvent } from '../../../actors/fact.ts';
import type { DriverPort } from '../../../runtime/drivers.ts';
import { defaultProcessLimits, outputBytesMax } from '../../../runtime/processHost/limits.ts';
import { ProcessHost } from '../../../runtime/processHost/processHost.ts';
import { OwnEngines } from '../../../runtime/runProcess/ownEngines.ts';
import { ProcessRun } from '../../../runtime/runProcess/processRun.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const turnOfLoop = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const letters = 100;
const delta = { type: 'content_block_delta', delta: { type: 'text_delta', text: 'x'.repeat(letters) } };
const line = `${JSON.stringify({ type: 'stream_event', event: delta })}\n`;
const linesMax = 30_000;
const total = line.length * linesMax;

// It stays until all is recorded: of one that has ended, the last of its output is read at once.
const flood = `
const { writeSync } = require('node:fs');
const block = Buffer.from(process.argv[1].repeat(100));
for (let i = 0; i < ${linesMax / 100}; i++) for (let at = 0; at < block.length; ) {
  at += writeSync(1, block, at);
}
process.stdin.resume();
`;

interface Text {
  readonly text?: string;
}

/** `bytesOf`: as how much of the output an event counts. */
async function flooded(engine: string | null, bytesOf: (event: Text) => number) {
  const host = new ProcessHost();
  onTestFinished(async () => host.close());
  let [received, recorded, ahead] = [0, 0, 0];
  let over = (): void => undefined;
  const isOver = new Promise<void>((resolve) => (over = resolve));
  const say = async (events: readonly AnyEvent[]): Promise<[]> => {
    // Time in which it could run ahead.
    for (let turns = 0; turns < 1000; turns++) await turnOfLoop();
    ahead = Math.max(ahead, received - recorded);
    for (const event of events) {
      recorded += bytesOf(event as Text);
      if (event.type === 'process.lost') over();
    }
    if (Math.round(recorded) >= total) void run.close();
    return [];
  };
  const launch = { command: process.execPath, args: ['-e', flood, line], stdio: 'pipe' as const };
  const port: DriverPort = {
    address: 'run/a',
    effectId: 'p1',
    input: { launch, engine, model: null, mode: null, cwd: null, engineSession: null },
    say,
    facts: async function* () {},
    fail: (error) => {
      throw error;
    },
  };
  const run = new ProcessRun(port, {
    host,
    newSession: () => {
      throw new Error('It is on no terminal.');
    },
    secretEnv: {},
    engines: new OwnEngines({}),
    recordable: (event) => [event],
    sealed: () => undefined,
  });
  const output = run.output.bind(run);
  run.output = (stream, offset, bytes) => {
    received = Math.max(received, offset + bytes.length);
    return output(stream, offset, bytes);
  };
  run.start();
  await isOver;
  return { recorded, ahead };
}

const aheadMax = defaultProcessLimits.windowBytes + outputBytesMax;

test('without an engine, in bytes', async () => {
  const { recorded, ahead } = await flooded(null, ({ text = '' }) => text.length);
  expect(recorded).toBe(total);
  expect(ahead).toBeLessThanOrEqual(aheadMax);
});

test('as an engine, in frames', async () => {
  const bytesOf = ({ text = '' }: Text): number => (text.length / letters) * line.length;
  const { recorded, ahead } = await flooded('claude', bytesOf);
  expect(Math.round(recorded)).toBe(total);
  // A frame may be cut by the end of what came.
  expect(ahead).toBeLessThanOrEqual(aheadMax + line.length);
});
