/** What the inspector's sender weighs in a page. */
import { expect, test } from 'vitest';
import { weighed } from '../pageWeight.ts';

test('the sender is a bundle of at most 4 KB that needs nothing else, XState neither', async () => {
  const { bytes, made } = await weighed('runtime/inspect.ts');
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThanOrEqual(4 * 1024);
  const own = /^runtime\/(?:inspect\.ts|inspect\/|client\/)/;
  expect(made.filter((path) => !own.test(path))).toEqual([]);
});
