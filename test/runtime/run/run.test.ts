/** Runs through the host: verbs, asks, results, parents, usage; each run in a thread, on virtual time. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RunEventOf } from '../../../actors/agentRun/vocabulary.ts';
import { openTroupe } from '../../../runtime/index.ts';
import type { Run } from '../../../runtime/run.ts';
import { refusalOf, typesOf } from '../host/kit.ts';
import type { Stage } from '../host/kit.ts';
import { openDesk } from '../outbox/desk.ts';

/** A turn as an orchestrator tells it. */
async function turn(run: Run, n: number, text = `answer ${n}`): Promise<void> {
  await run.send({ type: 'turn.start', turnId: `t${n}` });
  await run.send({ type: 'message.start', messageId: `m${n}`, role: 'assistant' });
  for (const word of text.split(' '))
    run.push({ type: 'message.delta', messageId: `m${n}`, part: 'text', text: `${word} ` });
  await run.send({ type: 'message.end', messageId: `m${n}` });
  await run.send({ type: 'turn.end', turnId: `t${n}`, status: 'ok' });
}

function ask(requestId: string): RunEventOf<'permission.ask'> {
  return {
    type: 'permission.ask',
    requestId,
    kind: 'tool',
    title: 'May I?',
    options: [
      { optionId: 'yes', label: 'Yes', effect: 'allow', scope: 'once' },
      { optionId: 'no', label: 'No', effect: 'deny', scope: 'once' },
    ],
  };
}

async function started(id = 'a', stage?: Stage<never>): Promise<{ stage: Stage<never>; run: Run }> {
  const on = stage ?? (await openDesk());
  const run = on.troupe.run(id);
  await run.start({ title: 'Fix the login', engine: 'claude', model: 'opus', labels: { team: 'blue' } });
  return { stage: on, run };
}

describe('a run', () => {
  test('without an id gets a new one, that sorts by when it was made', async () => {
    const stage = await openDesk();
    const ids = Array.from({ length: 200 }, () => stage.troupe.run().address);
    expect(new Set(ids).size).toBe(200);
    expect(ids.toSorted()).toEqual(ids);
  });

  test('stands in the directory with its title, labels and cost', async () => {
    const { stage, run } = await started();
    const usage = { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, costMicroUsd: 700 };
    await run.send({ type: 'usage', key: 'u1', model: 'opus', mode: 'delta', scope: 'turn', ...usage });
    for await (const row of stage.troupe.list({ labels: { team: 'blue' } }))
      expect(row).toMatchObject({
        address: 'run/a',
        title: 'Fix the login',
        costMicroUsd: 700,
        tags: ['idle'],
      });
  });

  test('each verb is one event', async () => {
    const { run } = await started();
    const { promptId } = await run.prompt('Hello');
    await run.update({ title: 'Other' });
    await run.pause();
    await run.unpause();
    await run.send({ type: 'turn.start', turnId: 't', promptId });
    await run.interrupt({ by: 'me' });
    await run.send({ type: 'turn.end', turnId: 't', status: 'cancelled' });
    await run.end({ cause: 'completed' });
    expect(await typesOf(run as never)).toEqual([
      'actor.born',
      'run.start',
      'run.prompt',
      'run.update',
      'run.pause',
      'run.unpause',
      'turn.start',
      'turn.interrupt',
      'turn.end',
      'run.end',
    ]);
  });

  test('is prompted once under one id, however often it is asked', async () => {
    const { run } = await started();
    const first = await run.prompt('Hello', { promptId: 'p' });
    const again = await run.prompt('Hello', { promptId: 'p' });
    expect([first.duplicate, again.duplicate, again.seq]).toEqual([false, true, first.seq]);
  });

  test('knows its result once it has ended, whoever waits', async () => {
    const { run } = await started();
    const waiting = run.result();
    await turn(run, 1, 'The test is green');
    await run.end({ cause: 'completed' });
    const { cause, text, digest, seal } = await waiting;
    expect([cause, text, seal.cause]).toEqual(['completed', 'The test is green ', 'completed']);
    expect(digest.turns).toMatchObject({ count: 1, byStatus: { ok: 1 } });
    expect(await run.result()).toMatchObject({ cause: 'completed' });
  });

  test('offers what somebody may send, and none of its own words', async () => {
    const { run } = await started();
    const { accepts } = await run.snapshot();
    expect(accepts).toContain('turn.start');
    expect(accepts.filter((type) => /^(timer|driver|send|xstate)\./.test(type))).toEqual([]);
    const again = await refusalOf(run.start({ title: 'Again' }));
    expect(again).toMatchObject({ code: 'NOT_ACCEPTED', details: { accepts } });
  });

  test('tells itself as text', async () => {
    const { run } = await started();
    await turn(run, 1, 'Done');
    const text = await run.describe();
    expect(text).toContain('Fix the login · claude · opus');
    expect(text).toContain('Done');
  });
});

describe('an ask', () => {
  test('has one answer; whoever comes second is told who was first', async () => {
    const { run } = await started();
    await run.send({ type: 'turn.start', turnId: 't' });
    await run.send(ask('r1'));
    const { seq } = await run.answer('r1', 'yes', { by: 'anna' });
    const late = await refusalOf(run.answer('r1', 'no', { by: 'bert' }));
    expect(late).toMatchObject({ code: 'ALREADY_ANSWERED', details: { seq, by: 'anna', optionId: 'yes' } });
    expect(await refusalOf(run.answer('r2', 'no'))).toMatchObject({ code: 'NOT_ACCEPTED' });
    await run.send({ type: 'turn.end', turnId: 't', status: 'ok' });
    await run.end({ cause: 'completed' });
    expect(await refusalOf(run.answer('r1', 'no'))).toMatchObject({ code: 'ALREADY_ANSWERED' });
  });

  test('that is open stands in the row, and beside the messages', async () => {
    const { stage, run } = await started();
    await run.send({ type: 'turn.start', turnId: 't' });
    await run.send(ask('r1'));
    for await (const row of stage.troupe.list())
      expect(row).toMatchObject({ asks: ['r1'], tags: expect.arrayContaining(['waiting']) as unknown });
    for await (const { asks } of run.messages()) {
      expect(asks).toMatchObject([{ requestId: 'r1', title: 'May I?' }]);
      break;
    }
    await run.answer('r1', 'no');
    for await (const row of stage.troupe.list()) expect(row.asks).toEqual([]);
  });
});

describe('a run with a parent', () => {
  test('owes it one record of its end, with the hash of its seal', async () => {
    const stage = await openDesk();
    const run = stage.troupe.run('child');
    await run.start({ title: 'Tests', parent: 'run/conductor' });
    await turn(run, 1, 'All green');
    await run.end({ cause: 'completed' });
    await stage.idle();
    await stage.reopen();
    await stage.idle();
    const outbox = stage.troupe.outbox('conductor');
    const sealHash = createHash('sha256')
      .update((await stage.opened.journal.seal('run/child'))!)
      .digest('hex');
    const { records } = await outbox.drain();
    expect(records).toMatchObject([
      {
        child: 'run/child',
        kind: 'finished',
        outcome: 'completed',
        result: 'All green ',
        sealHash,
        costMicroUsd: 0,
      },
    ]);
    expect(records[0]?.childSeq).toBe((await stage.troupe.run('child').snapshot()).seq);
  });

  test('tells it of asks while it lives', async () => {
    const stage = await openDesk();
    const run = stage.troupe.run('child');
    await run.start({ notify: 'me' });
    await run.send({ type: 'turn.start', turnId: 't' });
    const { seq } = await run.send(ask('r1'));
    await stage.idle();
    expect((await stage.troupe.outbox('me').drain()).records).toMatchObject([
      { child: 'run/child', childSeq: seq, kind: 'permission' },
    ]);
  });

  test('is listed as its child, and adds up with the others', async () => {
    const stage = await openDesk();
    const parent = stage.troupe.run('p');
    await parent.start();
    for (const id of ['c1', 'c2']) {
      const child = stage.troupe.run(id);
      await child.start({ parent: 'run/p' });
      await turn(child, 1);
    }
    const ids: string[] = [];
    for await (const { id } of parent.children()) ids.push(id);
    expect(ids.toSorted()).toEqual(['c1', 'c2']);
    expect(await parent.total('children')).toMatchObject({ runs: 2, turns: { count: 2 } });
  });
});

describe('usage', () => {
  const usage = (key: string, model: string, output: number): RunEventOf<'usage'> => {
    const tokens = { input: 1, output, cacheRead: 0, cacheWrite: 0, costMicroUsd: 3 };
    return { type: 'usage', key, model, mode: 'delta', scope: 'turn', ...tokens };
  };

  test('is counted by hour and model, once a key, and equals the digests', async () => {
    const { stage, run } = await started();
    await run.send(usage('a', 'opus', 10));
    await run.send(usage('a', 'opus', 10));
    stage.clock.advance(3_600_000);
    await run.send(usage('b', 'opus', 20));
    await run.send(usage('c', 'haiku', 5));
    const byModel = await stage.troupe.usage({ by: ['model'] });
    expect(byModel).toMatchObject([
      { by: { model: 'haiku' }, output: 5, costMicroUsd: 3 },
      { by: { model: 'opus' }, output: 30, costMicroUsd: 6 },
    ]);
    expect(await stage.troupe.usage({ by: ['hour'] })).toHaveLength(2);
    const [total] = await stage.troupe.usage();
    expect(total).toEqual({ by: {}, ...(await run.digest()).digest.usage.total });
    expect(await refusalOf(stage.troupe.usage({ by: ['week'] }))).toMatchObject({ code: 'INVALID_OPTION' });
  });

  test('is told apart by index labels, as they were when it was counted', async () => {
    const troupe = await openTroupe({ journal: { kind: 'memory' }, actors: [], indexLabels: ['team'] });
    for (const [id, team] of [
      ['a', 'blue'],
      ['b', 'red'],
    ] as const) {
      await troupe.run(id).start({ labels: { team } });
      await troupe.run(id).send(usage('u', 'opus', 10));
    }
    await troupe.run('a').label({ team: 'green' });
    await troupe.run('a').send(usage('v', 'opus', 1));
    expect(await troupe.usage({ by: ['team'] })).toMatchObject([
      { by: { team: 'blue' }, output: 10 },
      { by: { team: 'green' }, output: 1 },
      { by: { team: 'red' }, output: 10 },
    ]);
    await troupe.close();
  });
});
