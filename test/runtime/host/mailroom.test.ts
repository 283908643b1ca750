/** What waits in a mailbox is merged only where nothing is lost by it. */
import { assign, setup } from 'xstate';
import { expect, test } from 'vitest';
import { defineActor } from '../../../runtime/index.ts';
import { heard, newPromise, openStage, refusalOf } from './kit.ts';
import type { Stage } from './kit.ts';
import { noDisk } from './post.ts';

interface Say {
  readonly type: 'say';
  readonly text: string;
}

const machine = setup({
  types: { context: {} as { readonly said: string }, events: {} as Say },
}).createMachine({
  context: { said: '' },
  on: { say: { actions: assign({ said: ({ context, event }) => `${context.said}${event.text.trim()} ` }) } },
});

const coalesce = (a: Say, b: Say): Say => ({ type: 'say', text: `${a.text} ${b.text}` });
const hasty = defineActor({ kind: 'hasty', version: 1, machine, coalesce, commitWindowMs: 0 });
const calm = defineActor({ kind: 'calm', version: 1, machine, coalesce });

const prompt = defineActor({ kind: 'prompt', version: 1, machine });

const isShort = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) => {
      const { text } = value as { text: unknown };
      return typeof text === 'string' && text.length <= 10 ? { value } : { issues: [{ message: 'long' }] };
    },
  },
};
const brief = defineActor({ kind: 'brief', version: 1, machine, coalesce, schemas: { say: isShort } });

/** The next append waits for the promise it gives, and fails then. */
function failingAppend(stage: Stage<typeof hasty>): () => void {
  const hold = newPromise();
  let appends = 0;
  stage.failure = () => (appends++ === 0 ? noDisk() : undefined);
  stage.holdAppends(hold.promise);
  return () => hold.resolve();
}

const outcomeOf = async (sent: PromiseLike<unknown>): Promise<string> =>
  sent.then(
    () => 'taken',
    (error: unknown) => (error as { code: string }).code,
  );

test('merged sends that wait while an append fails are all answered and all known', async () => {
  const stage = await openStage([hasty]);
  const ref = stage.troupe.actor('hasty', 'h');
  const say = async (id: string): Promise<string> => outcomeOf(ref.send({ type: 'say', text: id }, { id }));
  await say('born');
  const release = failingAppend(stage);
  const first = say('a');
  await heard();
  await heard();
  const rest = ['a', 'b', 'c', 'd'].map(say);
  await heard();
  release();
  expect(await Promise.all([first, ...rest])).toEqual(['JOURNAL_FULL', ...Array<string>(4).fill('taken')]);
  await Promise.all(['a', 'b', 'c', 'd'].map(say));
  expect((await ref.snapshot()).context.said).toBe('born a b c d ');
});

test('a coalescing definition hears a text that is stored apart whole', async () => {
  const stage = await openStage([calm]);
  const ref = stage.troupe.actor('calm', 'c');
  const text = 'x'.repeat(100_000);
  const sent = ref.send({ type: 'say', text });
  await heard();
  stage.clock.advance(50);
  await sent;
  expect((await ref.snapshot()).context.said).toBe(`${text} `);
});

test('valid events are not merged into one that its schema refuses', async () => {
  const stage = await openStage([brief]);
  const ref = stage.troupe.actor('brief', 'b');
  const sent = ['six 66', 'six 77'].map(async (text) => ref.send({ type: 'say', text }));
  await heard();
  stage.clock.advance(50);
  expect((await Promise.all(sent)).map(({ seq }) => seq)).toEqual([2, 3]);
});

test('an invalid event is merged into nobody else', async () => {
  const stage = await openStage([brief]);
  const ref = stage.troupe.actor('brief', 'b');
  const valid = ref.send({ type: 'say', text: 'a' });
  const invalid = refusalOf(ref.send({ type: 'say', text: 5 as unknown as string }));
  await heard();
  stage.clock.advance(50);
  expect(await invalid).toMatchObject({ code: 'INVALID_EVENT' });
  expect((await valid).seq).toBe(2);
});

test('who waits for no window is not behind all whose windows end together', async () => {
  const stage = await openStage([calm, prompt]);
  const refs = Array.from({ length: 600 }, (_, i) => stage.troupe.actor('calm', `${i}`));
  const sent = refs.map(async (ref) => ref.send({ type: 'say', text: 'later' }));
  await heard();
  await heard();
  stage.clock.advance(50);
  const said = stage.troupe.actor('prompt', 'p').send({ type: 'say', text: 'now' });
  await Promise.all([...sent, said]);
  const order: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await stage.opened.journal.tail(cursor);
    order.push(...page.commits.map(({ address }) => address));
    ({ cursor } = page);
    if (page.end) break;
  }
  expect(new Set(order).size).toBe(601);
  expect(order.indexOf('prompt/p')).toBeLessThan(200);
});
