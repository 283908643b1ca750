/**
 * The machine as the host sees it: what it records without a step, what it can put away and bring back.
 */
import { expect, test } from 'vitest';
import { agentRun } from '../../../actors/agentRun/agentRun.ts';
import { acceptance, passive } from '../../../actors/agentRun/guards.ts';
import { vocabulary } from '../../../actors/agentRun/vocabulary.ts';
import { isFinal, stateOf, statechartOf } from '../../../actors/statechart.ts';
import type { Snapshot, StateStructure } from '../../../actors/statechart.ts';
import { recoded } from '../statechart/smallHost.ts';
import { randomOf, randomRun, seed } from './randomRun.ts';

const chart = statechartOf(agentRun().machine);
const self = { address: 'run/1' };

interface Found {
  readonly state: string;
  readonly inert: boolean;
}

function transitionsFor(type: string, { id, transitions, states }: StateStructure): readonly Found[] {
  const own = transitions.filter(({ on }) => on === type);
  const found = own.map(({ to, guard, actions }) => {
    return { state: id, inert: to.length === 0 && guard === undefined && actions.length === 0 };
  });
  return [...found, ...states.flatMap((state) => transitionsFor(type, state))];
}

test.each(passive)('%s is inert wherever a run lives, but ends a stall', (type) => {
  expect(transitionsFor(type, chart.structure)).toEqual([
    { state: 'run.live', inert: true },
    { state: 'run.live.watch.stalled', inert: false },
  ]);
});

test('every event of the vocabulary is accepted somewhere, and passive ones need no step', () => {
  const accepted = ['run.start', ...Object.keys(acceptance), ...passive];
  expect(accepted.toSorted()).toEqual(Object.keys(vocabulary).toSorted());
});

test.each(Array.from({ length: 20 }, (_, i) => i))(
  `a run that is put away after each event goes on as one that is not (SEED=${seed}, %i)`,
  (i) => {
    const run = randomRun(randomOf(3000 + i), 60);
    const first = chart.start(undefined, self);
    if (first.failed) throw first.error;
    let [kept, stored]: Snapshot[] = [first.snapshot, first.snapshot];
    for (const { event } of run.facts.slice(1)) {
      // The host's own words stand for events of the machine; they are of other tests.
      if (/^(timer|effect)\./.test(event.type) || isFinal(kept!)) break;
      const [one, other] = [chart.step(kept!, event, self), chart.step(stored!, event, self)];
      kept = one.snapshot;
      expect(stateOf(other.snapshot)).toEqual(stateOf(kept));
      expect(other.snapshot.context).toEqual(kept.context);
      stored = isFinal(kept) ? kept : chart.restore(recoded(chart.persist(other.snapshot)), self);
    }
  },
);
