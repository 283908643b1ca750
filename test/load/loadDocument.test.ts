/** The published page of load and soak, from figures made by hand. */
import { expect, test } from 'vitest';
import { percentilesOf } from '../../load/latency.ts';
import { loadDocument } from '../../load/loadDocument.ts';
import type { LoadRun } from '../../load/loadPage.ts';
import { measureNames, measures } from '../../load/soaking/measures.ts';
import type { SoakRun } from '../../load/soaking/soakPage.ts';

const circumstances = {
  machine: 'a machine',
  versions: 'Node 24',
  date: '2026-11-21T09:00:00.000Z',
  commit: 'abc1234',
  load: 1.24,
};
const hundred = Array.from({ length: 100 }, (_, i) => i + 1);

const load: LoadRun = {
  ...circumstances,
  command: 'npm run load -- --publish',
  results: [
    {
      name: 'crowdedRoom',
      question: 'Who is refused?',
      seconds: 5,
      traffic: { sent: 120, answered: 105, refused: 12, failed: 0, cutOff: 3 },
      figures: [{ name: 'answers', value: 12_345.6, unit: '/s' }],
      latencies: [percentilesOf({ name: 'note', ms: hundred })],
      checked: ['105 notes are recorded'],
    },
  ],
  failures: [],
};

const soak: SoakRun = {
  ...circumstances,
  command: 'npm run soak -- --publish',
  minutes: 30,
  how: '8 writers',
  soaked: {
    kills: 3,
    checked: '9 notes',
    samples: hundred.map((i) => ({
      seconds: 10 * i,
      ownMemory: 120,
      residentMemory: 300,
      heap: 40 + i,
      descriptors: 30,
      disk: i,
      notes: 900,
      killed: i % 2 === 0,
      lag: 40,
      answers: 500,
    })),
  },
};

test('a scenario tells what became of each request, its percentiles and what was checked', () => {
  const { text, plots } = loadDocument(load, undefined);
  expect(text).toContain('| [crowdedRoom](#crowdedroom) | 120 | 105 | 12 | 3 | 0 |');
  expect(text).toContain('| answers | 12.3 k/s |');
  expect(text).toContain('| note | 51 | 91 | – | – | 100 | 100 |');
  expect(text).toContain('Checked: 105 notes are recorded. It took 5 s.');
  expect(text).toContain('![crowdedRoom: latency](load/crowdedRoom.svg)');
  expect(text).toContain('*2026-11-21, commit abc1234, load 1.2 before. a machine. Node 24.');
  expect([...plots.keys()]).toEqual(['crowdedRoom.svg']);
  expect(text).not.toContain('Soak');
});

test('a soak tells each slope, and which of them grows', () => {
  const { text, plots } = loadDocument(undefined, soak);
  expect(text).toContain('## Soak: 30 minutes');
  expect(text).toContain('8 writers. 9 notes; the worker was killed 3 times.');
  // From 500 s to 1000: 90 to 140 MiB; 3 MiB and 2 an hour are allowed.
  expect(text).toMatch(
    /\| heap of the main thread.* \| 51 \| GROWS: .* by 50 MiB around 115 MiB \(median; 140 .*; 3\.30 MiB/,
  );
  expect(text).toMatch(/\| open files and sockets \| 51 \| flat: /);
  const today = measureNames.filter((name) => !('earlier' in measures[name]));
  expect([...plots.keys()]).toEqual(today.map((name) => `soak-${name}.svg`));
  for (const name of plots.keys()) expect(text).toContain(`](load/${name})`);
});

test('what was measured on a busy machine says so', () => {
  expect(loadDocument({ ...load, load: 8 }, soak).text.match(/these figures mislead/g)).toHaveLength(1);
  expect(loadDocument(load, soak).text).not.toContain('mislead');
});

test('a plot has the colours of a white page and of a black one', () => {
  const [svg = ''] = loadDocument(load, undefined).plots.values();
  expect(svg).toMatch(
    /<style>\.ground\{fill:#ffffff\}.*@media \(prefers-color-scheme:dark\)\{\.ground\{fill:#16181d\}/,
  );
});
