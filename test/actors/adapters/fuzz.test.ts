/**
 * Frames cut, mixed, repeated and made hostile: nothing is thrown, every event fits, the state stays small.
 * `SEED=42 ROUNDS=1000` plays more, or the same again.
 */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  acp,
  claude,
  codexAppServer,
  codexExec,
  gemini,
  openaiResponses,
} from '../../../actors/adapters/index.ts';
import type { Adapter } from '../../../actors/adapters/index.ts';
import { schemas } from '../../../actors/agentRun/schemas.ts';
import { issueOf } from '../../../runtime/schema.ts';

const seed = Number(process.env['SEED'] ?? 20_261_121);
const rounds = Number(process.env['ROUNDS'] ?? 40);
const all = [acp, claude, codexAppServer, codexExec, gemini, openaiResponses];
const adapters = all as readonly Adapter[];

const frames = globSync('test/fixtures/adapters/*.json').flatMap(
  (path) => (JSON.parse(readFileSync(path, 'utf8')) as { frames: readonly unknown[] }).frames,
);

const hostile: readonly unknown[] = [
  null,
  -1,
  1e308,
  '',
  '\ud800',
  'x'.repeat(100_000),
  '"'.repeat(3000),
  [[[]]],
  {},
  true,
  ...(JSON.parse('[{"__proto__":{"type":"x"}},{"constructor":1},{"toString":"x","length":9}]') as unknown[]),
];

/** Numbers from 0 to below `n`. */
function dice(start: number): (n: number) => number {
  let state = start;
  return (n) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % n;
  };
}

type Dice = ReturnType<typeof dice>;

/** The value with one of its parts put in place of another, taken out or made hostile. */
function spoilt(value: unknown, roll: Dice): unknown {
  if (roll(4) === 0 || typeof value !== 'object' || value === null) return hostile[roll(hostile.length)];
  if (Array.isArray(value)) return value.map((one: unknown) => (roll(2) === 0 ? spoilt(one, roll) : one));
  const entries = Object.entries(value);
  const at = roll(Math.max(1, entries.length));
  return Object.fromEntries(
    entries.flatMap(([name, one], i) => {
      if (i !== at) return [[name, one]];
      return roll(5) === 0 ? [] : [[name, spoilt(one, roll)]];
    }),
  );
}

function play(adapter: Adapter, roll: Dice): number {
  let state = adapter.start('p1');
  let count = 0;
  for (let i = 0; i < 300; i++) {
    const frame = frames[roll(frames.length)];
    const told = adapter.frame(state, roll(3) === 0 ? spoilt(frame, roll) : frame);
    state = JSON.parse(JSON.stringify(told.state)) as unknown;
    for (const event of told.events) {
      const issue = Object.hasOwn(schemas, event.type)
        ? issueOf(schemas[event.type], event)
        : 'no such event';
      expect(issue, `${adapter.name}: ${JSON.stringify(event).slice(0, 300)}`).toBeUndefined();
      count++;
    }
    const size = JSON.stringify(state).length;
    expect(size, `the state: ${JSON.stringify(state).slice(0, 400)}`).toBeLessThan(64 * 1024);
  }
  return count;
}

describe.each(adapters.map((adapter, i) => ({ adapter, name: `${adapter.name} ${i}` })))(
  '$name',
  ({ adapter }) => {
    test(`takes whatever comes (SEED=${seed})`, () => {
      const roll = dice(seed);
      let count = 0;
      for (let round = 0; round < rounds; round++) count += play(adapter, roll);
      // A control: most of it was about something.
      expect(count).toBeGreaterThan(rounds * 20);
    });
  },
);
