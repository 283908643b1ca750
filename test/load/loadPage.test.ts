/** The pages that load and soak write, from figures made by hand. */
import { expect, test } from 'vitest';
import { lineOf, percentilesOf } from '../../load/latency.ts';
import { loadPage, msOf } from '../../load/loadPage.ts';
import { measures } from '../../load/soaking/sampled.ts';
import type { Sample } from '../../load/soaking/sampled.ts';
import { sentenceOf, soakPage, verdictsOf } from '../../load/soaking/soakPage.ts';
import { stepOf, timePlot } from '../../load/soaking/timePlot.ts';

const hundred = Array.from({ length: 100 }, (_, i) => i + 1);

test('of a hundred values the 99th percentile cannot be told, the 90th is the 91st', () => {
  const told = percentilesOf({ name: 'note', ms: hundred.toReversed() });
  expect(told).toEqual({ name: 'note', count: 100, ms: { p50: 51, p90: 91, max: 100 } });
  expect(msOf(told.ms)).toEqual(['51', '91', '–', '–', '100']);
  expect(lineOf(told)).toEqual({
    name: 'note',
    points: [
      [2, 51],
      [10, 91],
    ],
  });
});

test('a value of 0 ms stands on the lowest line of a plot that grows by factors', () => {
  expect(lineOf(percentilesOf({ name: 'a', ms: [0, 0, 0, 0] })).points).toEqual([[2, 0.01]]);
});

const run = {
  machine: 'a machine',
  versions: 'Node 24',
  date: 'today',
  command: 'npm run load',
  commit: 'abc1234',
  load: 1.24,
  results: [
    {
      name: 'mixed',
      question: 'How many & <how>?',
      seconds: 5,
      traffic: { sent: 120, answered: 105, refused: 12, failed: 0, cutOff: 3 },
      figures: [{ name: 'answers', value: 12_345.6, unit: '/s' }],
      latencies: [percentilesOf({ name: 'note', ms: hundred })],
      checked: ['100 notes are recorded'],
    },
  ],
  failures: [{ name: 'outbox', reason: 'a <lost> record' }],
};

test('the page of a load run tells figures, checks and failures, and no markup of theirs', () => {
  const page = loadPage(run);
  expect(page).toContain('<td>answers</td><td>12.3 k</td><td>/s</td>');
  expect(page).toContain('<td>note</td><td>51</td><td>91</td><td>–</td><td>–</td><td>100</td><td>100</td>');
  expect(page).toContain('<li>100 notes are recorded</li>');
  expect(page).toContain('How many &amp; &lt;how&gt;?');
  expect(page).toContain('<h2>outbox: failed</h2><pre>a &lt;lost&gt; record</pre>');
  expect(page.match(/<svg /g)).toHaveLength(1);
});

test('levels of a plot are 1, 2, 2.5 or 5 times a power of ten', () => {
  expect([3, 100, 90, 7, 0.3, 0].map(stepOf)).toEqual([1, 25, 25, 2, 0.1, 1]);
});

test('a plot over time goes from zero to its end, and greys the half that is judged', () => {
  const svg = timePlot({
    title: 'heap',
    unit: 'MiB',
    points: [
      [0, 0],
      [100, 50],
      [200, 100],
    ],
  });
  // From 72 to 624 across, from 184 up to 36.
  expect(svg).toContain('d="M72 184L348 110L624 36"');
  expect(svg).toContain('<rect x="348" y="36" width="276"');
  expect(svg).toContain('>100 MiB</text>');
});

function samples(ownMemoryAt: (i: number) => number): Sample[] {
  return Array.from({ length: 100 }, (_, i) => ({
    seconds: i,
    ownMemory: ownMemoryAt(i),
    residentMemory: 300 + i,
    heap: 40,
    descriptors: 30,
    disk: i,
    factBytes: 900,
    lag: 40,
    answers: 500,
  }));
}

test('a soak passes on a flat series, and fails on the one that leaks, by name', () => {
  const flat = verdictsOf({ samples: samples(() => 120) });
  expect(Object.entries(flat).map(([name, { ok }]) => [name, ok])).toEqual(
    ['ownMemory', 'heap', 'descriptors', 'factBytes', 'lag'].map((name) => [name, true]),
  );
  const leaking = verdictsOf({ samples: samples((i) => 120 + i) });
  expect(leaking.ownMemory?.ok).toBe(false);
  expect(leaking.heap?.ok).toBe(true);
  // The least of five in a row: the second half is 170, 175, … 215, and 192.5 its mean.
  expect(sentenceOf('ownMemory', leaking.ownMemory!)).toBe(
    'GROWS: the second half rises by 45 MiB around 193 MiB; 24 MiB is allowed',
  );
});

const soakRun = {
  soaked: { samples: samples((i) => 120 + i), kills: 3, checked: '9 notes' },
  minutes: 30,
  how: '8 writers',
  command: 'npm run soak',
  commit: 'abc1234',
  date: '2026-11-21T09:00:00.000Z',
  machine: 'a machine',
  versions: 'Node 24',
  load: 4,
};

test('the page of a soak has a plot for each measure, and says which grew', () => {
  const page = soakPage(soakRun);
  expect(page.match(/<svg /g)).toHaveLength(Object.keys(measures).length);
  expect(page.match(/class="bad"/g)).toHaveLength(1);
  expect(page).toContain('9 notes; the worker was killed 3 times.');
});
