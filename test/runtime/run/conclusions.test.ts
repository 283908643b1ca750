/**
 * What is lost with a process are facts of their own, in one commit with its end (contract R1), for every
 * ending of S5 that has a process. The tails of histories are written by hand.
 */
import { describe, expect, test } from 'vitest';
import type { AnyEvent } from '../../../actors/fact.ts';
import { decodeCommit } from '../../../storage/commitCodec.ts';
import { unpack } from '../../../storage/values.ts';
import { ask, exit, hang, hear, lose, say, turn } from '../../../runtime/testing.ts';
import type { Script } from '../../../runtime/testing.ts';
import { refusalOf } from '../host/kit.ts';
import { address, expectAlive, expectEnd, started } from './ending.ts';
import type { Case } from './ending.ts';

const call = say({ type: 'tool.call', callId: 'c1', name: 'shell' });
/** A turn with a call and, about it, an ask that nobody answers. */
const asking: Script = [turn('', { steps: [call, ...ask('r1', 'May I?', { callId: 'c1' })] })];

/** One word a fact: its type and what matters here. */
function wordOf(event: AnyEvent): string {
  const { type, requestId, turnId, status, reason, timer, ...rest } = event as AnyEvent &
    Record<string, string>;
  const what = requestId ?? turnId ?? timer ?? '';
  const how = type === 'turn.end' ? status : type === 'permission.cancelled' ? reason : '';
  return [type, what, how, rest['with'] === undefined ? '' : `with ${rest['with']}`]
    .filter(Boolean)
    .join(' ');
}

/** The words of each commit, the last `count` of them. */
function commitsOf(one: Case, count: number): readonly (readonly string[])[] {
  const entries = one.stage.memory.actors.get(address)?.entries ?? [];
  return entries.slice(-count).map(({ record }) => {
    const { facts } = decodeCommit(record);
    return facts.map(({ event }) => wordOf(unpack(event!) as AnyEvent));
  });
}

const lostWith = (what: string): readonly string[] => [
  `permission.cancelled r1 lost with ${what}`,
  `turn.end process@2.0 lost with ${what}`,
];
const issues = {
  count: 1,
  byClass: { unanswered_permission: { count: 1 } },
};
const lostTurn = { turns: { byStatus: { lost: 1 } }, permissions: { cancelled: 1 }, issues };

describe('with a turn and an ask open', () => {
  test.each([
    ['code 0', exit(0), 'process.exit', 'crashed'],
    ['code 1', exit(1), 'process.exit', 'crashed'],
    ['a signal', exit(null, { signal: 'SIGKILL' }), 'process.exit', 'crashed'],
    ['its loss', lose(), 'process.lost', 'lost'],
  ] as const)('the process ends with %s', async (_, end, type, cause) => {
    const steps = [call, { ...ask('r1', 'May I?', { callId: 'c1' })[0]! }, end];
    for (const onExit of ['end', 'idle'] as const) {
      const one = await started([turn('', { steps })], { onExit });
      expect(commitsOf(one, 1)[0]!.slice(-3)).toEqual([...lostWith(type), type]);
      if (onExit === 'end') {
        const digest = await expectEnd(one, cause);
        expect(digest).toMatchObject({ ...lostTurn, outcome: { lastTurn: 'lost' } });
      } else {
        expect(await expectAlive(one)).toMatchObject(lostTurn);
        expect(await one.tags()).toEqual(expect.arrayContaining(['idle', 'interrupted']));
      }
    }
  });

  test.each(['stopped', 'terminated', 'superseded'] as const)('the run is stopped: %s', async (cause) => {
    const one = await started(asking);
    await one.run.stop({ cause });
    await one.stage.settle();
    expect(commitsOf(one, 2)).toEqual([['run.stop'], [...lostWith('process.exit'), 'process.exit']]);
    expect(await expectEnd(one, cause)).toMatchObject(lostTurn);
  });

  test.each(['end', 'idle'] as const)(
    'the runtime is killed and opened again, under onExit %s',
    async (onExit) => {
      const one = await started(asking, { onExit });
      await one.stage.advance(1000);
      one.stage.crash();
      await one.stage.advance(3_600_000);
      await one.killed();
      expect(commitsOf(one, 1)).toEqual([[...lostWith('process.lost'), 'process.lost']]);
      const digest = onExit === 'end' ? await expectEnd(one, 'lost') : await expectAlive(one);
      // The time until somebody came back was nobody's.
      expect(digest).toMatchObject({ ...lostTurn, durationMs: 0 });
    },
  );
});

describe('nothing is concluded', () => {
  test('when the process ends between two turns', async () => {
    const one = await started([turn('Done'), exit(1)]);
    expect(commitsOf(one, 1)[0]!.slice(-2)).toEqual(['turn.end process@2.0 ok', 'process.exit']);
    await expectEnd(one, 'crashed');
  });

  test.each([
    ['it is ended by hand', async ({ run }: Case) => run.end({ cause: 'completed' }), 'completed', 'run.end'],
    [
      'the time to drain is over',
      async ({ run, stage }: Case) => {
        await run.stop({ drainMs: 10 });
        await stage.advance(10);
      },
      'stopped',
      'timer.fired drain',
    ],
    [
      'its deadline is over',
      async ({ stage }: Case) => stage.advance(60_000),
      'timedOut',
      'timer.fired deadline',
    ],
  ] as const)('when %s within a turn, which stays open', async (_, end, cause, last) => {
    const one = await started(
      [turn('', { steps: [call, hang()] })],
      { deadlineMs: 60_000 },
      { deaf: ['drain'] },
    );
    await end(one);
    expect(commitsOf(one, 1)).toEqual([[last]]);
    expect((await expectEnd(one, cause)).outcome?.lastTurn).toBe('open');
  });

  test('from an exit that is refused', async () => {
    const one = await started([turn('', { steps: [hear('answer')] })]);
    const { seq } = await one.run.digest();
    const refusal = await refusalOf(
      one.run.send({ type: 'process.exit', processId: 'other', code: 1, signal: null }),
    );
    expect(refusal).toMatchObject({ code: 'NOT_ACCEPTED' });
    expect((await one.run.digest()).seq).toBe(seq);
  });
});

test('nobody else may say that something was lost with a process', async () => {
  const one = await started(asking);
  const lost = { type: 'turn.end', turnId: 'process@2.0', status: 'lost', with: 'process.exit' } as const;
  expect(await refusalOf(one.run.send(lost))).toMatchObject({ code: 'INVALID_EVENT' });
});
