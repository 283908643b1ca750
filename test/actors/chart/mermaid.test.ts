/** A chart as Mermaid's text. */
import { setup } from 'xstate';
import { expect, test } from 'vitest';
import { chartOf } from '../../../actors/chart.ts';
import { mermaidOf } from '../../../actors/chart/mermaid.ts';

const setUp = setup({ guards: { 'a "b"': () => true }, actions: { note: () => undefined } });

test('states, nesting, starts, ends, labels and notes are Mermaid’s', () => {
  const machine = setUp.createMachine({
    id: 'm',
    initial: 'one',
    states: {
      one: {
        entry: 'note',
        on: { go: { guard: 'a "b"', target: 'two', actions: 'note' }, stay: { actions: 'note' } },
      },
      two: {
        tags: 'busy',
        initial: 'inner',
        states: { inner: { after: { 5: '#m.end' } }, kept: { type: 'history' } },
      },
      end: { type: 'final' },
    },
  });
  expect(mermaidOf(chartOf({ machine })).split('\n')).toEqual([
    'stateDiagram-v2',
    '  [*] --> s1',
    '  state "one" as s1',
    '  note right of s1',
    '    entry / note',
    '    stay / note',
    '  end note',
    '  state "two" as s2',
    '  state s2 {',
    '    [*] --> s3',
    '    state "inner" as s3',
    '    state "kept (H)" as s4',
    '  }',
    '  note right of s2',
    '    tagged busy',
    '  end note',
    '  state "end" as s5',
    '  s5 --> [*]',
    '  s1 --> s2: go [a #34;b#34;] / note',
    // Within s2 it would draw the end there.
    '  s3 --> s5: after 5 ms',
    '',
  ]);
});

test('regions are told apart, and a root of regions has a box', () => {
  const machine = setUp.createMachine({ id: 'm', type: 'parallel', states: { left: {}, right: {} } });
  expect(mermaidOf(chartOf({ machine, kind: 'both' })).split('\n')).toEqual([
    'stateDiagram-v2',
    '  state "both" as s0',
    '  state s0 {',
    '    state "left" as s1',
    '    --',
    '    state "right" as s2',
    '  }',
    '',
  ]);
});

test('a root that an arrow leads to has a box, too', () => {
  const machine = setUp.createMachine({ id: 'm', initial: 'one', states: { one: { on: { again: '#m' } } } });
  expect(mermaidOf(chartOf({ machine })).split('\n')).toEqual([
    'stateDiagram-v2',
    '  state "m" as s0',
    '  state s0 {',
    '    [*] --> s1',
    '    state "one" as s1',
    '  }',
    '  s1 --> s0: again',
    '',
  ]);
});
