/** What a definition tells of its actors: rows, causes, reports, usage; and how quiet it was for a timer. */
import { createHash } from 'node:crypto';
import { assign, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import type { ListedRow } from '../../../runtime/list.ts';
import { openStage, refusalOf, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';
import { noDisk } from './post.ts';

interface Told {
  readonly from: string;
  readonly cause: string;
  readonly sealHash: string;
}

const jobMachine = setup({
  types: {
    context: {} as { readonly title: string; readonly cost: number },
    events: {} as
      | { type: 'name'; title: string }
      | { type: 'pay'; cost: number }
      | { type: 'finish' }
      | { type: 'fail' }
      | { type: 'news' },
  },
  guards: { 'was quiet': ({ event }) => (event as { quietMs?: number }).quietMs! >= 1000 },
}).createMachine({
  context: { title: '', cost: 0 },
  initial: 'live',
  states: {
    live: {
      on: {
        name: { actions: assign({ title: ({ event }) => event.title }) },
        pay: { actions: assign({ cost: ({ context, event }) => context.cost + event.cost }) },
        finish: 'finished',
        fail: 'failed',
      },
      initial: 'lively',
      states: {
        lively: {
          on: { news: {} },
          after: {
            1000: [
              { guard: 'was quiet', target: 'stalled' },
              { target: 'lively', reenter: true },
            ],
          },
        },
        stalled: { on: { news: 'lively' } },
      },
    },
    finished: { type: 'final' },
    failed: { type: 'final' },
  },
});

const job = defineActor({
  kind: 'job',
  version: 1,
  machine: jobMachine,
  passive: ['news'],
  row: ({ context }) => ({ ...(context.title && { title: context.title }), costMicroUsd: context.cost }),
  cause: ({ value }) => (typeof value === 'string' ? value : 'live'),
  report: ({ context }, _digest, cause) => [
    { to: 'boss/b', event: { type: 'told', cause, from: context.title } },
  ],
  usage: (_before, { event, at }, labels) =>
    event.type === 'pay'
      ? [
          {
            hour: Math.floor(at / 3_600_000),
            key: [labels['team'] ?? 'none'],
            counts: [1, (event as unknown as { cost: number }).cost],
          },
        ]
      : [],
});

const bossMachine = setup({
  types: { context: {} as { told: readonly Told[] }, events: {} as { type: 'told' } & Told },
}).createMachine({
  context: { told: [] },
  on: {
    told: {
      actions: assign({
        told: ({ context, event: { from, cause, sealHash } }) => [...context.told, { from, cause, sealHash }],
      }),
    },
  },
});
const boss = defineActor({ kind: 'boss', version: 1, machine: bossMachine });

const broken = defineActor({
  kind: 'broken',
  version: 1,
  machine: jobMachine,
  row: () => {
    throw new Error('no row');
  },
  cause: () => {
    throw new Error('no cause');
  },
  report: () => {
    throw new Error('no report');
  },
  usage: () => {
    throw new Error('no usage');
  },
});

type Office = Stage<typeof job | typeof boss | typeof broken>;
const openOffice = async (): Promise<Office> => openStage([job, boss, broken]);

async function rowOf(stage: Office): Promise<ListedRow | undefined> {
  for await (const row of stage.troupe.list({ kind: 'job' })) return row;
  return undefined;
}

describe('a row', () => {
  test('shows what the definition says, from the commit on that changed it', async () => {
    const stage = await openOffice();
    const ref = stage.troupe.actor('job', 'a');
    await ref.send({ type: 'name', title: 'Fix the login' });
    await ref.send({ type: 'pay', cost: 7 });
    expect(await rowOf(stage)).toMatchObject({ title: 'Fix the login', costMicroUsd: 7 });
    await stage.reopen();
    await stage.troupe.actor('job', 'a').send({ type: 'pay', cost: 1 });
    expect(await rowOf(stage)).toMatchObject({ title: 'Fix the login', costMicroUsd: 8 });
  });
});

describe('the end of an actor', () => {
  test('is sealed with the cause its definition names', async () => {
    const stage = await openOffice();
    for (const [id, type] of [
      ['a', 'finish'],
      ['b', 'fail'],
    ] as const) {
      await stage.troupe.actor('job', id).send({ type });
    }
    expect((await stage.troupe.actor('job', 'a').digest()).seal?.cause).toBe('finished');
    expect((await stage.troupe.actor('job', 'b').digest()).seal?.cause).toBe('failed');
  });

  test('is reported with the hash of its seal', async () => {
    const stage = await openOffice();
    await stage.troupe.actor('job', 'a').send({ type: 'finish' });
    await stage.idle();
    const seal = await stage.opened.journal.seal('job/a');
    const sealHash = createHash('sha256').update(seal!).digest('hex');
    const { context } = await stage.troupe.actor('boss', 'b').snapshot();
    expect(context.told).toEqual([{ from: '', cause: 'finished', sealHash }]);
  });

  test('is reported once and with the same hash when a crash came in between', async () => {
    const stage = await openOffice();
    let appends = 0;
    stage.failure = () => (++appends > 1 ? noDisk() : undefined);
    await stage.troupe.actor('job', 'a').send({ type: 'finish' });
    const seal = await stage.opened.journal.seal('job/a');
    const sealHash = createHash('sha256').update(seal!).digest('hex');
    for (let i = 0; i < 2; i++) {
      await stage.reopen();
      await stage.idle();
    }
    const { context } = await stage.troupe.actor('boss', 'b').snapshot();
    expect(context.told).toEqual([{ from: '', cause: 'finished', sealHash }]);
  });
});

describe('labels', () => {
  const many = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`label${i}`, 'x']));

  test('are at most sixteen, and short; one too many changes nothing', async () => {
    const stage = await openOffice();
    const ref = stage.troupe.actor('job', 'a');
    const tooMany = ref.send({ type: 'pay', cost: 1 }, { labels: many(17) });
    expect(await refusalOf(tooMany)).toMatchObject({ code: 'TOO_LARGE' });
    expect(await ref.exists()).toBe(false);
    await ref.send({ type: 'pay', cost: 1 }, { labels: many(16) });
    expect(await refusalOf(ref.label({ more: 'x' }))).toMatchObject({ code: 'TOO_LARGE' });
    await ref.label({ more: 'x', label0: null });
    expect(await refusalOf(ref.label({ more: 'x'.repeat(257) }))).toMatchObject({ code: 'TOO_LARGE' });
    expect(Object.keys((await rowOf(stage))?.labels ?? {})).toHaveLength(16);
  });
});

describe('usage', () => {
  test('is counted with the commit, by hour and key', async () => {
    const stage = await openOffice();
    const ref = stage.troupe.actor('job', 'a');
    await ref.send({ type: 'pay', cost: 7 }, { labels: { team: 'blue' } });
    await ref.send({ type: 'pay', cost: 5 });
    const hour = Math.floor(stage.clock.now() / 3_600_000);
    expect(await stage.opened.journal.usage(hour, hour + 1)).toEqual([
      { hour, key: ['job', 'blue'], counts: [2, 12] },
    ]);
  });

  const fits = { hour: 3, key: ['a'], counts: [1] };
  test.each<[string, unknown]>([
    ['an hour before 1970', [{ ...fits, hour: -1 }]],
    ['an hour that is no number', [{ ...fits, hour: Number.NaN }]],
    ['a part of an hour', [{ ...fits, hour: 1.5 }]],
    ['milliseconds', [{ ...fits, hour: 1_750_000_000_000 }]],
    ['a key that is too long', [{ ...fits, key: ['x'.repeat(1025)] }]],
    ['a key that is no list', [{ ...fits, key: 'a' }]],
    ['a key with half a character', [{ ...fits, key: ['\ud800'] }]],
    ['a key with nothing in it', [{ ...fits, key: [undefined] }]],
    ['counts that are text', [{ ...fits, counts: ['1'] }]],
    ['a count that is endless', [{ ...fits, counts: [Infinity] }]],
    ['counts with a hole', [{ ...fits, counts: Array.from({ length: 1 }, () => undefined) }]],
    ['too many counts', [{ ...fits, counts: Array.from({ length: 65 }, () => 1) }]],
    ['no counts', [{ hour: 3, key: ['a'] }]],
    ['nothing', [null]],
    ['no list', 5],
  ])('that cannot be counted is left out and logged: %s', async (_what, given) => {
    const all = Array.isArray(given) ? [...(given as unknown[]), { ...fits, run: () => 1 }] : given;
    const usage = (): never => all as never;
    const stage = await openStage([defineActor({ kind: 'odd', version: 1, machine: jobMachine, usage })]);
    const ref = stage.troupe.actor('odd', 'a');
    expect((await ref.send({ type: 'news' })).seq).toBe(2);
    await stage.idle();
    const counted = Array.isArray(given) ? [{ hour: 3, key: ['odd', 'a'], counts: [2] }] : [];
    expect(await stage.opened.journal.usage(0, Infinity)).toEqual(counted);
    expect(stage.log.filter((line) => line.includes('its usage failed'))).toHaveLength(2);
    expect(await typesOf(ref)).toEqual(['actor.born', 'news']);
  });
});

describe('a definition whose own code throws', () => {
  test('keeps no fact from being recorded; each failure is logged', async () => {
    const stage = await openOffice();
    const ref = stage.troupe.actor('broken', 'a');
    await ref.send({ type: 'finish' });
    await stage.idle();
    expect(await typesOf(ref)).toEqual(['actor.born', 'finish']);
    expect((await ref.digest()).seal?.cause).toBe('done');
    for (const what of ['row', 'cause', 'report', 'usage']) {
      expect(stage.log.filter((line) => line.includes(`its ${what} failed`)).length).toBeGreaterThan(0);
    }
  });
});

describe('a timer', () => {
  test('says how long nothing had been recorded: what is passive counts as news', async () => {
    const stage = await openOffice();
    const ref = stage.troupe.actor('job', 'a');
    await ref.send({ type: 'name', title: 'x' });
    stage.clock.advance(600);
    await ref.send({ type: 'news' });
    stage.clock.advance(400);
    await stage.idle();
    expect((await ref.snapshot()).value).toEqual({ live: 'lively' });
    stage.clock.advance(1000);
    await stage.idle();
    expect((await ref.snapshot()).value).toEqual({ live: 'stalled' });
    // Where it does something, a passive event is stepped.
    await ref.send({ type: 'news' });
    expect((await ref.snapshot()).value).toEqual({ live: 'lively' });
    await stage.reopen();
    expect((await stage.troupe.actor('job', 'a').snapshot()).value).toEqual({ live: 'lively' });
  });
});
