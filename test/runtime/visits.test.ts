/** How often and how long an actor was where, as its commits tell. */
import { expect, test } from 'vitest';
import { visitsOf } from '../../runtime/visits.ts';
import { child, parent } from './host/family.ts';
import { openStage, start } from './host/kit.ts';

test('counts the comings into a state and the time in it', async () => {
  const stage = await openStage([parent, child]);
  const ref = stage.troupe.actor('parent', 'p');
  const steps = [
    [1000, { type: 'start', name: 'Ann' }],
    [200, { type: 'leave' }],
    [30, { type: 'start', name: 'Bea' }],
    [4000, { type: 'leave' }],
  ] as const;
  for (const [ms, event] of steps) {
    await ref.send(event);
    stage.clock.advance(ms);
  }
  const { journal } = stage.opened;
  // Its first commit is birth and start: it is raising when that is durable.
  const all = await visitsOf(journal, 'parent/p', { until: 5, now: start + 5230 });
  expect(all).toEqual({
    from: 1,
    items: [
      { state: 'raising', count: 2, ms: 1030 },
      { state: 'alone', count: 2, ms: 4200 },
    ],
  });
  expect((await visitsOf(journal, 'parent/p', { until: 4 })).items).toEqual([
    { state: 'raising', count: 2, ms: 1000 },
    { state: 'alone', count: 1, ms: 200 },
  ]);
});
