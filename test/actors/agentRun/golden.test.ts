/**
 * The golden vectors: facts, the digest they make and its hash, worked out by hand and written as plain JSON,
 * so that a fold in another language can be held against them (test/fixtures/agentRun/README.md).
 */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../actors/fact.ts';
import { runFoldOf } from '../../../actors/agentRun/digest/fold.ts';
import { canonicalJson } from '../../../storage/canonical.ts';

interface Vector {
  readonly title: string;
  readonly facts: readonly Omit<Fact, 'to'>[];
  readonly digest: unknown;
  readonly digestHash: string;
}

const vectors = globSync('test/fixtures/agentRun/*.json')
  .toSorted()
  .map((path) => JSON.parse(readFileSync(path, 'utf8')) as Vector);

test('there are a rich run and four endings', () => expect(vectors).toHaveLength(5));

describe.each(vectors)('$title', ({ facts, digest, digestHash }) => {
  const { start, fold } = runFoldOf();
  const folded = facts.reduce((before, fact) => fold(before, { ...fact, to: fact.seq }), start());

  test('has the digest that was worked out', () => expect(folded).toEqual(digest));

  test('has its hash', () => {
    const hash = createHash('sha256').update(canonicalJson(folded)).digest('hex');
    expect(hash).toBe(digestHash);
  });
});
