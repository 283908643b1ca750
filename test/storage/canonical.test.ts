/**
 * Canonical JSON: one text for one value.
 */
import { describe, expect, test } from 'vitest';
import { isTroupeError } from '../../actors/troupeError.ts';
import { canonicalJson } from '../../storage/canonical.ts';

test.each([
  [null, 'null'],
  [true, 'true'],
  [-0, '0'],
  [1e21, '1e+21'],
  [0.1, '0.1'],
  ['a"\n€', '"a\\"\\n€"'],
  ['\ud800', '"\\ud800"'],
  [[], '[]'],
  [{}, '{}'],
  [[1, [2, null]], '[1,[2,null]]'],
  [{ b: 1, a: { d: 1, c: 2 } }, '{"a":{"c":2,"d":1},"b":1}'],
  [{ 10: 1, 9: 2, a: 3, B: 4 }, '{"10":1,"9":2,"B":4,"a":3}'],
  [{ '\u{1f600}': 1, '\uff01': 2 }, '{"\u{1f600}":1,"\uff01":2}'],
  [{ a: undefined, b: 1 }, '{"b":1}'],
  [Object.assign(Object.create(null) as object, { a: 1 }), '{"a":1}'],
  [JSON.parse('{"__proto__":1}') as unknown, '{"__proto__":1}'],
])('%j is written as %s', (value, text) => expect(canonicalJson(value)).toBe(text));

test('the order in which keys were set does not matter', () => {
  const [one, other] = [
    { a: 1, b: { c: 1, d: 2 } },
    { b: { d: 2, c: 1 }, a: 1 },
  ];
  expect(canonicalJson(one)).toBe(canonicalJson(other));
});

describe('what JSON cannot hold is NOT_STORABLE, with its path', () => {
  test.each([
    [NaN, ''],
    [{ a: { b: [1, Infinity] } }, '.a.b[1]'],
    [[undefined], '[0]'],
    [{ a: 1n }, '.a'],
    [{ a: new Date(0) }, '.a'],
    [{ a: new Map() }, '.a'],
    [{ f: () => 1 }, '.f'],
    [{ s: Symbol('s') }, '.s'],
  ])('case %$', (value, path) => {
    let error: unknown;
    try {
      canonicalJson(value);
    } catch (thrown) {
      error = thrown;
    }
    expect(isTroupeError(error, 'NOT_STORABLE') && error.details).toEqual({ path });
  });
});
