/** Entries that each fit into a commit are never refused because they came together (H3). */
import { assign, fromCallback, fromPromise, setup } from 'xstate';
import type { EventObject } from 'xstate';
import { expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { box } from './family.ts';
import { newPromise, openStage } from './kit.ts';

/** Many texts, none of which is stored apart. */
const texts = (kib: number): readonly string[] => Array.from({ length: kib }, () => 'x'.repeat(1021));

interface Spread {
  readonly type: 'spread';
  readonly texts: readonly string[];
}

const post = (_: unknown, _params: { readonly to: string; readonly event: EventObject }) => undefined;

const hub = defineActor({
  kind: 'hub',
  version: 1,
  machine: setup({
    types: { context: {} as { readonly n: number }, events: {} as Spread },
    actions: { 'troupe.send': post },
  }).createMachine({
    context: { n: 0 },
    on: {
      spread: {
        actions: [
          assign({ n: ({ context }) => context.n + 1 }),
          ...Array.from({ length: 10 }, (_, i) => ({
            type: 'troupe.send' as const,
            params: ({ event }: { readonly event: Spread }) => ({
              to: `box/b${i}`,
              event: { type: 'letter', text: event.texts },
            }),
          })),
        ],
      },
    },
  }),
});

const source = defineActor({
  kind: 'source',
  version: 1,
  machine: setup({
    types: { events: {} as Spread },
    actions: { 'troupe.send': post },
  }).createMachine({
    on: {
      spread: { actions: { type: 'troupe.send', params: ({ event }) => ({ to: 'hub/h', event }) } },
    },
  }),
});

test('sends that become too much together are all taken, in order', async () => {
  const stage = await openStage([hub, box]);
  const ref = stage.troupe.actor('hub', 'h');
  const sends = Array.from({ length: 64 }, async () => ref.send({ type: 'spread', texts: texts(30) }));
  expect((await Promise.all(sends)).map(({ seq }) => seq)).toEqual(sends.map((_, i) => i + 2));
});

test('messages that become too much together are all taken', async () => {
  const stage = await openStage([source, hub, box]);
  const sends = Array.from({ length: 64 }, async (_, i) =>
    stage.troupe.actor('source', `s${i}`).send({ type: 'spread', texts: texts(30) }),
  );
  await Promise.all(sends);
  await stage.settled();
  expect((await stage.troupe.actor('hub', 'h').snapshot()).context.n).toBe(64);
  expect(await stage.stats()).toMatchObject({ deadLetters: 0 });
});

test('results that are too much together end their tasks all the same', async () => {
  const jobs = Array.from({ length: 20 }, () => newPromise<unknown>());
  const waiting = (i: number) => ({
    initial: 'on',
    states: {
      on: { invoke: { src: 'job' as const, id: `j${i}`, input: { i }, onDone: 'off' } },
      off: { type: 'final' as const },
    },
  });
  const machine = setup({
    types: { events: {} as { readonly type: 'go' } },
    actors: { job: fromPromise<unknown, { i: number }>(async ({ input }) => jobs[input.i]?.promise) },
  }).createMachine({
    type: 'parallel',
    on: { go: {} },
    states: Object.fromEntries(jobs.map((_, i) => [`r${i}`, waiting(i)])),
  });
  const stage = await openStage([defineActor({ kind: 'many', version: 1, machine })]);
  const ref = stage.troupe.actor('many', 'm');
  await ref.send({ type: 'go' });
  for (const job of jobs) job.resolve(texts(900));
  await stage.settled();
  expect(await ref.snapshot()).toMatchObject({ status: 'sealed' });
});

test('words of a driver that are too much together are all heard; one too large is dropped', async () => {
  let say: (event: EventObject) => void = () => undefined;
  const machine = setup({
    types: {
      context: {} as { readonly heard: number },
      events: {} as { readonly type: 'go' } | { readonly type: 'said'; readonly texts: readonly string[] },
    },
    actors: {
      driver: fromCallback(({ sendBack }) => {
        say = sendBack;
      }),
    },
  }).createMachine({
    context: { heard: 0 },
    initial: 'off',
    states: {
      off: { on: { go: 'on' } },
      on: {
        invoke: { src: 'driver' },
        on: { said: { actions: assign({ heard: ({ context }) => context.heard + 1 }) } },
      },
    },
  });
  const stage = await openStage([defineActor({ kind: 'talker', version: 1, machine })]);
  const ref = stage.troupe.actor('talker', 't');
  await ref.send({ type: 'go' });
  await stage.idle();
  const word = { type: 'said', texts: texts(900) };
  for (let i = 0; i < 20; i++) say(word);
  await stage.settled();
  expect((await ref.snapshot()).context.heard).toBe(20);
  say({ type: 'said', texts: texts(17_000) } as EventObject);
  await stage.settled();
  expect((await ref.snapshot()).context.heard).toBe(20);
  expect(stage.log).toContainEqual(expect.stringContaining('is dropped'));
});
