/**
 * What holds for every history, on random ones: D1, D7, D8, D9, the bounds. The seed stands in each failure.
 */
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../actors/fact.ts';
import type { RunDigest } from '../../../actors/agentRun/digest/digest.ts';
import { startDigest } from '../../../actors/agentRun/digest/digest.ts';
import { runFoldOf } from '../../../actors/agentRun/digest/fold.ts';
import { mergeDigests } from '../../../actors/agentRun/digest/merge.ts';
import { schemas } from '../../../actors/agentRun/schemas.ts';
import { transcribed, transcript } from '../../../actors/agentRun/transcript.ts';
import { usageCountNames } from '../../../actors/agentRun/usage.ts';
import { usageEntries } from '../../../actors/agentRun/usageEntries.ts';
import { canonicalJson } from '../../../storage/canonical.ts';
import { randomOf, randomRun, seed } from './randomRun.ts';

const runFold = runFoldOf();
const runs = Array.from({ length: 60 }, (_, i) => randomRun(randomOf(i), 150));
const histories: readonly (readonly [number, readonly Fact[]])[] = runs.map(({ facts }, i) => [i, facts]);

function foldOf(facts: readonly Fact[], from: RunDigest = startDigest): RunDigest {
  return facts.reduce((digest, fact) => runFold.fold(digest, fact), from);
}

const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe(`SEED=${seed}`, () => {
  test('the histories end in many ways', () => {
    const states = new Set(runs.map(({ digest }) => digest.state));
    expect(states.size).toBeGreaterThan(4);
  });

  test.each(histories)('D1: history %i is folded alike from every cut, stored or not', (i, facts) => {
    const whole = foldOf(facts);
    expect(whole).toEqual(runs[i]!.digest);
    const random = randomOf(1000 + i);
    for (let n = 0; n < 10; n++) {
      const cut = random.below(facts.length);
      expect(foldOf(facts.slice(cut), stored(foldOf(facts.slice(0, cut))))).toEqual(whole);
    }
  });

  test.each(histories)(
    'D7: 50 KB more text in every event of history %i change byte counts only',
    (_, facts) => {
      const long = facts.map((fact) => ({ ...fact, event: longer(fact.event) }));
      expect(withoutBytes(foldOf(long))).toEqual(withoutBytes(foldOf(facts)));
    },
  );

  test.each(histories)('the digest of history %i is integers, canonical, and under 64 KiB', (_, facts) => {
    let digest = startDigest;
    for (const fact of facts) digest = runFold.fold(digest, fact);
    expect(canonicalJson(digest)).toBe(canonicalJson(stored(digest)));
    expect(numbersIn(digest).every(Number.isSafeInteger)).toBe(true);
    expect(digest.turns.activeMs + digest.turns.idleMs).toBe(digest.durationMs);
    expect(Buffer.byteLength(canonicalJson(digest))).toBeLessThan(64 * 1024);
  });

  test.each(histories)('D9: the usage entries of history %i add up to its digest', (_, facts) => {
    let digest = startDigest;
    const sums = usageCountNames.map(() => 0);
    for (const fact of facts) {
      for (const { counts } of usageEntries(digest, fact)) counts.forEach((count, i) => (sums[i]! += count));
      digest = runFold.fold(digest, fact);
    }
    expect(sums).toEqual(usageCountNames.map((name) => digest.usage.total[name]));
  });

  test.each(histories)('the transcript of history %i is the same fact by fact', (_, facts) => {
    const half = facts.length >> 1;
    const first = stored(transcript(facts.slice(0, half)));
    expect(facts.slice(half).reduce((said, fact) => transcribed(said, fact), first)).toEqual(
      transcript(facts),
    );
  });

  test('what the random runs are told passes the schemas', () => {
    const facts = histories.flatMap(([, told]) => told).filter(({ event }) => event.type in schemas);
    // What the run itself concludes is nobody's to send.
    const all = facts.filter(({ event }) => !('with' in event));
    expect(facts.length).toBeGreaterThan(all.length);
    const check = ({ event }: Fact): unknown =>
      schemas[event.type as keyof typeof schemas]['~standard'].validate(event);
    for (const fact of all) expect(check(fact), JSON.stringify(fact.event)).toEqual({ value: fact.event });
  });

  test('D8: merge is a monoid', () => {
    const random = randomOf(2000);
    for (let n = 0; n < 200; n++) {
      const [a, b, c] = [random.pick(runs).digest, random.pick(runs).digest, random.pick(runs).digest];
      expect(mergeDigests(mergeDigests(a, b), c)).toEqual(mergeDigests(a, mergeDigests(b, c)));
      expect(mergeDigests(startDigest, a)).toBe(a);
      expect(mergeDigests(a, startDigest)).toBe(a);
    }
  });

  test('D8: many merged are still a digest within its bound', () => {
    const all = runs.map(({ digest }) => digest).reduce(mergeDigests);
    expect(all.runs).toBe(runs.length);
    expect(Object.keys(all.errors.byClass)).toHaveLength(11);
    expect(Buffer.byteLength(canonicalJson(all))).toBeLessThan(64 * 1024);
  });
});

const bodies = new Set(['text', 'content', 'input', 'output', 'error', 'message', 'title', 'stderr']);

function longer<E extends object>(event: E): E {
  const entries = Object.entries({ ...event } as Record<string, unknown>).map(([name, value]) =>
    bodies.has(name) && typeof value === 'string' ? [name, value + 'x'.repeat(50_000)] : [name, value],
  );
  return Object.fromEntries(entries) as E;
}

/** Byte counts are of bodies, and so are the result and the titles of what waits. */
function withoutBytes(digest: RunDigest): unknown {
  const { messages, result: _, carry } = digest;
  const { textBytes: _1, reasoningBytes: _2, ...rest } = messages;
  const book = carry && { ...carry.book, asks: carry.book.asks.map(({ title: _3, ...ask }) => ask) };
  return { ...digest, result: null, messages: rest, carry: carry && { ...carry, said: null, book } };
}

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  const inner: unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return inner.flatMap(numbersIn);
}
