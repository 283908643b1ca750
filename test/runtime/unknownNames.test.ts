/** Names that no call knows are refused, instead of passed over in silence; so is what is no lease. */
import { describe, expect, test } from 'vitest';
import { connect } from '../../runtime/client.ts';
import { openDesk, post } from './outbox/desk.ts';
import { openStage, refusalOf } from './host/kit.ts';

/** Whatever a caller without types says. */
const slip = { tpyo: 1 } as never;

async function first(items: AsyncIterable<unknown>): Promise<unknown> {
  for await (const item of items) return item;
  return undefined;
}

type Calls = Awaited<ReturnType<typeof openStage>>['troupe'];
const calls: readonly (readonly [string, (troupe: Calls) => unknown])[] = [
  ['send', async (troupe) => troupe.run('r').send({ type: 'note', text: 'x' } as never, slip)],
  ['start', async (troupe) => troupe.run('r').start({}, slip)],
  ['prompt', async (troupe) => troupe.run('r').prompt('x', slip)],
  ['result', async (troupe) => troupe.run('r').result(slip)],
  ['messages', async (troupe) => first(troupe.run('r').messages(slip))],
  ['subscribe', async (troupe) => troupe.run('r').subscribe(slip)],
  ['history', async (troupe) => first(troupe.run('r').history(slip))],
  ['until', async (troupe) => troupe.run('r').until(() => true, slip)],
  ['list', async (troupe) => first(troupe.list(slip))],
  ['watch', async (troupe) => first(troupe.watch({}, slip))],
  ['watch of a filter', async (troupe) => first(troupe.watch(slip))],
  ['feed', async (troupe) => first(troupe.feed(slip))],
  ['usage', async (troupe) => troupe.usage(slip)],
  ['post', async (troupe) => troupe.outbox('c').post(post(1), slip)],
  ['drain', async (troupe) => troupe.outbox('c').drain(slip)],
  ['release', async (troupe) => troupe.outbox('c').release({ leaseId: 1 }, slip)],
  ['consume', async (troupe) => troupe.outbox('c').consume(() => undefined, slip)],
  ['exec', async (troupe) => troupe.pty('p').exec('true', slip)],
  ['waitFor', async (troupe) => troupe.pty('p').waitFor({ text: 'x' }, slip)],
  ['connect', () => connect('http://127.0.0.1:1', slip)],
];

describe('a name that nothing knows is INVALID_OPTION, told with those that are known', () => {
  test.each(calls)('in %s', async (_, call) => {
    const { troupe } = await openStage([]);
    const refusal = await refusalOf((async () => call(troupe))());
    expect(refusal).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'tpyo' } });
    expect(refusal.message).toMatch(/knows no "tpyo"; it takes \w+/);
  });

  test('but not where it says nothing', async () => {
    const { troupe } = await openStage([]);
    const nothing = { tpyo: undefined } as never;
    expect(await troupe.run('r').start({}, nothing)).toMatchObject({ seq: 2 });
  });
});

test.each<readonly [string, (outbox: ReturnType<Calls['outbox']>) => Promise<unknown>]>([
  ['an ack of nothing', async (outbox) => outbox.ack(undefined as never)],
  ['an ack of a number', async (outbox) => outbox.ack(3 as never)],
  ['an ack without the records', async (outbox) => outbox.ack({ leaseId: 2 } as never)],
  [
    'an ack of records without positions',
    async (outbox) => outbox.ack({ leaseId: 2, records: [{}] } as never),
  ],
  [
    'an ack of positions that are none',
    async (outbox) => outbox.ack({ leaseId: 2, records: [] }, ['1'] as never),
  ],
  ['a release of nothing', async (outbox) => outbox.release(null as never)],
  ['a post of nothing', async (outbox) => outbox.post(undefined as never)],
  ['a purge of nothing', async (outbox) => outbox.purge(undefined as never)],
  ['a purge of a number', async (outbox) => outbox.purge({ positions: 3 } as never)],
  ['a retry of a number', async (outbox) => outbox.retry(3 as never)],
  ['a consumer without a handler', async (outbox) => outbox.consume(undefined as never)],
])('%s is INVALID_OPTION', async (_, call) => {
  const { troupe } = await openDesk();
  expect(await refusalOf(call(troupe.outbox('c')))).toMatchObject({ code: 'INVALID_OPTION' });
});

test.each<readonly [string, (troupe: Calls) => Promise<unknown>]>([
  ['until', async (troupe) => troupe.run('r').until(() => false, { timeoutMs: 50 })],
  ['until of a state', async (troupe) => troupe.run('r').until('completed', { timeoutMs: 50 })],
  ['result', async (troupe) => troupe.run('r').result({ timeoutMs: 50 })],
])('%s that takes longer than its timeoutMs is TIMEOUT', async (_, call) => {
  const stage = await openStage([]);
  await stage.troupe.run('r').start({});
  const refused = refusalOf(call(stage.troupe));
  stage.clock.advance(50);
  expect(await refused).toMatchObject({ code: 'TIMEOUT', details: { timeoutMs: 50, outcome: 'none' } });
});
