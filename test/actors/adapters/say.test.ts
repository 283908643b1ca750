/** What engines are told, frame for frame, by hand. */
import { describe, expect, test } from 'vitest';
import { acp, claude, codexAppServer } from '../../../actors/adapters/index.ts';
import type { Adapter } from '../../../actors/adapters/index.ts';
import type { RunEventOf } from '../../../actors/agentRun/vocabulary.ts';
import { adapted, digestOf } from '../../../runtime/testing.ts';

type Ask = RunEventOf<'permission.ask'>;

function askIn<S>(frames: readonly unknown[], adapter: Adapter<S>): Ask {
  const ask = adapted(adapter, frames, 'p').find(({ type }) => type === 'permission.ask');
  if (ask?.type !== 'permission.ask') throw new Error('nothing is asked');
  return ask;
}

describe('claude', () => {
  const suggestions = [{ type: 'addRules', rules: [{ toolName: 'Bash' }] }];
  const request = { subtype: 'can_use_tool', tool_name: 'Bash', input: { command: 'ls' } };
  const frame = {
    type: 'control_request',
    request_id: 'r1',
    request: { ...request, permission_suggestions: suggestions },
  };
  const answered = (response: object) => ({
    type: 'control_response',
    response: { subtype: 'success', request_id: 'r1', response },
  });

  test('an answer carries the input, and its own rules where it is for always', () => {
    const ask = askIn([frame], claude);
    const updatedInput = { command: 'ls' };
    expect(claude.say?.answer?.(ask, { optionId: 'allow' })).toEqual(
      answered({ behavior: 'allow', updatedInput }),
    );
    expect(claude.say?.answer?.(ask, { optionId: 'allow', input: { command: 'ls -a' } })).toEqual(
      answered({ behavior: 'allow', updatedInput: { command: 'ls -a' } }),
    );
    expect(claude.say?.answer?.(ask, { optionId: 'allow_always' })).toEqual(
      answered({ behavior: 'allow', updatedInput, updatedPermissions: suggestions }),
    );
    expect(claude.say?.answer?.(ask, { optionId: 'deny', message: 'No' })).toEqual(
      answered({ behavior: 'deny', message: 'No' }),
    );
  });

  test('a change is a request each for model and mode', () => {
    let n = 0;
    const requestId = () => `q${++n}`;
    expect(claude.say?.update?.({ model: 'haiku', mode: 'plan', requestId })).toEqual([
      { type: 'control_request', request_id: 'q1', request: { subtype: 'set_model', model: 'haiku' } },
      {
        type: 'control_request',
        request_id: 'q2',
        request: { subtype: 'set_permission_mode', mode: 'plan' },
      },
    ]);
    expect(claude.say?.update?.({ model: undefined, mode: undefined, requestId })).toEqual([]);
  });
});

test('codex: a prompt begins a turn, or goes into the open one; an answer has the id of its request', () => {
  const { say } = codexAppServer;
  const input = [{ type: 'text', text: 'Hi' }];
  const words = { content: 'Hi', session: 't1', requestId: 'q1' };
  expect(say?.prompt?.(words)).toEqual({
    id: 'q1',
    method: 'turn/start',
    params: { threadId: 't1', input },
  });
  expect(say?.prompt?.({ ...words, turnId: 'u1' })).toEqual({
    id: 'q1',
    method: 'turn/steer',
    params: { threadId: 't1', input, expectedTurnId: 'u1' },
  });
  const params = { threadId: 't1', itemId: 'i1', command: ['ls'] };
  const asking = { id: 7, method: 'item/commandExecution/requestApproval', params };
  expect(say?.answer?.(askIn([asking], codexAppServer), { optionId: 'accept' })).toEqual({
    id: 7,
    result: { decision: 'accept' },
  });
  expect(say?.interrupt?.({ session: 't1', turnId: 'u1', requestId: 'q2' })).toEqual({
    id: 'q2',
    method: 'turn/interrupt',
    params: { threadId: 't1', turnId: 'u1' },
  });
});

test('acp: an answer names the option of the agent, in an answer to its request', () => {
  const params = {
    sessionId: 's1',
    toolCall: { toolCallId: 'c1', title: 'Write' },
    options: [{ optionId: 'opt-7', name: 'Yes', kind: 'allow_once' }],
  };
  const ask = askIn([{ jsonrpc: '2.0', id: 'x', method: 'session/request_permission', params }], acp);
  expect(acp.say?.answer?.(ask, { optionId: 'opt-7' })).toEqual({
    jsonrpc: '2.0',
    id: 'x',
    result: { outcome: { outcome: 'selected', optionId: 'opt-7' } },
  });
  expect(acp.say?.interrupt?.({ session: 's1', requestId: 'q1' })).toEqual({
    jsonrpc: '2.0',
    method: 'session/cancel',
    params: { sessionId: 's1' },
  });
});

test('B13: what a message and the result both tell of a model counts once', () => {
  const usage = { input_tokens: 100, output_tokens: 20 };
  const opus = { inputTokens: 100, outputTokens: 20, costUSD: 0.01 };
  const digest = digestOf(
    adapted(
      claude,
      [
        { type: 'system', subtype: 'init', session_id: 's', model: 'opus' },
        { type: 'assistant', message: { id: 'm', usage, content: [{ type: 'text', text: 'Hi' }] } },
        { type: 'result', subtype: 'success', usage, modelUsage: { opus }, total_cost_usd: 0.01 },
      ],
      'p',
    ),
    'claude',
  );
  const counts = { input: 100, output: 20, costMicroUsd: 10_000 };
  expect(digest.usage).toMatchObject({ total: counts, byModel: { opus: counts } });
});
