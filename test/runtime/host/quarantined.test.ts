/** Whoever is set aside is so for all readers alike, until it is released. */
import { setup } from 'xstate';
import { expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { openStage, refusalOf } from './kit.ts';

const door = (opened: string) =>
  defineActor({
    kind: 'door',
    version: 1,
    machine: setup({ types: { events: {} as { type: 'push' } } }).createMachine({
      initial: 'shut',
      states: { shut: { on: { push: opened } }, open: {}, ajar: {} },
    }),
  });

async function stageWithTrouble() {
  const stage = await openStage([door('open')]);
  await stage.troupe.actor('door', 'front').send({ type: 'push' });
  stage.crash();
  await stage.reopen([door('ajar')]);
  const back = stage.troupe.actor('door', 'back');
  await back.send({ type: 'push' });
  const front = stage.troupe.actor('door', 'front');
  return { stage, front, refusal: await refusalOf(front.snapshot()) };
}

type Trouble = Awaited<ReturnType<typeof stageWithTrouble>>;

async function listed({ stage }: Trouble, status?: 'live' | 'quarantined'): Promise<readonly string[]> {
  const rows: string[] = [];
  const filter = { ...(status !== undefined && { status }) };
  for await (const row of stage.troupe.list(filter)) rows.push(`${row.address} ${row.status}`);
  return rows.toSorted();
}

test('an actor that was set aside is quarantined to snapshot, describe and list', async () => {
  const trouble = await stageWithTrouble();
  expect(trouble.refusal).toMatchObject({ code: 'QUARANTINED' });
  const text = await trouble.front.describe();
  expect(text).toContain('quarantined at seq 2');
  expect(text).toContain(`trouble: ${trouble.refusal.message}`);
  expect(await listed(trouble)).toEqual(['door/back live', 'door/front quarantined']);
  expect(await listed(trouble, 'quarantined')).toEqual(['door/front quarantined']);
  expect(await listed(trouble, 'live')).toEqual(['door/back live']);
});

test('a watch of quarantined actors, or of live ones, says the same', async () => {
  const { stage } = await stageWithTrouble();
  for (const [status, address] of [
    ['quarantined', 'door/front'],
    ['live', 'door/back'],
  ] as const) {
    for await (const { changed } of stage.troupe.watch({ status })) {
      expect(changed.map((row) => [row.address, row.status])).toEqual([[address, status]]);
      break;
    }
  }
});

test('only who was set aside can be released', async () => {
  const { stage } = await stageWithTrouble();
  const { troupe } = stage;
  expect(await refusalOf(troupe.release('door/back'))).toMatchObject({ code: 'NOT_FOUND' });
  expect(await refusalOf(troupe.release('door/nobody'))).toMatchObject({ code: 'NOT_FOUND' });
  for (const junk of ['door', '', undefined]) {
    expect(await refusalOf(troupe.release(junk as string))).toMatchObject({ code: 'INVALID_ADDRESS' });
  }
  await troupe.release('door/front');
});
