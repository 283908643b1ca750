/** A definition as JSON is drawn as the machine itself would be, and only as much of it as a chart holds. */
import { assign, createMachine } from 'xstate';
import { describe, expect, test } from 'vitest';
import { chartOf, statesOf } from '../../../actors/chart.ts';
import { foreignChart, foreignLimits } from '../../../actors/chart/foreignChart.ts';
import { configOf } from '../../../actors/chart/stateConfig.ts';
import { structureOf } from '../../../actors/statechart/structure.ts';
import { machines } from '../../runtime/chart/machines.ts';

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe.each(Object.entries(machines))('%s', (kind, machine) => {
  test('its config is drawn as it is', () => {
    const config = configOf(structureOf(machine));
    expect(foreignChart(asJson(config), kind)).toEqual(chartOf({ kind, machine }));
  });
});

test('a config names what the machine names', () => {
  const machine = createMachine({
    id: 'door',
    initial: 'shut',
    context: { count: 0 },
    states: {
      shut: {
        after: { 50: 'open' },
        on: { push: { target: 'open', guard: 'mayPass', actions: ['note', assign({ count: 1 })] } },
      },
      open: {
        invoke: { id: 'walk', src: 'walking', onDone: 'shut' },
        always: { target: 'shut', guard: 'x' },
      },
    },
  });
  expect(configOf(structureOf(machine))).toEqual({
    id: 'door',
    initial: 'shut',
    states: {
      shut: {
        id: 'door.shut',
        after: { 50: [{ target: ['#door.open'] }] },
        on: { push: [{ target: ['#door.open'], guard: 'mayPass', actions: ['note', 'xstate.assign'] }] },
      },
      open: {
        id: 'door.open',
        invoke: [{ id: 'walk', src: 'walking', onDone: [{ target: ['#door.shut'] }] }],
        always: [{ target: ['#door.shut'], guard: 'x' }],
      },
    },
  });
});

test('what is no text, list or object in its place is left out', () => {
  const chart = foreignChart(
    {
      id: 7,
      initial: 'a',
      context: { type: 'context' },
      states: {
        a: {
          on: { go: { target: 'b', guard: { type: 'isReady' }, actions: [{ type: 'assign' }, 4] } },
          tags: 1,
        },
        b: { type: 'final', entry: null, meta: { html: '<b>' } },
      },
    },
    'odd',
  );
  const [, a, b] = statesOf(chart);
  expect(a).toMatchObject({
    path: 'a',
    tags: [],
    transitions: [{ to: ['b'], guard: 'isReady', actions: ['assign', '(inline)'] }],
  });
  expect(b).toMatchObject({ path: 'b', type: 'final', entry: [] });
});

test.each([undefined, null, 7, 'text', [], {}])('%s is a machine without states', (definition) => {
  expect(statesOf(foreignChart(definition, 'none'))).toHaveLength(1);
});

test('more states, transitions or depth than a picture holds are refused', () => {
  const many = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}`, {}]));
  let deep: object = {};
  for (let i = 0; i <= foreignLimits.depth; i++) deep = { states: { a: deep }, initial: 'a' };
  const wide = { initial: 's0', states: many(foreignLimits.states) };
  const busy = { on: Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`e${i}`, {}])) };
  for (const definition of [deep, wide, busy]) {
    expect(() => foreignChart(definition, 'large')).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  }
  expect(statesOf(foreignChart({ initial: 's0', states: many(499) }, 'fits'))).toHaveLength(500);
});

test('what XState cannot read is refused with its reason', () => {
  const nowhere = { initial: 'a', states: { a: { on: { go: 'nowhere' } } } };
  expect(() => foreignChart(nowhere, 'odd')).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('nowhere') as string }),
  );
});

test('a state may be called as a property of every object', () => {
  const definition: unknown = JSON.parse(
    '{"initial":"constructor","states":{"constructor":{"on":{"__proto__":"toString"}},' +
      '"toString":{},"__proto__":{"x":1}}}',
  );
  const paths = statesOf(foreignChart(definition, 'proto')).map(({ path }) => path);
  expect(paths).toEqual(['', 'constructor', 'toString']);
  expect(({} as Record<string, unknown>)['x']).toBe(undefined);
});
