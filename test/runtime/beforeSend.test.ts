/** price and redact: what an application does to its events before they are packed. */
import { describe, expect, test } from 'vitest';
import type { AnyEvent, Options } from '../../runtime/index.ts';
import { isTroupeError } from '../../actors/troupeError.ts';
import { newMemory } from '../../storage/index.ts';
import type { Memory } from '../../storage/index.ts';
import { openTestTroupe } from '../../runtime/testing.ts';
import { openTroupe } from '../../runtime/index.ts';
import { refusalOf } from './host/kit.ts';
import { fetcher } from './actors/sample.ts';
import { newDirectory } from './open.ts';

const usage = {
  type: 'usage',
  key: 'u1',
  model: 'opus',
  mode: 'delta',
  scope: 'turn',
  input: 1000,
  output: 10,
} as const;

const price: Options['price'] = (model, { input, output }) =>
  model === 'opus' ? input * 15 + output * 75 : undefined;

const secret = 'sk-0123456789';

/** A redactor as an application writes it. */
function redact(event: AnyEvent): AnyEvent {
  const text = JSON.stringify(event);
  if (text.includes('nuclear')) throw new Error('no such words');
  return JSON.parse(text.replaceAll(secret, '[redacted]')) as AnyEvent;
}

function holds(memory: Memory, text: string): boolean {
  const bodies = [...memory.actors.values()].flatMap(({ bodies: kept }) => [...kept.values()]);
  const records = memory.log.map((entry) => entry?.record ?? Buffer.alloc(0));
  return [...bodies, ...records].some((bytes) => Buffer.from(bytes).includes(text));
}

describe('price', () => {
  test('gives a usage its cost; one that has it, and a model without a price, stay', async () => {
    await using stage = await openTestTroupe({ price });
    const run = stage.troupe.run('a');
    await run.start();
    await run.send(usage);
    await run.send({ ...usage, key: 'u2', costMicroUsd: 5 });
    await run.send({ ...usage, key: 'u3', model: 'other' });
    const { digest } = await run.digest();
    expect(digest.usage.total).toMatchObject({ costMicroUsd: 15_750 + 5, unpricedTokens: 1010 });
    const [counted] = await stage.troupe.usage();
    expect(counted).toEqual({ by: {}, ...digest.usage.total });
    for await (const { event } of run.history({ types: ['usage'] })) {
      expect(event).toEqual({ ...usage, costMicroUsd: 15_750 });
      break;
    }
  });

  test('that is no cost, or throws, refuses the send', async () => {
    await using stage = await openTestTroupe({ price: () => NaN });
    await stage.troupe.run('a').start();
    expect(await refusalOf(stage.troupe.run('a').send(usage))).toMatchObject({
      code: 'INVALID_EVENT',
      details: { option: 'price' },
    });
  });
});

describe('redact', () => {
  test('what it takes out is nowhere in the journal, of sends, pushes and large bodies', async () => {
    const memory = newMemory();
    await using stage = await openTestTroupe({ redact, memory });
    const run = stage.troupe.run('a');
    await run.start({ title: `with ${secret}` });
    await run.prompt(`${secret} ${'long '.repeat(20_000)}`);
    run.push({ type: 'message.delta', messageId: 'm', part: 'text', text: secret });
    await stage.settle();
    await run.flush();
    expect((await run.digest()).digest.identity.title).toBe('with [redacted]');
    expect([holds(memory, '[redacted]'), holds(memory, secret)]).toEqual([true, false]);
  });

  test('a throw refuses the send with its message, and nothing is recorded', async () => {
    await using stage = await openTestTroupe({ redact });
    const run = stage.troupe.run('a');
    await run.start();
    const refusal = await refusalOf(run.prompt('nuclear'));
    expect(refusal).toMatchObject({
      code: 'INVALID_EVENT',
      details: { type: 'run.prompt', option: 'redact' },
    });
    expect(refusal.message).toContain('no such words');
    expect((await run.digest()).seq).toBe(2);
  });

  test('gives an event of the same type, or the send is refused', async () => {
    for (const other of [undefined, null, 'text', { type: 'run.end' }]) {
      await using stage = await openTestTroupe({ redact: () => other as AnyEvent });
      expect(await refusalOf(stage.troupe.run('a').start())).toMatchObject({ code: 'INVALID_EVENT' });
    }
  });

  test('sees what effects of this thread give', async () => {
    const effects = { fetch: async () => Promise.resolve({ token: secret, n: 1 }) };
    await using stage = await openTestTroupe({ actors: [fetcher], effects, redact });
    const ref = stage.troupe.actor('fetcher', '1');
    await ref.send({ type: 'fetch', url: '' });
    await stage.settle();
    expect((await ref.snapshot()).context.got).toEqual({ token: '[redacted]', n: 1 });
    expect(holds(stage.memory, secret)).toBe(false);
  });

  test('who joins without it takes what there is; who brings it to one without is refused', async () => {
    const directory = newDirectory();
    await using first = await openTroupe({ directory, actors: [], redact });
    await using second = await openTroupe({ directory });
    await second.run('a').start({ title: secret });
    expect((await first.run('a').digest()).digest.identity.title).toBe('[redacted]');
    const plain = newDirectory();
    await using third = await openTroupe({ directory: plain, actors: [] });
    const refused = await refusalOf(openTroupe({ directory: plain, redact }));
    expect([isTroupeError(refused, 'CONFLICT'), refused.details]).toEqual([true, { option: 'redact' }]);
    await third.close();
  });
});
