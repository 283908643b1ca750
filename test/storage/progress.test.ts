/** What a stored commit says of where its actor stands, beside what decoding all of it says. */
import { expect, test } from 'vitest';
import { isTroupeError } from '../../actors/troupeError.ts';
import { chainStart } from '../../storage/chain.ts';
import type { Commit, CommitDraft } from '../../storage/commit.ts';
import { decodeCommit, encodeCommit, erasedRecord } from '../../storage/commitCodec.ts';
import { ended, fact, noted, randomParts, start } from '../../storage/conformance/drafts.ts';
import { Random } from '../../storage/conformance/random.ts';
import { progressAt } from '../../storage/progress.ts';
import type { Progress } from '../../storage/progress.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

const recordOf = (draft: Omit<CommitDraft, 'seq'>): Buffer =>
  encodeCommit({ ...draft, seq: 1 }, chainStart).record;

function progressOf({ facts, at, reached, row, due, usage }: Commit): Progress {
  return { at: facts.at(-1)?.at ?? at, reached, row, due, usage };
}

test(`of random commits, whole and erased, alone and behind others (SEED=${seed})`, () => {
  const random = new Random(seed);
  for (let i = 0; i < 2000; i++) {
    const parts = random.once(4) ? ended('run/x', start) : randomParts(random, 'run/x', start);
    const whole = recordOf(parts);
    for (const record of [whole, erasedRecord(whole)]) {
      const before = random.bytes(random.below(50));
      const bytes = Buffer.concat([before, record, random.bytes(random.below(50))]);
      const told = progressAt(bytes, before.length);
      expect(told).toEqual(progressOf(decodeCommit(bytes, before.length)));
    }
  }
});

test('its time is that of the last fact; intents alone are no row', () => {
  const facts = [fact(start), fact(start + 5), fact(start + 7)];
  const silent = { reached: undefined, row: undefined, due: undefined, usage: undefined };
  const intents = [['timer', 'x']];
  expect(progressAt(recordOf({ address: 'run/a', facts }), 0)).toEqual({ ...silent, at: start + 7 });
  expect(progressAt(recordOf({ address: 'run/a', facts, intents }), 0)).toEqual({ ...silent, at: start + 7 });
  const labelled = recordOf({ address: 'run/a', facts, intents, row: { labels: { a: 'b' } }, due: null });
  expect(progressAt(labelled, 0)).toMatchObject({ row: { labels: { a: 'b' } }, due: null });
});

test('bytes that make no sense are CORRUPT', () => {
  const record = recordOf(noted('run/a'));
  for (let length = 0; length < record.length; length++) {
    let thrown: unknown;
    try {
      progressAt(record.subarray(0, length), 0);
    } catch (error) {
      thrown = error;
    }
    expect(isTroupeError(thrown, 'CORRUPT'), `the first ${length} bytes`).toBe(true);
  }
  const other = Buffer.from(record);
  other[13] = 9;
  expect(() => progressAt(other, 0)).toThrow('its version is 9');
});
