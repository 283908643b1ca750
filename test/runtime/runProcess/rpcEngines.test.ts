/** Engines that speak JSON-RPC: how they are greeted, prompted, answered, interrupted, resumed. */
import { describe, expect, test, vi } from 'vitest';
import { becomes } from '../processHost/kit.ts';
import { eventsOf, openRuntime, parsed, StandIn, turnsEnded } from './kit.ts';
import type { Act } from './standIn.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

describe('codex app-server', () => {
  const started: readonly Act[] = [
    { answer: 'initialize', result: { userAgent: 'x' } },
    { answer: 'thread/start', result: { thread: { id: 'th1' } } },
  ];
  const codexSays = (threadId: string, id: string, text: string): readonly Act[] => [
    { say: { method: 'turn/started', params: { threadId, turn: { id } } } },
    {
      say: {
        method: 'item/completed',
        params: { threadId, item: { type: 'agentMessage', id: `${id}m`, text } },
      },
    },
  ];
  const codexEnd = (threadId: string, id: string, status: string): Act => ({
    say: { method: 'turn/completed', params: { threadId, turn: { id, status } } },
  });

  test('is greeted, prompted, answered, steered and interrupted by requests', async () => {
    const troupe = await openRuntime();
    const one = new StandIn([
      ...started,
      { answer: 'turn/start', result: {} },
      ...codexSays('th1', 'u1', 'Let me see'),
      {
        say: {
          id: 7,
          method: 'item/commandExecution/requestApproval',
          params: { threadId: 'th1', itemId: 'i1', command: ['rm', 'x'] },
        },
      },
      { hear: '"decision"' },
      { answer: 'turn/steer', result: {} },
      { answer: 'turn/interrupt', result: {} },
      codexEnd('th1', 'u1', 'interrupted'),
    ]);
    const run = troupe.run('a');
    await run.start({ engine: 'codex', launch: one.launch });
    await run.prompt('Clean up');
    await run.until(({ tags }) => tags.includes('waiting'));
    const [{ requestId } = { requestId: '' }] = (await eventsOf(run, 'permission.ask')) as {
      type: string;
      requestId: string;
    }[];
    await run.answer(requestId, 'decline');
    await run.prompt('Only x', { mode: 'steer' });
    await run.interrupt();
    await turnsEnded(run, 1);
    expect((await run.digest()).digest.turns.byStatus).toMatchObject({ cancelled: 1 });
    const heard = parsed(one.heard);
    expect(heard.map(({ method, result: answer }) => method ?? answer)).toEqual([
      'initialize',
      'initialized',
      'thread/start',
      'turn/start',
      { decision: 'decline' },
      'turn/steer',
      'turn/interrupt',
    ]);
    expect(heard[4]).toMatchObject({ id: 7 });
    expect(heard[5]).toMatchObject({ params: { threadId: 'th1', expectedTurnId: 'u1' } });
    expect(heard[6]).toMatchObject({ params: { threadId: 'th1', turnId: 'u1' } });
  });

  test('a prompt that it refuses is a failed turn; a thread that it does not know begins anew', async () => {
    const troupe = await openRuntime();
    const one = new StandIn(
      [...started, { answer: 'turn/start', error: { code: -32000, message: 'overloaded' } }, { exit: 0 }],
      [
        { answer: 'initialize', result: {} },
        { answer: 'thread/resume', error: { code: -32000, message: 'no such thread' } },
        { answer: 'thread/start', result: { thread: { id: 'th2' } } },
        { answer: 'turn/start', result: {} },
        ...codexSays('th2', 'u2', 'Again'),
        codexEnd('th2', 'u2', 'completed'),
      ],
    );
    const run = troupe.run('a');
    await run.start({ engine: 'codex', launch: one.launch, onExit: 'idle' });
    await run.prompt('One');
    await run.until(({ context: { book } }) => book.process === 'none');
    await run.prompt('Two');
    await turnsEnded(run, 2);
    const { digest } = await run.digest();
    expect(digest.turns.byStatus).toMatchObject({ ok: 1, failed: 1 });
    expect(await eventsOf(run, 'error')).toMatchObject([
      { class: 'resume_failed', message: 'no such thread' },
    ]);
    expect(await eventsOf(run, 'process.session')).toMatchObject([
      { engineSession: 'th1' },
      { engineSession: 'th2' },
    ]);
  });
});

describe('acp', () => {
  const update = (sessionId: string, text: string): Act => ({
    say: {
      jsonrpc: '2.0',
      method: 'session/update',
      params: {
        sessionId,
        update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } },
      },
    },
  });
  const loads = { agentCapabilities: { loadSession: true } };

  test('has a session, asks for permission, is cancelled, and loads its session again', async () => {
    const troupe = await openRuntime();
    const permission: Act = {
      say: {
        jsonrpc: '2.0',
        id: 3,
        method: 'session/request_permission',
        params: {
          sessionId: 'a1',
          toolCall: { toolCallId: 'c1', title: 'Write x' },
          options: [{ optionId: 'once', name: 'Allow', kind: 'allow_once' }],
        },
      },
    };
    const one = new StandIn(
      [
        { answer: 'initialize', result: loads },
        { answer: 'session/new', result: { sessionId: 'a1' } },
        { answer: 'session/prompt', result: { stopReason: 'end_turn' } },
        { hear: 'Write' },
        { say: { jsonrpc: '2.0', id: 2, method: 'terminal/create', params: { command: 'ls' } } },
        { hear: '-32601' },
        permission,
        { hear: '"cancelled"' },
        { exit: 1 },
      ],
      [
        { answer: 'initialize', result: loads },
        { hear: 'session/load' },
        update('a1', 'history'),
        { hang: true },
      ],
    );
    const run = troupe.run('a');
    await run.start({ engine: 'acp', launch: one.launch, onExit: 'idle' });
    await run.prompt('Hello');
    await turnsEnded(run, 1);
    await run.prompt('Write');
    await run.until(({ tags }) => tags.includes('waiting'));
    await run.interrupt();
    await run.until(({ context: { book } }) => book.process === 'none');
    await run.prompt('Again');
    await becomes(() => one.heard.some((line) => line.includes('session/load')));
    const { digest } = await run.digest();
    expect(digest.turns).toMatchObject({ byStatus: { ok: 1, lost: 1 } });
    expect(digest.permissions).toMatchObject({ asked: 1 });
    const heard = parsed(one.heard);
    expect(heard.map(({ method, error, result: answer }) => method ?? error ?? answer)).toEqual([
      'initialize',
      'session/new',
      'session/prompt',
      'session/prompt',
      { code: -32_601, message: 'This client does not serve terminal/create.' },
      'session/cancel',
      { outcome: { outcome: 'cancelled' } },
      'initialize',
      'session/load',
    ]);
    expect(heard.at(-1)).toMatchObject({ params: { sessionId: 'a1' } });
  });

  test('has one prompt at a time: what is to go into an open turn follows it', async () => {
    const troupe = await openRuntime();
    const one = new StandIn([
      { answer: 'initialize', result: loads },
      { answer: 'session/new', result: { sessionId: 'a1' } },
      { request: 'session/prompt' },
      update('a1', 'At work. '),
      // Behind the steering, in the order of the run.
      { answer: 'session/set_mode', result: {} },
      { reply: { stopReason: 'end_turn' } },
      { request: 'session/prompt' },
      update('a1', 'Steered.'),
      { reply: { stopReason: 'end_turn' } },
      { exit: 0 },
    ]);
    const run = troupe.run('a');
    await run.start({ engine: 'acp', launch: one.launch });
    await run.prompt('First');
    await run.until(({ context: { book } }) => book.turnId !== null);
    await run.prompt('No, this', { mode: 'steer' });
    await run.update({ mode: 'ask' });
    const { text, digest } = await run.result();
    expect(text).toBe('Steered.');
    expect(digest.turns).toMatchObject({ count: 2, byStatus: { ok: 2 } });
    const heard = parsed(one.heard) as { method: string; params: { prompt?: { text: string }[] } }[];
    expect(heard.map(({ method, params }) => params.prompt?.[0]?.text ?? method)).toEqual([
      'initialize',
      'session/new',
      'First',
      'session/set_mode',
      'No, this',
    ]);
  });
});
