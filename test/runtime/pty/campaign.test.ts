/**
 * The short form of the campaign of sessions (`npm run test:crash` is the long one), and proof that it
 * notices what it is there for.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import type { Troupe } from '../../../runtime/index.ts';
import { parts, ptyCampaign } from '../../crash/pty/campaign.ts';
import { printing } from '../../crash/pty/output.ts';
import { assertWritten } from '../../crash/pty/stream.ts';
import { ended } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
const sizes = { sessions: 12, largeBytes: 2 ** 22, tinyWrites: 20_000, rounds: 3 };

test.each(parts)(`sessions keep what they promise: %s (SEED=${seed})`, async (part) => {
  expect(await ptyCampaign(part, sizes, seed)).toMatch(/^[1-9]/);
});

describe('the judge', () => {
  let troupe: Troupe;
  beforeAll(async () => {
    troupe = await openTroupe({ journal: { kind: 'memory' } });
  });
  afterAll(async () => troupe.close());

  test('notices a process that grows', async () => {
    const printed = printing(troupe, { seed, bytes: 2 ** 22, writeBytes: 2 ** 16, growthBytes: -1 });
    await expect(printed).rejects.toThrow('it has grown by');
  });

  test('notices a byte that is missing, and one that is another', async () => {
    const session = troupe.pty();
    await session.open({ command: 'sh', args: ['-c', 'printf readyx'] });
    await ended(session);
    await expect(assertWritten(session, 'readyx', { seed, bytes: 2 })).rejects.toThrow('every byte');
    await expect(assertWritten(session, 'reads', { seed, bytes: 1 })).rejects.toThrow('from 0 on');
    await assertWritten(session, 'readyx', { seed, bytes: 0 });
  });
});
