/** What a definition's own code gives or throws harms nobody else, and keeps nothing from being recorded. */
import { log, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import type { DefinitionOptions } from '../../../runtime/definition.ts';
import type { ListedRow } from '../../../runtime/list.ts';
import { openStage, refusalOf, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';

const wordless: unknown = Object.create(null);

const thrown = (): never => {
  throw wordless as Error;
};

const stubborn = {
  get secret() {
    return thrown();
  },
  [Symbol.for('nodejs.util.inspect.custom')]: thrown,
};

const machine = setup({
  types: { events: {} as { readonly type: 'go' | 'boom' | 'log' | 'fail' | 'end' } },
  actions: { boom: thrown, fail: thrown },
}).createMachine({
  initial: 'on',
  states: {
    on: {
      on: {
        go: {},
        boom: { actions: 'boom' },
        log: { actions: [log(() => stubborn), log(() => Symbol('s')), log(() => 10n)] },
        fail: { guard: thrown, target: 'off' },
        end: 'off',
      },
    },
    off: { type: 'final' },
  },
});

type Own = Partial<
  Pick<DefinitionOptions<string, typeof machine, unknown, unknown>, 'row' | 'report' | 'cause'>
>;

const odd = (own: object = {}) => defineActor({ kind: 'odd', version: 1, machine, ...(own as Own) });
const lamp = defineActor({ kind: 'lamp', version: 1, machine });

async function othersGoOn(stage: Stage<typeof lamp | ReturnType<typeof odd>>): Promise<void> {
  const { seq } = await stage.troupe.actor('lamp', 'other').send({ type: 'go' });
  expect(seq).toBeGreaterThan(1);
}

describe('a row', () => {
  const rows: [string, () => unknown][] = [
    ['null', () => null],
    ['a title that is no text', () => ({ title: 10n })],
    ['a cost that is no number', () => ({ costMicroUsd: NaN })],
    ['asks that cannot be stored', () => ({ asks: [() => 1] })],
    [
      'something that throws',
      () => ({
        get title() {
          return thrown();
        },
      }),
    ],
  ];

  test.each(rows)('of %s keeps nothing from being recorded', async (_, row) => {
    const stage = await openStage([lamp, odd({ row })]);
    const ref = stage.troupe.actor('odd', 'o');
    expect((await ref.send({ type: 'go' })).seq).toBe(2);
    expect((await ref.send({ type: 'end' })).final).toBe(true);
    await othersGoOn(stage);
    await stage.reopen();
    expect((await stage.troupe.actor('odd', 'o').snapshot()).seq).toBe(3);
    const listed: ListedRow[] = [];
    for await (const one of stage.troupe.list({ kind: 'odd' })) listed.push(one);
    expect(listed).toMatchObject([{ address: 'odd/o' }]);
  });
});

describe('a report', () => {
  const reports: [string, unknown][] = [
    ['nobody', [{ to: undefined, event: { type: 'told' } }]],
    ['no list', 5],
    ['what cannot be stored', [{ to: 'lamp/other', event: { type: 'told', when: 10n } }]],
    ['no event', [{ to: 'lamp/other', event: null }]],
    ['null', [null]],
  ];

  test.each(reports)('of %s keeps no actor from ending', async (_, told) => {
    const stage = await openStage([lamp, odd({ report: () => told })]);
    const ref = stage.troupe.actor('odd', 'o');
    await ref.send({ type: 'go' });
    expect((await ref.send({ type: 'end' })).final).toBe(true);
    await othersGoOn(stage);
    await stage.reopen();
    await othersGoOn(stage);
    expect(await typesOf(stage.troupe.actor('odd', 'o'))).toEqual(['actor.born', 'go', 'end']);
  });

  test('that cannot be stored keeps no other back', async () => {
    const event = { type: 'go' };
    const told = [
      { to: 'lamp/other', event: { type: 'go', at: 10n } },
      { to: 'lamp/other', event },
    ];
    const stage = await openStage([lamp, odd({ report: () => told })]);
    await othersGoOn(stage);
    await stage.troupe.actor('odd', 'o').send({ type: 'end' });
    await stage.settled();
    expect(await typesOf(stage.troupe.actor('lamp', 'other'))).toEqual(['actor.born', 'go', 'go']);
  });
});

test('a cause that is no text is told, and the actor is done', async () => {
  const stage = await openStage([odd({ cause: () => 5 })]);
  const ref = stage.troupe.actor('odd', 'o');
  await ref.send({ type: 'end' });
  expect((await ref.digest()).seal).toMatchObject({ cause: 'done' });
  expect(stage.log.some((text) => text.includes('its cause failed'))).toBe(true);
});

test('an action that throws what has no words is logged', async () => {
  const stage = await openStage([lamp, odd()]);
  expect((await stage.troupe.actor('odd', 'o').send({ type: 'boom' })).seq).toBe(2);
  await othersGoOn(stage);
  expect(stage.log.some((text) => text.includes('action "boom" failed'))).toBe(true);
});

test('a guard that throws what has no words refuses the event', async () => {
  const stage = await openStage([lamp, odd()]);
  const refusal = await refusalOf(stage.troupe.actor('odd', 'o').send({ type: 'fail' }));
  expect(refusal.code).toBe('MACHINE_FAILED');
  await othersGoOn(stage);
});

test('a logged value that cannot be shown harms nobody', async () => {
  const stage = await openStage([lamp, odd()]);
  expect((await stage.troupe.actor('odd', 'o').send({ type: 'log' })).seq).toBe(2);
  await othersGoOn(stage);
  expect(stage.log.filter((text) => text === 'log')).toHaveLength(3);
});
