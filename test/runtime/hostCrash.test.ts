/**
 * The short form of the host's crash campaign (`npm run test:crash` is the long one): a few kills in CI.
 */
import { expect, test } from 'vitest';
import { hostCampaign } from '../crash/host/campaign.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));

test(`whatever actors had under way goes on after kill −9, once (SEED=${seed})`, async () => {
  const lines: string[] = [];
  const { passed, failed, acknowledged } = await hostCampaign(seed, 3, (line) => lines.push(line));
  expect(failed, lines.join('\n')).toBe(0);
  expect(passed).toBe(3);
  expect(acknowledged).toBeGreaterThan(0);
}, 180_000);
