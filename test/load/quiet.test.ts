/** Figures of a busy machine are not taken by accident, and not shown without a word. */
import { expect, test } from 'vitest';
import { refusalOf, warningOf } from '../../load/quiet.ts';

test('a load above three is refused with its reason, unless it is asked for', () => {
  expect(refusalOf(3.1, false)).toBe(
    'The load of this machine is 3.1; above 3 figures mislead. ' +
      'Wait until it is quiet, or measure with --busy, which the page then says.',
  );
  expect(refusalOf(3.1, true)).toBeUndefined();
  expect(refusalOf(3, false)).toBeUndefined();
});

test('what was measured on a busy machine says so, and nothing else does', () => {
  expect(warningOf(17.14)).toBe('**Measured on a busy machine (load 17.1): these figures mislead.**');
  expect(warningOf(3)).toBe('');
});
