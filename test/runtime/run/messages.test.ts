/** A run read as messages: pages from the end, over what it goes on with, and live. */
import { describe, expect, test } from 'vitest';
import type { MessagesPage } from '../../../runtime/messages.ts';
import type { Run } from '../../../runtime/run.ts';
import { heard, refusalOf } from '../host/kit.ts';
import { openDesk } from '../outbox/desk.ts';

async function said(run: Run, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n++) {
    run.push({ type: 'message.start', messageId: `m${n}`, role: 'assistant' });
    run.push({ type: 'message.delta', messageId: `m${n}`, part: 'text', text: `text ${n}` });
    run.push({ type: 'message.end', messageId: `m${n}` });
    await run.flush();
  }
}

const first = async (pages: AsyncIterable<MessagesPage>): Promise<MessagesPage> => {
  for await (const page of pages) return page;
  throw new Error('there is no page');
};
const idsOf = ({ messages }: MessagesPage): string[] => messages.map(({ messageId }) => messageId);
const span = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `m${from + i}`);

describe('pages of messages', () => {
  test('come from the end, and lead to the beginning', async () => {
    const stage = await openDesk();
    const run = stage.troupe.run('a');
    await run.start();
    await said(run, 1, 25);
    const last = await first(run.messages({ last: 10 }));
    expect(idsOf(last)).toEqual(span(16, 25));
    expect(last.messages[0]).toMatchObject({ parts: [{ type: 'text', text: 'text 16' }], finish: 'ended' });
    const middle = await first(run.messages({ last: 10, before: last.before! }));
    const start = await first(run.messages({ last: 10, before: middle.before! }));
    expect([idsOf(middle), idsOf(start), start.before]).toEqual([span(6, 15), span(1, 5), undefined]);
  });

  test('cost what is in them, however long the run is', async () => {
    const stage = await openDesk();
    const run = stage.troupe.run('a');
    await run.start();
    await said(run, 1, 20);
    const reads = async (): Promise<number> => {
      const before = stage.opened.journal.stats().reads;
      await first(run.messages({ last: 5 }));
      return stage.opened.journal.stats().reads - before;
    };
    const few = await reads();
    await said(run, 21, 400);
    expect(await reads()).toBeLessThanOrEqual(few);
  });

  test('go on into the run that this one continues', async () => {
    const stage = await openDesk();
    const old = stage.troupe.run('old');
    await old.start();
    await said(old, 1, 5);
    await old.end({ cause: 'completed' });
    const run = stage.troupe.run('new');
    await run.start({ continues: 'run/old' });
    await said(run, 6, 8);
    const page = await first(run.messages({ last: 6 }));
    expect(idsOf(page)).toEqual(span(3, 8));
    expect(idsOf(await first(run.messages({ last: 6, before: page.before! })))).toEqual(span(1, 2));
    expect(await run.total()).toMatchObject({ runs: 2, outcome: null, state: 'idle' });
  });

  test('come to an end where two runs continue each other', async () => {
    const stage = await openDesk();
    const [one, two] = [stage.troupe.run('one'), stage.troupe.run('two')];
    await one.start({ continues: 'run/two' });
    await two.start({ continues: 'run/one' });
    const empty = await first(one.messages({ last: 10 }));
    expect([idsOf(empty), empty.before]).toEqual([[], undefined]);
    await said(one, 1, 1);
    const ids: string[] = [];
    for (let before: string | undefined = 'run/one@99'; before !== undefined;) {
      const page: MessagesPage = await first(one.messages({ last: 100, before }));
      ids.push(...idsOf(page));
      before = page.before;
    }
    // 1000 runs are a chain at most, every other one of them is `one`.
    expect(ids).toEqual(Array.from({ length: 500 }, () => 'm1'));
  });

  test('have a beginning: no run continues itself', async () => {
    const stage = await openDesk();
    const run = stage.troupe.run('a');
    const start = { type: 'run.start' as const, continues: 'run/a' };
    const refusals = [run.start({ continues: 'run/a' }), run.send(start)];
    for (const refused of refusals) {
      expect(await refusalOf(refused)).toMatchObject({
        code: 'INVALID_EVENT',
        details: { address: 'run/a' },
      });
    }
    expect(await run.exists()).toBe(false);
  });

  test('are refused where there are none', async () => {
    const stage = await openDesk();
    const run = stage.troupe.run('a');
    expect(await refusalOf(first(run.messages()))).toMatchObject({ code: 'NOT_FOUND' });
    await run.start();
    expect(await refusalOf(first(run.messages({ last: 0 })))).toMatchObject({ code: 'INVALID_OPTION' });
    expect(await refusalOf(first(run.messages({ before: 'x' })))).toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('messages that are read live', () => {
  test('come with what changed alone, until the seal', async () => {
    const stage = await openDesk();
    const run = stage.troupe.run('a');
    await run.start();
    await said(run, 1, 3);
    const pages: MessagesPage[] = [];
    const reading = (async () => {
      for await (const page of run.messages({ last: 2, windowMs: 0 })) pages.push(page);
    })();
    await stage.idle();
    await heard();
    run.push({ type: 'message.start', messageId: 'm4', role: 'assistant' });
    run.push({ type: 'message.delta', messageId: 'm4', part: 'text', text: 'grow' });
    await run.flush();
    run.push({ type: 'message.delta', messageId: 'm4', part: 'text', text: 'ing' });
    await run.send({ type: 'message.end', messageId: 'm4' });
    await run.end({ cause: 'completed' });
    await reading;
    expect(idsOf(pages[0]!)).toEqual(['m2', 'm3']);
    expect(
      pages
        .slice(1)
        .flatMap(idsOf)
        .every((id) => id === 'm4'),
    ).toBe(true);
    const last = pages
      .slice(1)
      .flatMap(({ messages }) => messages)
      .at(-1);
    expect(last).toMatchObject({ parts: [{ text: 'growing' }], finish: 'ended' });
    expect(pages.at(-1)?.sealed).toBe(true);
  });

  test('begin at the fact that a reader names, and so tell what becomes of what began there', async () => {
    const stage = await openDesk();
    const run = stage.troupe.run('a');
    await run.start();
    await said(run, 1, 2);
    const { seq } = await run.send({ type: 'message.start', messageId: 'open', role: 'assistant' });
    await said(run, 3, 6);
    const pages: MessagesPage[] = [];
    const reading = (async () => {
      for await (const page of run.messages({ last: 2, from: seq, windowMs: 0 })) pages.push(page);
    })();
    await stage.idle();
    await heard();
    await run.send({ type: 'message.end', messageId: 'open', finish: 'stop' });
    await run.end({ cause: 'completed' });
    await reading;
    expect(idsOf(pages[0]!)).toEqual(['open', ...span(3, 6)]);
    const later = pages.slice(1).flatMap(({ messages }) => messages);
    expect(later).toMatchObject([{ messageId: 'open', finish: 'stop' }]);
    // The page before it goes on where this one begins.
    expect(idsOf(await first(run.messages({ last: 9, before: pages[0]!.before! })))).toEqual(span(1, 2));
  });
});
