/** Values of an app as JSON holds them: whatever they are, within bounds, without a throw. */
import { createActor, createMachine } from 'xstate';
import { expect, test } from 'vitest';
import { safeValue } from '../../../runtime/inspect/safeValue.ts';

class Point {
  readonly x = 1;
  get y(): number {
    throw new Error('not there');
  }
}

const circle: Record<string, unknown> = { name: 'a' };
circle['self'] = { again: circle };
const shared = { n: 1 };

test.each<readonly [name: string, value: unknown, expected: unknown]>([
  ['plain values', { a: [1, 'b', null, true] }, { a: [1, 'b', null, true] }],
  ['nothing', undefined, undefined],
  ['numbers beyond JSON', [NaN, -Infinity], [{ $number: 'NaN' }, { $number: '-Infinity' }]],
  ['large integers', 12n, { $bigint: '12' }],
  ['times', new Date(0), { $date: '1970-01-01T00:00:00.000Z' }],
  ['times that are none', new Date(NaN), { $date: null }],
  ['maps', new Map([['a', { b: 1n }]]), { $map: [['a', { b: { $bigint: '1' } }]] }],
  ['sets', new Set(['a', [1]]), { $set: ['a', [1]] }],
  ['bytes', new Uint8Array(12), '[12 bytes]'],
  ['functions', { run() {} }, { run: '[function run]' }],
  ['symbols', Symbol('s'), '[Symbol(s)]'],
  ['errors', new RangeError('far'), { name: 'RangeError', message: 'far' }],
  ['circles', circle, { name: 'a', self: { again: '[circular]' } }],
  ['what is there twice', [shared, shared], [{ n: 1 }, { n: 1 }]],
  ['instances', new Point(), { x: 1 }],
  [
    'elements of a page',
    Object.create({ nodeType: 1, [Symbol.toStringTag]: 'HTMLBodyElement' }),
    '[HTMLBodyElement]',
  ],
  ['long texts', 'x'.repeat(10_001), `${'x'.repeat(10_000)}… (10001 characters)`],
])('%s', (_, value, expected) => {
  expect(safeValue(value)).toEqual(expected);
  expect(() => JSON.stringify(safeValue(value))).not.toThrow();
});

test('references to actors are their sessions', () => {
  const actor = createActor(createMachine({}));
  expect(safeValue({ actor })).toEqual({ actor: `[actor ${actor.sessionId}]` });
});

test('long lists, wide objects and deep ones are cut, and say so', () => {
  const list = safeValue(Array.from({ length: 203 }, (_, i) => i)) as unknown[];
  expect(list.slice(198)).toEqual([198, 199, '[and 3 more]']);
  const wide = safeValue(Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`k${i}`, i]))) as object;
  expect(Object.entries(wide).slice(199)).toEqual([
    ['k199', 199],
    ['…', '[and 1 more]'],
  ]);
  let deep: unknown = 'end';
  for (let i = 0; i < 100_000; i++) deep = [deep];
  expect(JSON.stringify(safeValue(deep))).toBe('[[[[[[[["[list]"]]]]]]]]');
});

test('what throws when it is looked at is named, and nothing else is lost', () => {
  const trap = new Proxy(
    {},
    {
      getPrototypeOf() {
        throw new Error('a trap');
      },
    },
  );
  const throwing = Object.defineProperty({ ok: 1 }, 'bad', {
    enumerable: true,
    get() {
      throw new Error('no');
    },
  });
  expect(safeValue({ trap, throwing })).toEqual({
    trap: '[unreadable: a trap]',
    throwing: { ok: 1, bad: '[unreadable]' },
  });
});
