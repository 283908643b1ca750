/** What a bundle writes in the place of older values, and what its page makes of it. */
import { expect, test } from 'vitest';
import { deltaOf } from '../../../../runtime/inspector/bundle/deltaOf.ts';
import { patched } from '../../../../runtime/inspector/page/bundle/patched.ts';
import { Random } from '../../../../storage/conformance/random.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** As a file has it. */
function undone(newer: unknown, older: unknown): unknown {
  const delta = deltaOf(newer, older);
  return delta === undefined ? newer : patched(newer, JSON.parse(JSON.stringify(delta)) as typeof delta);
}

test('what grew is told by its length, what is the same not at all', () => {
  expect(deltaOf({ text: 'Hello, you', seq: 2 }, { text: 'Hello', seq: 2 })).toEqual([
    'in',
    { text: ['cut', 5] },
  ]);
  expect(deltaOf([1, { a: 2 }, 3], [1, { a: 2 }])).toEqual(['cut', 2]);
  expect(deltaOf({ a: 1, b: 2 }, { a: 1 })).toEqual(['in', { b: null }]);
  expect(deltaOf({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBeUndefined();
});

test('a list that lost its first is told as it was, where that is shorter', () => {
  expect(deltaOf([2, 3, 4], [1, 2, 3, 4])).toEqual(['was', [1, 2, 3, 4]]);
});

test('the newer value stays as it is', () => {
  const newer = { list: [1, 2, { a: 'xy' }] };
  expect(undone(newer, { list: [1, 2, { a: 'x' }] })).toEqual({ list: [1, 2, { a: 'x' }] });
  expect(newer).toEqual({ list: [1, 2, { a: 'xy' }] });
});

const names = ['a', 'b', '0', '1', '__proto__', 'constructor', ''];

function anyValue(random: Random, depth: number): unknown {
  const most = depth > 3 ? 5 : 7;
  switch (random.below(most)) {
    case 0:
      return null;
    case 1:
      return random.below(3);
    case 2:
      return random.below(2) === 0;
    case 3:
      return '';
    case 4:
      return 'abcdef'.slice(0, random.below(7));
    case 5:
      return Array.from({ length: random.below(5) }, () => anyValue(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(5) }, () => [random.pick(names), anyValue(random, depth + 1)]),
      );
  }
}

test('of any two values the older one comes out', () => {
  const random = new Random(seed);
  for (let i = 0; i < 5000; i++) {
    const [newer, older] = [anyValue(random, 0), anyValue(random, 0)];
    // As text, so that a field called __proto__ counts; the order of fields does not.
    expect(sorted(undone(newer, older)), `SEED=${seed}`).toBe(sorted(older));
  }
});

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1))
      : field,
  );
}
