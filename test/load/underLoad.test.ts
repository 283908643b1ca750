/** Scenarios on a real server, as short as they can be; and a ledger that tells a loss. */
import { expect, test, vi } from 'vitest';
import type { Scenario } from '../../load/scenario.ts';
import { crowded } from '../../load/scenarios/crowded.ts';
import { fanOut } from '../../load/scenarios/fanOut.ts';
import { ptyFirehose } from '../../load/scenarios/ptyFirehose.ts';
import { stalled } from '../../load/scenarios/stalled.ts';
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
  const { figures, traffic, checked } = await underLoad(crowded, { ...span, seconds: 1 });
  expect(figures.map(({ value }) => value > 0)).toEqual([true, true]);
  expect([traffic.refused > 0, traffic.failed]).toEqual([true, 0]);
  expect(checked.at(-1)).toBe('1 histories verify');
});

test('who stops reading is reset and reads up, who vanishes comes back, others notice nothing', async () => {
  const { figures, traffic, checked } = await underLoad(stalled, { ...span, scale: 0.1 });
  expect(figures.slice(0, 3).map(({ value }) => value)).toEqual([2, 1, 1]);
  expect([traffic.refused > 0, traffic.failed]).toEqual([true, 0]);
  expect(checked.slice(1)).toEqual([
    '4 readers have each piece of theirs once, 1 of them through resets',
    '1 histories verify',
  ]);
});

test('what terminals print is recorded byte for byte, and its readers are told of every byte', async () => {
  const { checked } = await underLoad(ptyFirehose, { ...span, scale: 0.1 });
  // `ready` and 5000 lines each.
  expect(checked[0]).toBe('1000014 bytes were printed by 2 sessions and are recorded, each in its place');
  expect(checked[1]).toMatch(
    /^6 readers were told each byte, or by a reset that it was let go \(\d+ bytes\)$/,
  );
  expect(checked[2]).toBe('3 histories verify');
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

/** What no server of this load may answer. */
const refusing = (refusals: boolean): Scenario => ({
  name: 'refusing',
  question: 'Is a refusal told that nobody provoked?',
  settings: () => ({ streams: 1 }),
  ...(refusals && { refusals: true }),
  run: async (site) => {
    expect((await site.http.post('/v1/actors/tally/0/events', { type: 'note', n: 0, text: '' })).status).toBe(
      200,
    );
    const [first, second] = [await site.http.open(path), await site.http.open(path)];
    expect([first.statusCode, second.statusCode]).toEqual([200, 429]);
    first.destroy();
    second.destroy();
    return { figures: [], latencies: [], check: async () => Promise.resolve([]) };
  },
});
const path = '/v1/actors/tally/0/stream';

test('a refusal fails a scenario that did not provoke it, and is counted apart in one that did', async () => {
  await expect(underLoad(refusing(false), span)).rejects.toThrow('refused where that is provoked');
  const { traffic } = await underLoad(refusing(true), span);
  expect(traffic).toEqual({ sent: 3, answered: 2, refused: 1, failed: 0, cutOff: 0 });
});

test('an answer that is neither fails a scenario', async () => {
  const asking: Scenario = {
    ...losing,
    run: async (site) => {
      expect((await site.http.get('/v1/actors/tally/nobody/snapshot')).status).toBe(404);
      return { figures: [], latencies: [], check: async () => Promise.resolve([]) };
    },
  };
  await expect(underLoad(asking, span)).rejects.toThrow('no request failed');
});
