/** An adapter of the user's own as the engine of a run: launched, prompted, asked, interrupted, resumed. */
import { describe, expect, test, vi } from 'vitest';
import type { Adapter } from '../../../actors/adapters/index.ts';
import type { RunEvent } from '../../../actors/agentRun/vocabulary.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { eventsOf, newFolder, openRuntime, parsed, StandIn, turnsEnded } from './kit.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

interface Parrot {
  readonly turns: number;
  readonly source: string;
}

interface Said {
  readonly says?: string;
  readonly asks?: string;
  readonly nest?: string;
  readonly flees?: string;
  readonly deadlineMs?: number;
}

/** Says `{ says }`, asks `{ asks }`, tells its session with `{ nest }`; breaks at what is none of these. */
const parrot: Adapter<Parrot> = {
  name: 'parrot',
  start: (source) => ({ source, turns: 0 }),
  frame: (state, frame) => {
    const { says, asks, nest, flees, deadlineMs } = frame as Said;
    const turnId = `${state.source}.${state.turns}`;
    if (nest !== undefined) {
      // Fields that the vocabulary does not name are kept.
      return { state, events: [{ type: 'note', engineSession: nest } as RunEvent] };
    }
    if (asks !== undefined) {
      const options = [
        { optionId: 'yes', effect: 'allow' as const, label: 'Yes' },
        { optionId: 'no', effect: 'deny' as const, label: 'No' },
      ];
      const ask = {
        type: 'permission.ask' as const,
        requestId: asks,
        kind: 'tool' as const,
        title: 'A nut?',
        options,
        ...(deadlineMs !== undefined && { deadlineMs }),
      };
      return { state, events: [{ type: 'turn.start', turnId }, ask] };
    }
    if (flees !== undefined) {
      const events = [{ type: 'turn.end' as const, turnId, status: 'cancelled' as const }];
      return { state: { ...state, turns: state.turns + 1 }, events };
    }
    if (says === undefined) throw new Error('no parrot says that');
    const messageId = `${turnId}.words`;
    return {
      state: { ...state, turns: state.turns + 1 },
      events: [
        { type: 'turn.start', turnId },
        { type: 'message.start', messageId, role: 'assistant' },
        { type: 'message.delta', messageId, part: 'text', text: says },
        { type: 'message.end', messageId },
        { type: 'turn.end', turnId, status: 'ok' },
      ],
    };
  },
  say: {
    prompt: ({ content, session }) => ({ hear: content, session }),
    answer: ({ requestId }, { optionId }) => ({ answer: requestId, optionId }),
    interrupt: ({ turnId }) => ({ hush: turnId }),
  },
};

const engines = {
  parrot: {
    adapter: parrot,
    args: ({ args, model, session }: EngineArgs) => [
      ...args,
      ...(model === undefined ? [] : ['--feathers', model]),
      ...(session === undefined ? [] : ['--nest', session]),
    ],
  },
};

interface EngineArgs {
  readonly args: readonly string[];
  readonly model: string | undefined;
  readonly session: string | undefined;
}

describe('an engine of your own', () => {
  test('is launched, prompted and resumed in its own words', async () => {
    const troupe = await openRuntime({ engines });
    const one = new StandIn(
      [
        // Told after the first prompt, which so names no session.
        { hear: 'Hello' },
        { say: { nest: 'n1' } },
        { say: { says: 'Hello!' } },
        { hear: 'Again' },
        { say: { says: 'Again!' } },
        { exit: 0 },
      ],
      [{ hear: 'Hello' }, { say: { says: 'Hello!' } }],
    );
    const run = troupe.run('a');
    await run.start({ engine: 'parrot', model: 'grey', launch: one.launch, onExit: 'idle' });
    await run.prompt('Hello');
    await turnsEnded(run, 1);
    await run.prompt('Again');
    await run.until(({ context }) => context.book.used.turns === 2 && context.book.process === 'none');
    await run.prompt('Hello');
    await turnsEnded(run, 3);
    await run.stop();
    expect((await run.digest()).digest).toMatchObject({
      turns: { byStatus: { ok: 3 } },
      messages: { textBytes: 18 },
    });
    expect(one.started).toEqual([
      ['--feathers', 'grey'],
      ['--feathers', 'grey', '--nest', 'n1'],
    ]);
    const heard = parsed(one.heard).slice(0, 3);
    expect(heard).toEqual([
      { hear: 'Hello', session: '' },
      { hear: 'Again', session: 'n1' },
      { hear: 'Hello', session: 'n1' },
    ]);
  });

  test('is answered and interrupted in its own words', async () => {
    const troupe = await openRuntime({ engines });
    const one = new StandIn([
      { say: { asks: 'nut' } },
      { hear: '"answer":"nut"' },
      { hear: 'hush' },
      { say: { flees: 'far' } },
      { exit: 0 },
    ]);
    const run = troupe.run('a');
    await run.start({ engine: 'parrot', launch: one.launch });
    await run.until(({ tags }) => tags.includes('waiting'));
    await run.answer('nut', 'no');
    await run.interrupt();
    const { digest } = await run.result();
    expect(digest.turns.byStatus).toMatchObject({ cancelled: 1, failed: 0 });
    expect(digest.permissions).toMatchObject({ asked: 1, denied: 1 });
    expect(parsed(one.heard)).toEqual([
      { answer: 'nut', optionId: 'no' },
      { hush: expect.stringMatching(/\.0$/) as string },
    ]);
  });

  test('is told no when nobody has answered its ask in time', async () => {
    const troupe = await openRuntime({ engines });
    const one = new StandIn([
      { say: { asks: 'nut', deadlineMs: 20 } },
      { hear: '"optionId":"no"' },
      { say: { flees: 'far' } },
      { exit: 0 },
    ]);
    const run = troupe.run('a');
    await run.start({ engine: 'parrot', launch: one.launch });
    const { cause, digest } = await run.result();
    expect(cause).toBe('completed');
    expect(digest.permissions).toMatchObject({ asked: 1, allowed: 0, cancelled: 1 });
    expect(parsed(one.heard)).toEqual([{ answer: 'nut', optionId: 'no' }]);
    const late = run.answer('nut', 'yes');
    await expect(late).rejects.toMatchObject({ code: 'SEALED' });
  });

  test('with a process for each prompt reads its text to the end', async () => {
    const one = new StandIn([{ hearAll: true }, { say: { says: 'Once' } }]);
    const troupe = await openRuntime({ engines: { parrot: { adapter: parrot, prompts: 'one' } } });
    const run = troupe.run('a');
    await run.start({ engine: 'parrot', launch: one.launch });
    await run.prompt('Hello');
    const { cause, text } = await run.result();
    expect([cause, text, one.heard]).toEqual(['completed', 'Once', ['Hello']]);
  });

  test('takes the place of one of ours, in the runtime that it was given to', async () => {
    const one = new StandIn([{ say: { says: 'Mine' } }, { exit: 0 }]);
    const troupe = await openRuntime({ engines: { claude: { adapter: parrot } } });
    const run = troupe.run('a');
    await run.start({ engine: 'claude', launch: one.launch });
    expect(await run.result()).toMatchObject({ text: 'Mine' });
    expect(one.started).toEqual([[]]);
  });

  test('that throws at what it is told loses its run, whose history says why', async () => {
    const one = new StandIn([{ say: { barks: 'Woof' } }, { hang: true }]);
    const troupe = await openRuntime({ engines });
    const run = troupe.run('a');
    await run.start({ engine: 'parrot', launch: one.launch });
    expect((await run.result()).cause).toBe('lost');
    expect(JSON.stringify(await eventsOf(run))).toContain('no parrot says that');
  });

  test('is that of whoever joined last, under the same names only', async () => {
    const directory = newFolder();
    const first = await openRuntime({ directory, engines: { parrot: { adapter: parrot, prompts: 'one' } } });
    await using second = await openTroupe({ directory, engines });
    const conflict = { code: 'CONFLICT', details: { option: 'engines' } };
    await expect(openTroupe({ directory, engines: {} })).rejects.toMatchObject(conflict);
    const one = new StandIn([{ hear: 'Hello' }, { say: { says: 'Many' } }, { exit: 0 }]);
    await first.run('a').start({ engine: 'parrot', launch: one.launch });
    await second.run('a').prompt('Hello');
    expect(await first.run('a').result()).toMatchObject({ text: 'Many' });
    expect(await eventsOf(first.run('a'), 'error')).toEqual([]);
  });
});
