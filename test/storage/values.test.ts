/**
 * Values as stored bytes: V1 to V3.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isTroupeError } from '../../actors/troupeError.ts';
import { Random } from '../../storage/conformance/random.ts';
import { erasedText, pack, unpack } from '../../storage/values.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

function roundTrip(value: unknown): unknown {
  const { bytes, bodies } = pack(value);
  const known = new Map(bodies.map((body) => [body.hash, body.bytes]));
  return unpack(bytes, (hash) => known.get(hash));
}

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

/** The same value with all bytes as Uint8Array: a Buffer is one, but is compared as another class. */
function plainBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(plainBytes);
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [plainBytes(k), plainBytes(v)]));
  if (value instanceof Set) return new Set([...value].map(plainBytes));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plainBytes(v)]));
}

class Custom {
  readonly a = 1;
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

describe('a value is written as these bytes', () => {
  test.each([
    [null, 'c0'],
    [undefined, 'd40000'],
    [true, 'c3'],
    [5, '05'],
    [-1, 'ff'],
    [300, 'cd012c'],
    [0.5, 'cb3fe0000000000000'],
    ['€', 'a3e282ac'],
    [[1, [2]], '92019102'],
    [Uint8Array.of(1, 2), 'c4020102'],
    [new Date(1000), 'd6ff00000001'],
    [new Set([1]), 'd5539101'],
    [new Map([['k', 1]]), 'd64d92a16b01'],
    ['\ud800', 'd55500d8'],
  ])('%o', (value, hex) => {
    expect(pack(value).bytes.toString('hex')).toBe(hex);
    expect(plainBytes(unpack(Buffer.from(hex, 'hex')))).toEqual(value);
  });

  test('an object, whichever way its size is told', () => {
    expect(unpack(Buffer.from('81a16101', 'hex'))).toEqual({ a: 1 });
    expect(unpack(Buffer.from('de0001a16101', 'hex'))).toEqual({ a: 1 });
  });
});

describe('V1: what is stored comes back equal', () => {
  test.each([
    [[Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 32, 2 ** 60, 2 ** 64, 5e-324, 1.7e308]],
    [[NaN, Infinity, -Infinity]],
    [{ a: undefined, b: [undefined, null] }],
    [['', {}, [], new Map(), new Set(), new Uint8Array(0)]],
    [[new Date(0), new Date(-5), new Date(1_750_000_000_123), new Date(8.64e15), new Date(NaN)]],
    [
      new Map<unknown, unknown>([
        [{ a: 1 }, [1, [2]]],
        ['x', new Map([[1, new Set([1, new Map()])]])],
        [[1], 2],
      ]),
    ],
    [new Set<unknown>([1, { a: new Set([2]) }, [new Date(7)]])],
    [{ constructor: 'a word', toString: 'another', hasOwnProperty: 1, length: 3 }],
    [['half \ud800', '\udc00', 'whole \u{1f600}']],
    [new Map([['__proto__', 'is a key like any other in a Map']])],
    [Array.from({ length: 300 }, (_, i) => new Map([[i, new Set(['x'.repeat(500)])]]))],
    [Object.fromEntries(Array.from({ length: 65_535 }, (_, i) => [`k${i}`, i]))],
    [nested(100)],
  ])('case %$', (value) => expect(roundTrip(value)).toEqual(value));

  test('bytes come back as bytes, whatever view they were', () => {
    const around = Uint8Array.of(9, 1, 2, 3, 9);
    for (const bytes of [Uint8Array.of(1, 2, 3), Buffer.of(1, 2, 3), around.subarray(1, 4)]) {
      const back = roundTrip({ bytes }) as { bytes: Uint8Array };
      expect(back.bytes).toBeInstanceOf(Uint8Array);
      expect([...back.bytes]).toEqual([1, 2, 3]);
    }
  });

  test('-0 comes back as 0', () => expect(Object.is(roundTrip(-0), 0)).toBe(true));

  test('an object without a prototype comes back as a plain one', () => {
    expect(roundTrip(Object.assign(Object.create(null) as object, { a: 1 }))).toEqual({ a: 1 });
  });

  test('the value that was packed is not changed', () => {
    const value = { text: 'x'.repeat(70_000), half: ['\ud800'], map: new Map([[1, new Set([2])]]) };
    const copy = structuredClone(value);
    pack(value);
    expect(value).toEqual(copy);
  });

  test(`random values (SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let i = 0; i < 500; i++) {
      const value = randomValue(random, 0);
      expect(plainBytes(roundTrip(value))).toEqual(plainBytes(value));
    }
  });
});

const leaves: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => undefined,
  (random) => random.once(2),
  (random) => random.between(-300, 300),
  (random) => random.below(2 ** 31) * random.below(2 ** 21),
  (random) => random.below(2 ** 31) / random.between(1, 1000),
  (random) => random.text(random.below(40)),
  (random) => `${random.text(3)}\ud800${random.text(2)}`,
  (random) => new Date(random.below(2 ** 31) * 1000 + random.below(1000)),
  (random) => random.bytes(random.below(50)),
];

function randomValue(random: Random, depth: number): unknown {
  if (depth > 4 || random.once(3)) return random.pick(leaves)(random);
  const items = Array.from({ length: random.below(6) }, () => randomValue(random, depth + 1));
  const named = items.map((item, i): [string, unknown] => [`${random.text(2)}${i}`, item]);
  const paired = items.map((item, i): [unknown, unknown] => [random.once(3) ? [i] : `${i}`, item]);
  switch (random.below(4)) {
    case 0:
      return items;
    case 1:
      return new Map(paired);
    case 2:
      return new Set(items);
    default:
      return Object.fromEntries(named);
  }
}

describe('V1, V3: what cannot be stored is refused with its path', () => {
  const cycle: Record<string, unknown> = {};
  cycle['me'] = { again: cycle };

  test.each([
    [() => 1, ''],
    [{ a: { b: [0, () => 1] } }, 'a.b[1]'],
    [{ n: 1n }, 'n'],
    [[Symbol('s')], '[0]'],
    [{ a: new Custom() }, 'a'],
    [{ a: new Error('x') }, 'a'],
    [[/x/], '[0]'],
    [{ a: Promise.resolve() }, 'a'],
    [{ a: new WeakMap() }, 'a'],
    [new Float64Array(1), ''],
    [new ArrayBuffer(1), ''],
    [{ a: new Map([['k', () => 1]]) }, 'a(map)[1]'],
    [{ a: new Set([1, new Custom()]) }, 'a(set)[1]'],
    [JSON.parse('{"__proto__": 1}'), '__proto__'],
    [JSON.parse('{"a": [{"__proto__": {"x": 1}}]}'), 'a[0].__proto__'],
    [{ a: { '\ud800': 1 } }, 'a'],
    [{ a: Object.fromEntries(Array.from({ length: 65_536 }, (_, i) => [`k${i}`, i])) }, 'a'],
    [{ constructor: 'a word', toJSON: 1 }, ''],
    [nested(102), '[0]'.repeat(101)],
  ])('case %$', (value, path) => {
    const error = errorOf(() => pack(value));
    expect(isTroupeError(error, 'NOT_STORABLE') && error.details).toEqual({ path });
  });

  test('a cycle', () => {
    expect(
      isTroupeError(
        errorOf(() => pack(cycle)),
        'NOT_STORABLE',
      ),
    ).toBe(true);
    const map = new Map<string, unknown>();
    map.set('me', map);
    expect(
      isTroupeError(
        errorOf(() => pack(map)),
        'NOT_STORABLE',
      ),
    ).toBe(true);
  });
});

describe('V2: a large leaf becomes a body', () => {
  test.each([
    ['text', 'a'.repeat(65_537), Buffer.from('a'.repeat(65_537))],
    ['text of few characters', '€'.repeat(30_000), Buffer.from('€'.repeat(30_000))],
    ['bytes', new Uint8Array(65_537).fill(7), Buffer.alloc(65_537, 7)],
  ])('%s', (_, leaf, bytes) => {
    const packed = pack({ leaf, same: [leaf] });
    const hash = createHash('sha256').update(bytes).digest('hex');
    expect(packed.bodies.map((body) => body.hash)).toEqual([hash, hash]);
    expect(Buffer.from(packed.bodies[0]!.bytes).equals(bytes)).toBe(true);
    expect(packed.bytes.length).toBeLessThan(200);
    const back = roundTrip({ leaf }) as { leaf: string | Uint8Array };
    expect(Buffer.from(back.leaf as string).equals(bytes)).toBe(true);
  });

  test('up to 64 KiB it stays where it is', () => {
    expect(pack(['a'.repeat(65_536), new Uint8Array(65_536)]).bodies).toEqual([]);
  });

  test('the bytes of a reference are its kind and the hash', () => {
    const { bytes, bodies } = pack('a'.repeat(65_537));
    expect(bytes.toString('latin1')).toBe(`\xc7\x41\x42t${bodies[0]?.hash}`);
    expect(pack(new Uint8Array(65_537)).bytes.toString('latin1')).toMatch(/^\xc7\x41\x42b[0-9a-f]{64}$/);
  });

  test('a body that was erased reads as [erased], and so does one nobody gives', () => {
    const { bytes } = pack({ text: 'a'.repeat(65_537), short: 'kept' });
    expect(unpack(bytes, () => undefined)).toEqual({ text: erasedText, short: 'kept' });
    expect(unpack(bytes)).toEqual({ text: '[erased]', short: 'kept' });
  });

  test('who gives bodies for one value is not asked for the next', () => {
    const { bytes, bodies } = pack('a'.repeat(65_537));
    expect(unpack(bytes, () => bodies[0]!.bytes)).toHaveLength(65_537);
    expect(unpack(bytes)).toBe(erasedText);
  });
});

describe('damaged bytes', () => {
  test.each(['', 'dc0005', '9201', 'a3e2', '0505', 'd901', 'de0001a161', 'dfffffffff', 'ddffffffff'])(
    '"%s" are CORRUPT',
    (hex) => {
      const error = errorOf(() => unpack(Buffer.from(hex, 'hex')));
      expect(isTroupeError(error, 'CORRUPT')).toBe(true);
    },
  );

  test(`cut and flipped, they are CORRUPT or another value, never another error (SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let i = 0; i < 200; i++) {
      const { bytes } = pack(randomValue(random, 0));
      for (let j = 0; j < 20 && bytes.length > 0; j++) {
        const damaged = Buffer.from(bytes.subarray(0, random.between(1, bytes.length)));
        const at = random.below(damaged.length);
        damaged[at] = random.below(256);
        const result = errorOf(() => unpack(damaged));
        expect(result instanceof Error && !isTroupeError(result, 'CORRUPT')).toBe(false);
      }
    }
  });
});
