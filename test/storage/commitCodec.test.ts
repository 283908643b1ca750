/**
 * Commits as bytes: what goes in comes out, the bytes are those of docs/JOURNAL.md, damage is noticed.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isTroupeError } from '../../actors/troupeError.ts';
import { chainAfter, chainStart } from '../../storage/chain.ts';
import type { CommitDraft, EncodedCommit, UsageEntry } from '../../storage/commit.ts';
import { decodeCommit, encodeCommit, erasedRecord, glanceAt } from '../../storage/commitCodec.ts';
import { ended, fact, noted, randomParts, start } from '../../storage/conformance/drafts.ts';
import { Random } from '../../storage/conformance/random.ts';
import { shown, written } from '../../storage/conformance/shown.ts';
import { pack } from '../../storage/values.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

/** The example of docs/JOURNAL.md. */
const example: CommitDraft = {
  address: 'run/a',
  seq: 1,
  facts: [{ event: pack({ type: 'go', n: 7 }).bytes, at: 1_750_000_000_000, id: 'm1' }],
  reached: { paths: ['on'], tags: ['busy'] },
  intents: [['timer', 'x']],
  due: 1_750_000_005_000,
};

/** Its bytes, by hand. */
const exampleBytes = [
  '00', // flags: narrow, not sealed, not erased
  '0034', // 52 bytes of header
  '0017', // 23 bytes of payload
  '60996fc07c984296', // the first 8 bytes of the chain after it
  '01', // version
  '0005 72756e2f61', // run/a
  '000000000001', // seq 1
  '0001', // one fact
  '427977420dc00000', // 1750000000000 as a double
  '94', // rest: four parts
  '93 0c 00 a26d31', // an event of 12 bytes, 0 ms later, id m1
  '92 91a26f6e 91a462757379', // reached: [on], [busy]
  '0b', // an extra of 11 bytes
  'cb 427977420ef88000', // due at 1750000005000
  '82 a474797065 a2676f a16e 07', // the event { type: go, n: 7 }
  '91 91 92 a574696d6572 a178', // the extra: intents [[timer, x]]
]
  .join('')
  .replaceAll(' ', '');

function randomCommit(random: Random): EncodedCommit {
  const parts = random.once(4) ? ended('run/x', start) : randomParts(random, 'run/x', start);
  return encodeCommit({ ...parts, seq: 1 + random.below(2 ** 31) * random.below(2 ** 16) }, random.bytes(32));
}

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('the record', () => {
  test('of the example has exactly these bytes', () => {
    const { record, chain } = encodeCommit(example, chainStart);
    expect(record.toString('hex')).toBe(exampleBytes);
    const payloadHash = createHash('sha256').update(record.subarray(65)).digest();
    const byHand = createHash('sha256')
      .update(chainStart)
      .update(record.subarray(13, 65))
      .update(payloadHash);
    expect(chain.toString('hex')).toBe(byHand.digest('hex'));
  });

  test('of the example is the one that docs/JOURNAL.md shows', () => {
    const page = readFileSync('docs/JOURNAL.md', 'utf8');
    const block = /<!-- example -->\n+```\n(?<lines>[^`]+)```/.exec(page)?.groups?.['lines'] ?? '';
    const hex = block.split('\n').map((line) => line.slice(0, 44));
    expect(hex.join('').replaceAll(' ', '')).toBe(exampleBytes);
  });

  test('of the example erased is the one that docs/JOURNAL.md shows', () => {
    const page = readFileSync('docs/JOURNAL.md', 'utf8');
    const block = /<!-- erased example -->\n+```\n(?<lines>[^`]+)```/.exec(page)?.groups?.['lines'] ?? '';
    const hex = block.split('\n').map((line) => line.slice(0, 44));
    const erased = erasedRecord(encodeCommit(example, chainStart).record);
    expect(hex.join('').replaceAll(' ', '')).toBe(erased.toString('hex'));
  });

  test(`of a random commit decodes to that commit, alone and among others (SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let i = 0; i < 300; i++) {
      const commit = randomCommit(random);
      const around = Buffer.concat([random.bytes(i % 5), commit.record, random.bytes(i % 7)]);
      expect(shown(decodeCommit(commit.record))).toEqual(written(commit));
      expect(shown(decodeCommit(around, i % 5))).toEqual(written(commit));
      const { address, seq } = commit.draft;
      const end = (i % 5) + commit.record.length;
      const sealed = commit.seal !== undefined;
      expect(glanceAt(around, i % 5)).toEqual({ address, seq, to: commit.to, sealed, end });
    }
  });

  test('holds up to 65535 facts', () => {
    const facts = Array.from({ length: 65_535 }, () => fact());
    const commit = encodeCommit({ address: 'run/a', seq: 1, facts }, chainStart);
    expect(decodeCommit(commit.record).to).toBe(65_535);
    expect(() => encodeCommit({ address: 'run/a', seq: 1, facts: [...facts, fact()] }, chainStart)).toThrow(
      '65535',
    );
    expect(() => encodeCommit({ address: 'run/a', seq: 1, facts: [] }, chainStart)).toThrow('65535');
  });

  test('is wide when a part has more than 64 KiB', () => {
    const of = (bytes: number): EncodedCommit =>
      encodeCommit({ address: 'run/a', seq: 1, facts: [{ event: Buffer.alloc(bytes), at: 0 }] }, chainStart);
    expect([of(65_535).record[0], of(65_536).record[0]]).toEqual([0, 4]);
    expect(decodeCommit(of(65_536).record).facts[0]?.event).toHaveLength(65_536);
  });

  test('of more than 16 MiB is TOO_LARGE', () => {
    const facts = [{ event: Buffer.alloc(16 * 1024 * 1024), at: 0 }];
    const error = errorOf(() => encodeCommit({ address: 'run/a', seq: 1, facts }, chainStart));
    expect(isTroupeError(error, 'TOO_LARGE')).toBe(true);
  });

  test('of usage that no row can hold is NOT_STORABLE', () => {
    const refused = (usage: UsageEntry): boolean =>
      isTroupeError(
        errorOf(() => encodeCommit({ ...noted('run/a'), seq: 1, usage: [usage] }, chainStart)),
        'NOT_STORABLE',
      );
    const fits = { hour: 2 ** 32 - 2, key: ['x'.repeat(1020)], counts: [1] };
    expect(refused(fits)).toBe(false);
    expect(refused({ ...fits, hour: 2 ** 32 - 1 })).toBe(true);
    expect(refused({ ...fits, hour: 0.5 })).toBe(true);
    expect(refused({ ...fits, key: ['x'.repeat(1021)] })).toBe(true);
    expect(refused({ ...fits, counts: [0.5] })).toBe(true);
  });
});

describe('the seal', () => {
  const commit = encodeCommit({ ...ended('run/a', start + 5), seq: 3 }, chainStart);

  test('is canonical JSON that holds the chain after its commit', () => {
    const digestHash = createHash('sha256').update('{"facts":1,"names":["a","b"]}').digest('hex');
    const text =
      `{"cause":"done","chain":"${commit.chain.toString('hex')}","digest":{"facts":1,"names":["a","b"]},` +
      `"digestHash":"${digestHash}","schema":1,"sealedAt":1750000000005,"version":1}`;
    expect(Buffer.from(decodeCommit(commit.record).seal ?? []).toString()).toBe(text);
    expect(commit.sealHash).toBe(createHash('sha256').update(text).digest('hex'));
  });

  test('of a digest above 64 KiB is TOO_LARGE, counted in bytes', () => {
    const sealedWith = (digest: unknown): unknown => {
      const seal = { cause: 'done', digest, schema: 1, version: 1, sealedAt: 0 };
      return errorOf(() => encodeCommit({ ...noted('run/a'), seq: 1, seal }, chainStart));
    };
    expect(isTroupeError(sealedWith('x'.repeat(65_534)))).toBe(false);
    expect(isTroupeError(sealedWith('x'.repeat(65_535)), 'TOO_LARGE')).toBe(true);
    expect(isTroupeError(sealedWith('€'.repeat(30_000)), 'TOO_LARGE')).toBe(true);
  });
});

describe('an erased record', () => {
  test('has lost payload, intents and row, and kept header, chain, due, usage and seal', () => {
    const parts = { ...ended('run/a'), ...example, intents: [1], row: { title: 'secret' } };
    const usage = [{ hour: 1, key: ['k'], counts: [1] }];
    const commit = encodeCommit({ ...parts, usage }, chainStart);
    const record = erasedRecord(commit.record);
    const back = decodeCommit(record);
    expect(shown(back)).toEqual(written(commit, 1));
    expect([back.due, back.usage]).toEqual([example.due, usage]);
    expect(chainAfter(chainStart, back.header, back.payloadHash()).equals(commit.chain)).toBe(true);
    expect(record.includes('secret')).toBe(false);
    expect(record.length).toBeLessThan(commit.record.length + 32);
  });

  test('stays as it is when it is erased again', () => {
    const once = erasedRecord(encodeCommit(example, chainStart).record);
    expect(erasedRecord(once).equals(once)).toBe(true);
    expect(erasedRecord(Buffer.concat([Buffer.alloc(3), once, Buffer.alloc(3)]), 3).equals(once)).toBe(true);
  });
});

describe('damage', () => {
  test.each([
    ['an unknown version', 13, 2],
    ['an unknown flag', 0, 8],
    ['a wide flag', 0, 4],
    ['an erased flag', 0, 1],
    ['a longer header', 2, 0x35],
    ['a longer payload', 4, 0x1a],
    ['a longer address', 15, 6],
    ['another count', 28, 2],
  ])('%s is noticed', (_, at, value) => {
    const bytes = encodeCommit(example, chainStart).record;
    bytes[at] = value;
    expect(isNoticed(bytes, encodeCommit(example, chainStart))).toBe(true);
  });

  test('an unknown version is CORRUPT and says so', () => {
    const bytes = encodeCommit(example, chainStart).record;
    bytes[13] = 2;
    const error = errorOf(() => decodeCommit(bytes));
    expect(isTroupeError(error, 'CORRUPT') && error.message).toMatch(/version is 2/);
    expect(glanceAt(bytes, 0)).toBeUndefined();
  });

  test(`every cut and every flipped bit is CORRUPT or leads to another chain (SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let i = 0; i < 60; i++) {
      const commit = randomCommit(random);
      if (commit.record.length > 2000) continue;
      for (let at = 0; at < commit.record.length; at++) {
        expect(
          isTroupeError(
            errorOf(() => decodeCommit(commit.record.subarray(0, at))),
            'CORRUPT',
          ),
        ).toBe(true);
        const flipped = Buffer.from(commit.record);
        flipped[at] = flipped[at]! ^ (1 << random.below(8));
        expect(isNoticed(flipped, commit) ? '' : `byte ${at} of ${commit.record.toString('hex')}`).toBe('');
      }
    }
  });
});

/** CORRUPT, or what `verify` compares differs; any other error is a failure. */
function isNoticed(bytes: Buffer, { draft, chain, record, seal }: EncodedCommit): boolean {
  glanceAt(bytes, 0);
  const back = errorOf(() => decodeCommit(bytes));
  if (back instanceof Error) {
    if (!isTroupeError(back, 'CORRUPT')) throw back;
    return true;
  }
  const commit = back as ReturnType<typeof decodeCommit>;
  const original = decodeCommit(record);
  const isSame = [
    commit.address === draft.address,
    commit.erased === original.erased,
    Buffer.compare(commit.tag, chain.subarray(0, 8)) === 0,
    Buffer.compare(commit.header, original.header) === 0,
    Buffer.compare(commit.payloadHash(), original.payloadHash()) === 0,
    Buffer.compare(commit.seal ?? Buffer.alloc(0), seal === undefined ? Buffer.alloc(0) : original.seal!) ===
      0,
  ];
  return isSame.includes(false);
}
