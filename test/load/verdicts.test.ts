/** A figure beside its bound is printed so that its verdict can be seen. */
import { expect, test } from 'vitest';
import { fixed, times } from '../../load/report.ts';

test('a ratio has two decimals, and as many more as its side of the bound takes', () => {
  expect(times(0.716)).toBe('0.72 ×');
  expect(times(1.504, 1.5)).toBe('1.504 ×');
  expect(times(1.50004, 1.5)).toBe('1.50004 ×');
  expect(times(0.5996, 0.6)).toBe('0.5996 ×');
  expect(times(1.5, 1.5)).toBe('1.50 ×');
  expect(times(1.6, 1.5)).toBe('1.60 ×');
});

test('so has any other figure', () => {
  expect(fixed(1000.4, 0, 1000)).toBe('1000.4');
  expect(fixed(999.6, 0, 1000)).toBe('999.6');
  expect(fixed(812.4, 0, 1000)).toBe('812');
});

test('a figure next to its bound, and one that is none, come to an end', () => {
  expect(fixed(1 + Number.EPSILON, 2, 1)).toBe('1.000000000000');
  expect(fixed(Number.NaN, 2, 1)).toBe('NaN');
});
