/** Scenarios on a real server, as short as they can be; and a ledger that tells a loss. */
import { expect, test, vi } from 'vitest';
import type { Scenario } from '../../load/scenario.ts';
import { crowded } from '../../load/scenarios/crowded.ts';
import { fanOut } from '../../load/scenarios/fanOut.ts';
import { streams } from '../../load/scenarios/streams.ts';
import { Ledger } from '../../load/site/ledger.ts';
import { underLoad } from '../../load/underLoad.ts';

vi.setConfig({ testTimeout: 60_000 });

const span = { seconds: 0.5, scale: 0.05, progress: () => undefined };

test('readers that keep up, are slow or vanish hear all of it, as what is recorded says', async () => {
  const { figures, latencies, checked } = await underLoad(fanOut, span);
  expect(figures[0]).toEqual({ name: 'readers', value: 15 + 3 + 3, unit: '' });
  expect(latencies.map(({ name }) => name)).toEqual(['keep up', 'slow', 'vanish and return']);
  expect(checked).toEqual([
    '250 pieces of 10 speakers are recorded in order, each once',
    '10 histories verify',
  ]);
});

test('open streams hear each piece once, and what is held for them is bounded', async () => {
  const { figures, checked } = await underLoad(streams, { ...span, seconds: 1 });
  expect(figures.map(({ name }) => name)).toEqual(['streams', 'notifications', 'heap held a stream']);
  expect(figures[0]?.value).toBe(50);
  expect(checked).toEqual([
    '100 pieces of 5 speakers are recorded in order, each once',
    '50 streams heard each piece of theirs once',
    '5 histories verify',
  ]);
});

test('a crowd at a small mailbox: who was refused is not recorded, who was answered is', async () => {
  const { figures, checked } = await underLoad(crowded, { ...span, seconds: 1 });
  expect(figures.map(({ value }) => value > 0)).toEqual([true, true]);
  expect(checked.at(-1)).toBe('1 histories verify');
});

/** One note that is sent, and one that is only said to be answered. */
const losing: Scenario = {
  name: 'losing',
  question: 'Is a loss told?',
  run: async (site) => {
    const ledger = new Ledger(1);
    const { key, path, body } = ledger.note();
    expect((await site.http.post(path, body, key)).status).toBe(200);
    ledger.hasAnswer(key);
    ledger.hasAnswer(ledger.note().key);
    return { figures: [], latencies: [], check: async (recorded) => [await ledger.check(recorded)] };
  },
};

test('a scenario whose answered note is not recorded fails, and gives no figure', async () => {
  await expect(underLoad(losing, span)).rejects.toThrow('what was answered is recorded');
});
