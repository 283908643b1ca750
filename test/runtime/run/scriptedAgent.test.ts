/** The scripted agent and the test runtime, as somebody who tests an orchestrator uses them. */
import { afterEach, describe, expect, test } from 'vitest';
import {
  ask,
  exit,
  hang,
  hear,
  lose,
  openTestTroupe,
  refuse,
  say,
  scriptedAgent,
  turn,
  think,
} from '../../../runtime/testing.ts';
import type { Script, ScriptedAgentOptions, TestTroupe } from '../../../runtime/testing.ts';
import type { Run, RunStart } from '../../../runtime/run.ts';
import { typesOf } from '../host/kit.ts';

const launch = { command: 'agent', stdio: 'pipe' } as const;
const open: TestTroupe<never>[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function launched(
  script: Script,
  start: RunStart = {},
  options: ScriptedAgentOptions = {},
): Promise<{ stage: TestTroupe<never>; run: () => Run }> {
  const stage = (await openTestTroupe({ actors: [scriptedAgent(script, options)] })) as TestTroupe<never>;
  open.push(stage);
  await stage.troupe.run('a').start({ launch, ...start });
  await stage.settle();
  return { stage, run: () => stage.troupe.run('a') };
}

const endOf = async (run: Run) => (await run.result()).cause;

describe('a scripted agent', () => {
  test('says its turns and exits', async () => {
    const { run } = await launched([turn('All is green'), exit(0)]);
    const { cause, text, digest } = await run().result();
    expect([cause, text]).toEqual(['completed', 'All is green']);
    expect(digest).toMatchObject({ turns: { count: 1 }, processes: { started: 1, byExit: { 'exit 0': 1 } } });
    expect(await run().verify()).toMatchObject({ ok: true });
  });

  test('at the end of its script exits with code 0', async () => {
    const { run } = await launched([turn('Done')]);
    expect(await endOf(run())).toBe('completed');
  });

  test('waits on the clock of the test', async () => {
    const { stage, run } = await launched([think(60_000), turn('Late'), exit(1, { stderr: 'why' })]);
    expect(await typesOf(run() as never)).toEqual(['actor.born', 'run.start', 'process.start']);
    await stage.advance(59_000);
    expect((await run().digest()).digest.turns.count).toBe(0);
    await stage.advance(1000);
    const { cause, digest } = await run().result();
    expect([cause, digest.turns.count, digest.processes.byExit]).toEqual(['crashed', 1, { 'exit 1': 1 }]);
  });

  test('takes up a prompt when it hears it', async () => {
    const { stage, run } = await launched([hear('prompt'), turn('Yes?'), hang()]);
    await run().prompt('Hello', { promptId: 'p' });
    await stage.settle();
    const { digest } = await run().digest();
    expect(digest).toMatchObject({ turns: { count: 1 }, prompts: { sent: 1 }, result: null });
    expect((await run().snapshot()).context.book.queue).toEqual([]);
  });

  test('asks, and goes on with the answer', async () => {
    const { stage, run } = await launched([turn('', { steps: [...ask('r1', 'May I?')] }), hang()]);
    expect((await run().snapshot()).tags).toContain('waiting');
    await run().answer('r1', 'yes');
    await stage.settle();
    expect((await run().digest()).digest).toMatchObject({
      turns: { byStatus: { ok: 1 } },
      permissions: { allowed: 1 },
    });
  });

  test('as a generator does what it was answered', async () => {
    const { stage, run } = await launched(
      async function* ({ input }) {
        yield say({ type: 'turn.start', turnId: `of ${input.model}` });
        yield ask('r1', 'May I?')[0]!;
        const word = yield hear('answer');
        yield turn('', { steps: [] }).slice(-1);
        yield say({ type: 'x.answer', word } as never);
      },
      { model: 'opus' },
    );
    await run().answer('r1', 'no', { message: 'later' });
    await stage.settle();
    const facts = [];
    for await (const { event } of run().history()) facts.push(event);
    expect(facts.at(-2)).toMatchObject({ type: 'x.answer', word: { optionId: 'no', message: 'later' } });
    expect(facts.find(({ type }) => type === 'turn.start')).toMatchObject({ turnId: 'of opus' });
  });

  test('ends its turn when it is interrupted, and goes on behind it', async () => {
    const { stage, run } = await launched([
      turn('Long', { steps: [think(60_000), say({ type: 'x.never' })] }),
      say({ type: 'x.behind' }),
      hear('prompt'),
    ]);
    await run().interrupt();
    await stage.settle();
    const types = await typesOf(run() as never);
    expect(types.slice(-3)).toEqual(['turn.interrupt', 'turn.end', 'x.behind']);
    expect((await run().digest()).digest.turns.byStatus).toMatchObject({ cancelled: 1 });
  });

  test('exits when it is asked to drain; a deaf one is ended when its time is over', async () => {
    const good = await launched([hear('prompt')]);
    await good.run().stop();
    await good.stage.settle();
    expect((await good.run().digest()).digest.processes.byExit).toEqual({ 'exit 0': 1 });
    const deaf = await launched([hear('prompt')], {}, { deaf: ['drain'] });
    await deaf.run().stop({ drainMs: 2000 });
    await deaf.stage.advance(1999);
    expect((await deaf.run().snapshot()).tags).not.toContain('final');
    await deaf.stage.advance(1);
    expect([await endOf(good.run()), await endOf(deaf.run())]).toEqual(['stopped', 'stopped']);
  });

  test('is lost, refuses its launch, or hangs before it has begun', async () => {
    expect(await endOf((await launched([turn('Hm'), lose()])).run())).toBe('lost');
    const { digest } = await (await launched([refuse('no such command')])).run().result();
    expect([digest.outcome?.cause, digest.processes.started]).toEqual(['launchFailed', 0]);
    const { run } = await launched([hang({ launching: true })]);
    expect(await typesOf(run() as never)).toEqual(['actor.born', 'run.start']);
  });

  test('is launched again by a prompt, with ids of its own', async () => {
    const { stage, run } = await launched([hear('prompt'), turn('Again')], { onExit: 'idle' });
    for (const promptId of ['p1', 'p2', 'p3']) {
      await run().prompt('Go', { promptId });
      await stage.settle();
    }
    expect((await run().digest()).digest).toMatchObject({ turns: { count: 3 }, processes: { started: 3 } });
  });
});

describe('a launched run', () => {
  test('is stalled when it was quiet for long, whatever timers of its own came due meanwhile', async () => {
    for (const stallMs of [60_000, 100_000]) {
      const { stage, run } = await launched([hear('prompt')], { stallMs });
      await stage.advance(stallMs - 1);
      expect((await run().snapshot()).tags).toEqual(['idle']);
      await stage.advance(1);
      expect((await run().snapshot()).tags).toEqual(['idle', 'stalled']);
    }
  });
});

describe('the test runtime', () => {
  test('crashes: what is durable is there, and the process is lost once', async () => {
    const { stage, run } = await launched([turn('Half', { steps: [hang()] })], { onExit: 'idle' });
    stage.crash();
    await stage.reopen();
    await run().snapshot();
    await stage.settle();
    stage.crash();
    await stage.reopen();
    await run().snapshot();
    await stage.settle();
    const types = await typesOf(run() as never);
    expect(types.filter((type) => type === 'process.lost')).toHaveLength(1);
    expect((await run().snapshot()).tags).toContain('interrupted');
  });

  test('lets time pass: timers come at their time, each with what follows', async () => {
    const { stage, run } = await launched([hear('prompt')], { deadlineMs: 3_600_000, stallMs: 50_000 });
    const begin = stage.now();
    await stage.advance(50_000);
    expect((await run().snapshot()).tags).toContain('stalled');
    await stage.advance(4_000_000);
    const { cause, digest } = await run().result();
    expect([cause, digest.durationMs, stage.now() - begin]).toEqual(['timedOut', 3_600_000, 4_050_000]);
  });

  test('without actors hosts the built-in ones', async () => {
    await using stage = await openTestTroupe();
    await stage.troupe.run('a').start();
    expect(await stage.troupe.run('a').exists()).toBe(true);
  });
});
