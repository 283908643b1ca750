/** What the client weighs in a page. */
import { expect, test } from 'vitest';
import { weighed } from '../pageWeight.ts';

test('the client is a bundle of at most 6 KB that needs nothing else', async () => {
  const { bytes, made } = await weighed('runtime/client.ts');
  expect(bytes).toBeGreaterThan(2000);
  expect(bytes).toBeLessThanOrEqual(6 * 1024);
  expect(made.filter((path) => !/^runtime\/client(?:\.ts|\/)/.test(path))).toEqual([]);
});
