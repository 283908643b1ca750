/** Many events at once: shared commits, windows, bounds, fairness, and waiting for states in between. */
import { assign, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { heard, openStage, refusalOf, typesOf } from './kit.ts';
import type { Stage } from './kit.ts';

let steps = 0;

const logMachine = setup({
  types: {
    context: {} as { readonly text: string },
    events: {} as
      | { readonly type: 'text' | 'line'; readonly text: string }
      | { readonly type: 'raw'; readonly bytes: Uint8Array }
      | { readonly type: 'open' | 'end' | 'shut' },
  },
}).createMachine({
  context: { text: '' },
  initial: 'open',
  states: {
    open: {
      on: {
        text: {
          actions: assign(({ context, event }) => {
            steps++;
            return { text: context.text + event.text };
          }),
        },
        line: { actions: assign({ text: ({ context, event }) => `${context.text}${event.text}\n` }) },
        raw: {},
        open: {},
        shut: 'shut',
        end: 'ended',
      },
    },
    shut: {},
    ended: { type: 'final' },
  },
});

type Said = { readonly type: string; readonly text?: string };
const mergeText = (previous: Said, next: Said) =>
  previous.type === 'text' && next.type === 'text'
    ? { type: 'text' as const, text: `${previous.text}${next.text}` }
    : undefined;

const log = defineActor({ kind: 'log', version: 1, machine: logMachine, passive: ['raw'] });
const merging = defineActor({ kind: 'merging', version: 1, machine: logMachine, coalesce: mergeText });
const hasty = defineActor({
  kind: 'hasty',
  version: 1,
  machine: logMachine,
  coalesce: mergeText,
  commitWindowMs: 0,
});
const slow = defineActor({
  kind: 'slow',
  version: 1,
  machine: logMachine,
  coalesce: mergeText,
  commitWindowMs: 500,
});

type Logs = Stage<typeof log | typeof merging | typeof hasty | typeof slow>;
const open = async (limits = {}): Promise<Logs> => openStage([log, merging, hasty, slow], { limits });
const text = (of: string) => ({ type: 'text' as const, text: of });

describe('what one actor received in one turn of the loop', () => {
  test('is one commit, with one answer for each', async () => {
    const stage = await open();
    const ref = stage.troupe.actor('log', 'a');
    await ref.send({ type: 'open' });
    const before = await stage.stats();
    const receipts = await Promise.all(['a', 'b', 'c', 'd'].map(async (of) => ref.send(text(of))));
    const after = await stage.stats();
    expect(receipts.map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
    expect([after.commits - before.commits, after.facts - before.facts]).toEqual([1, 4]);
  });

  test('of many actors is one append', async () => {
    const stage = await open();
    const refs = Array.from({ length: 100 }, (_, i) => stage.troupe.actor('log', `a${i}`));
    await Promise.all(refs.map(async (ref) => ref.send({ type: 'open' })));
    const { groups } = stage.opened.journal.stats();
    await Promise.all(refs.map(async (ref) => ref.send(text('x'))));
    expect(stage.opened.journal.stats().groups - groups).toBe(1);
  });
});

describe('passive events', () => {
  test('are facts without a step, in states that accept them', async () => {
    const stage = await open();
    const ref = stage.troupe.actor('log', 'a');
    await ref.send(text('x'));
    steps = 0;
    for (let i = 0; i < 10; i++) await ref.send({ type: 'raw', bytes: new Uint8Array([i]) });
    expect(steps).toBe(0);
    await ref.send({ type: 'shut' });
    const refused = ref.send({ type: 'raw', bytes: new Uint8Array() });
    expect(await refusalOf(refused)).toMatchObject({ code: 'NOT_ACCEPTED', details: { state: ['shut'] } });
    await stage.reopen();
    expect((await stage.troupe.actor('log', 'a').snapshot()).seq).toBe(13);
    expect((await typesOf(stage.troupe.actor('log', 'a'))).filter((type) => type === 'raw')).toHaveLength(10);
  });
});

describe('a coalescing window', () => {
  test('makes one fact of what comes within it', async () => {
    const stage = await open();
    const ref = stage.troupe.actor('merging', 'a');
    await ref.send({ type: 'open' });
    const sends = Array.from('together').map(async (of) => ref.send(text(of)));
    await heard();
    stage.clock.advance(32);
    await heard();
    expect((await stage.stats()).facts).toBe(2);
    stage.clock.advance(1);
    await Promise.all(sends);
    expect(await stage.stats()).toMatchObject({ facts: 3, commits: 2 });
    expect((await ref.snapshot()).context.text).toBe('together');
  });

  test('ends with anything else that comes, which keeps its place', async () => {
    const stage = await open();
    const ref = stage.troupe.actor('merging', 'a');
    const sends = [ref.send(text('a')), ref.send(text('b')), ref.send({ type: 'line', text: '|' })];
    await Promise.all([...sends, ref.send(text('c')), ref.send(text('d'))]);
    expect(await typesOf(ref)).toEqual(['actor.born', 'text', 'line', 'text']);
    expect((await ref.snapshot()).context.text).toBe('ab|\ncd');
  });

  test('takes nothing in that has a condition or labels of its own', async () => {
    const stage = await open();
    const ref = stage.troupe.actor('merging', 'a');
    await ref.send({ type: 'open' });
    const sends = [
      ref.send(text('a')),
      refusalOf(ref.send(text('b'), { ifSeq: 1 })),
      ref.send(text('c'), { labels: { of: 'c' } }),
    ];
    const [first, second, third] = await Promise.all(sends);
    expect([first, second, third]).toMatchObject([{ seq: 3 }, { code: 'CONFLICT' }, { seq: 4 }]);
    for await (const { labels } of stage.troupe.list()) expect(labels).toEqual({ of: 'c' });
  });

  test('of several actors ends on one tick: they share an append', async () => {
    const stage = await open();
    const refs = Array.from({ length: 20 }, (_, i) => stage.troupe.actor('merging', `a${i}`));
    const { groups } = stage.opened.journal.stats();
    const sends: Promise<unknown>[] = [];
    for (const ref of refs) {
      sends.push(ref.send(text('x')));
      await heard();
      stage.clock.advance(1);
    }
    stage.clock.advance(33);
    await Promise.all(sends);
    expect(stage.opened.journal.stats().groups - groups).toBe(1);
  });

  test('is nobody else’s: a short one does not wait for a long one', async () => {
    const stage = await open();
    const long = stage.troupe.actor('slow', 'a').send(text('x'));
    await heard();
    const short = stage.troupe.actor('merging', 'a').send(text('y'));
    await heard();
    stage.clock.advance(33);
    expect(await short).toMatchObject({ seq: 2 });
    stage.clock.advance(500);
    await long;
  });

  test('of 0 ms does not wait', async () => {
    const stage = await open();
    expect(await stage.troupe.actor('hasty', 'a').send(text('x'))).toMatchObject({ seq: 2 });
  });

  test('is not waited for by close', async () => {
    const stage = await open();
    const ref = stage.troupe.actor('merging', 'a');
    const sent = ref.send(text('last words'));
    await heard();
    await stage.close();
    expect(await sent).toMatchObject({ seq: 2 });
  });
});

describe('a mailbox', () => {
  test('that is full tells who sends beyond it, retryable; what it holds is applied in order', async () => {
    const stage = await open({ mailboxEvents: 64, turnEvents: 64 });
    const ref = stage.troupe.actor('log', 'a');
    await ref.send({ type: 'open' });
    const sends = Array.from({ length: 200 }, async (_, i) => ref.send(text(`${i},`)));
    const settled = await Promise.allSettled(sends);
    const refused = settled.filter((one) => one.status === 'rejected');
    expect(refused.length).toBe(136);
    expect(refused[0]?.reason).toMatchObject({ code: 'MAILBOX_FULL', retryable: true });
    const expected = Array.from({ length: 64 }, (_, i) => `${i},`).join('');
    expect((await ref.snapshot()).context.text).toBe(expected);
  });

  test('lets those in who wait', async () => {
    const stage = await open({ mailboxEvents: 64, turnEvents: 64 });
    const ref = stage.troupe.actor('log', 'a');
    const sends = Array.from({ length: 300 }, async () => ref.send(text('x'), { wait: true }));
    await Promise.all(sends);
    expect((await ref.snapshot()).context.text).toHaveLength(300);
  });

  test('has a bound with all others together', async () => {
    const stage = await open({ mailboxEvents: 64, turnEvents: 64, workerEvents: 100 });
    const sends = Array.from({ length: 200 }, async (_, i) =>
      stage.troupe.actor('log', `a${i}`).send(text('x')),
    );
    const settled = await Promise.allSettled(sends);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(100);
  });
});

test('a flood to one actor does not starve the others: they are served in the next round', async () => {
  const stage = await open();
  const flooded = stage.troupe.actor('log', 'flooded');
  await flooded.send({ type: 'open' });
  const flood = Array.from({ length: 4000 }, async () => flooded.send(text('x')));
  let done = 0;
  for (const sent of flood) void sent.then(() => done++);
  const others = Array.from({ length: 20 }, async (_, i) =>
    stage.troupe.actor('log', `o${i}`).send(text('y')),
  );
  await Promise.all(others);
  expect(done).toBeLessThanOrEqual(3 * 64);
  await Promise.all(flood);
  const { rounds } = await stage.stats();
  expect(rounds).toBeLessThan(120);
});

test('events of many megabytes in one turn become several commits, each within its bound', async () => {
  const stage = await open();
  const ref = stage.troupe.actor('log', 'a');
  await ref.send({ type: 'open' });
  const many = Array.from({ length: 60 }, () => new Uint8Array(60_000));
  const sends = Array.from({ length: 12 }, async () =>
    ref.send({ type: 'raw', bytes: many } as unknown as { type: 'raw'; bytes: Uint8Array }),
  );
  await Promise.all(sends);
  expect((await ref.snapshot()).seq).toBe(14);
});

describe('until', () => {
  test('judges after each fact: it sees a state that was entered and left within one commit', async () => {
    const stage = await openStage([traffic]);
    const ref = stage.troupe.actor('traffic', 'a');
    await ref.send({ type: 'next' });
    const yellow = ref.until('yellow');
    await Promise.all([ref.send({ type: 'next' }), ref.send({ type: 'next' }), ref.send({ type: 'next' })]);
    expect(await yellow).toMatchObject({ seq: 3, state: ['yellow'] });
    expect((await ref.snapshot()).state).toEqual(['green']);
  });

  test('rejects with SEALED when the actor ends first, in whichever commit', async () => {
    const stage = await open();
    const ref = stage.troupe.actor('log', 'a');
    await ref.send({ type: 'open' });
    const shut = refusalOf(ref.until('shut'));
    const never = refusalOf(ref.until(() => false));
    await Promise.all([ref.send(text('x')), ref.send({ type: 'end' })]);
    expect([(await shut).code, (await never).code]).toEqual(['SEALED', 'SEALED']);
    expect(await refusalOf(ref.until('shut'))).toMatchObject({ code: 'SEALED' });
    expect(await ref.until('ended')).toMatchObject({ status: 'sealed' });
  });
});

const traffic = defineActor({
  kind: 'traffic',
  version: 1,
  machine: setup({ types: { events: {} as { readonly type: 'next' } } }).createMachine({
    initial: 'red',
    states: {
      red: { on: { next: 'green' } },
      green: { on: { next: 'yellow' } },
      yellow: { on: { next: 'red' } },
    },
  }),
});
