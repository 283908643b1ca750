/**
 * The short form of the crash campaign (`npm run test:crash` is the long one): a few kills in CI.
 */
import { expect, test } from 'vitest';
import { campaign } from '../../crash/campaign.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));

test(`what was acknowledged before kill −9 is there, whole and in order (SEED=${seed})`, async () => {
  const lines: string[] = [];
  const { passed, failed, acknowledged } = await campaign(seed, 4, (line) => lines.push(line));
  expect(failed, lines.join('\n')).toBe(0);
  expect(passed).toBe(4);
  expect(acknowledged).toBeGreaterThan(0);
}, 180_000);
