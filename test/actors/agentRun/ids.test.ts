/** Ids that a run remembers for its life (P4): exact, bounded, and as dear at the end as at the beginning. */
import { describe, expect, test, vi } from 'vitest';
import { hasId, haveRoom, noIds, withId } from '../../../actors/agentRun/ids.ts';
import type { Ids } from '../../../actors/agentRun/ids.ts';
import { idsMax } from '../../../actors/agentRun/limits.ts';
import { canonicalJson } from '../../../storage/canonical.ts';
import { digestBytesMax } from '../../../storage/limits.ts';
import { agentRun } from '../../../actors/agentRun/agentRun.ts';
import { prompt, started, turn, turnEnd } from './play.ts';
import type { Event } from './play.ts';

// Sets filled to the brim, on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const filledWith = (count: number, from: Ids = noIds): Ids => {
  let ids = from;
  for (let i = 0; i < count; i++) ids = withId(ids, `msg_${i}:0`);
  return ids;
};
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const usage = (key: string): Event => {
  return { type: 'usage', key, model: 'opus', mode: 'delta', scope: 'message', input: 1, output: 0 };
};

describe('ids', () => {
  const most = filledWith(idsMax);

  test('each of the most that there may be is known, and none of as many others', () => {
    expect(most.count).toBe(idsMax);
    expect(numbers(idsMax).every((i) => hasId(most, `msg_${i}:0`))).toBe(true);
    expect(numbers(idsMax).some((i) => hasId(most, `msg_${i}:1`))).toBe(false);
    expect([haveRoom(filledWith(idsMax - 1)), haveRoom(most)]).toEqual([true, false]);
  });

  test('one that is known changes nothing; what was held before stays as it was', () => {
    expect(withId(most, 'msg_7:0')).toBe(most);
    const few = filledWith(40);
    const more = withId(few, 'other');
    expect([few.count, hasId(few, 'other'), hasId(more, 'other')]).toEqual([40, false, true]);
  });

  test('an id is nine bytes, and a step touches one bucket of a few dozen', () => {
    expect(most.buckets.join('')).toHaveLength(9 * idsMax);
    expect(Math.max(...most.buckets.map(({ length }) => length / 9))).toBeLessThan(96);
    expect(most.buckets.length).toBe(idsMax / 32);
  });

  test('the empty id, and ids of any characters, are ids like others', () => {
    const all = ['', '"', '\u0000', '\ud800', 'é', '日本', 'x'.repeat(1000)];
    const known = all.reduce<Ids>(withId, noIds);
    expect(known.count).toBe(all.length);
    expect(all.every((id) => hasId(known, id))).toBe(true);
  });
});

describe('a run', () => {
  test('counts a key once, however many came in between', () => {
    const run = started();
    for (const i of numbers(2000)) run.all(usage(`k${i}`));
    for (const i of numbers(2000)) run.all(usage(`k${i}`));
    expect(run.digest.usage.total.input).toBe(2000);
  });

  test('takes no prompt, turn or ask twice, however many came in between', () => {
    const run = started();
    for (const i of numbers(300)) {
      run.all(prompt(`q${i}`), { ...turn(`t${i}`), promptId: `q${i}` }, turnEnd(`t${i}`));
    }
    expect(run.refusal(prompt('q0'))).toContain('prompt id is new');
    expect(run.refusal(turn('t0'))).toContain('turn id is new');
  });

  test('that is full refuses what is new by name, and goes on with what it knows', () => {
    const run = started();
    const { book } = run.context;
    const full = { ...book, ids: filledWith(idsMax), meter: { ...book.meter, keys: filledWith(idsMax) } };
    run.snapshot = { ...run.snapshot, context: { ...run.context, book: full } } as typeof run.snapshot;
    run.digest = { ...run.digest, carry: run.digest.carry && { ...run.digest.carry, book: full } };
    expect(run.refusal(usage('new'))).toContain('usage key can be remembered');
    expect(run.refusal(prompt('new'))).toContain('another id can be remembered');
    expect(run.refusal(turn('new'))).toContain('another id can be remembered');
    run.all(usage('msg_5:0'));
    expect(run.digest.usage.total.input).toBe(0);
    // What a reader gets of it stays within its bound; a control: the whole of it does not.
    const bytesOf = (value: unknown): number => Buffer.byteLength(canonicalJson(value));
    expect(bytesOf(agentRun().digest.shown(run.digest))).toBeLessThan(4096);
    expect(bytesOf(run.digest)).toBeGreaterThan(digestBytesMax);
    run.all({ type: 'run.end', cause: 'completed' });
    expect(bytesOf(run.digest)).toBeLessThan(4096);
  });
});
