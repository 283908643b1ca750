/**
 * The Agent Client Protocol: what an agent sends (`session/update`, `session/request_permission`, the answers
 * to the client's requests), and, where the client's own requests are among the frames, those too.
 * Seen: @agentclientprotocol/sdk 2.4 (protocol v1); https://agentclientprotocol.com/protocol/schema
 *   - The answer to `session/prompt` ends the turn. Its request opens it; where that is not seen, the first
 *     thing that the agent says or does.
 *   - What comes between `session/load` and its answer is history; so is what follows a user's chunk outside
 *     of a turn.
 */
import type { TurnStatus } from '../agentRun/vocabulary.ts';
import { acpSay, permissionAsked } from './acpAsks.ts';
import { countersTold, startAcp } from './acpState.ts';
import type { Acp, AcpCounters, AcpState } from './acpState.ts';
import { updateTold } from './acpUpdates.ts';
import type { Adapter, Told } from './adapter.ts';
import { countOf, fieldsOf, requestIdOf, textOf, wordOf } from './reading.ts';
import type { Fields } from './reading.ts';
import { Telling } from './talk.ts';

export const acp: Adapter<AcpState> = {
  name: 'acp',
  start: startAcp,
  frame: told,
  say: acpSay,
};

function told(state: AcpState, frame: unknown): Told<AcpState> {
  const fields = fieldsOf(frame);
  const telling = new Telling(state);
  const params = fieldsOf(fields['params']);
  const method = textOf(fields['method']);
  switch (method) {
    case undefined:
      answered(telling, fields, frame);
      break;
    case 'session/update':
      telling.session(wordOf(params['sessionId']), undefined);
      updateTold(telling, fieldsOf(params['update']), frame);
      break;
    case 'session/request_permission':
      if (telling.talk.replay === null) permissionAsked(telling, fields['id'], params);
      break;
    // The client's own, where its requests are among the frames.
    case 'session/prompt':
      telling.set({ replay: null });
      telling.turnStart();
      break;
    case 'session/load':
      telling.set({ replay: requestIdOf(fields['id']) });
      break;
    default:
      if (!/^(initialize|authenticate|session|fs|terminal|_)/.test(method)) telling.unknown(frame);
  }
  return telling.told;
}

const statuses: Readonly<Record<string, TurnStatus>> = {
  end_turn: 'ok',
  cancelled: 'cancelled',
  max_tokens: 'limit',
  max_turn_requests: 'limit',
  refusal: 'failed',
};

/** An answer to one of the client's requests: that to a prompt says why the turn ended. */
function answered(telling: Acp, fields: Fields, frame: unknown): void {
  if (!('result' in fields) && !('error' in fields)) return telling.unknown(frame);
  const { stopReason, usage, sessionId } = fieldsOf(fields['result']);
  telling.session(wordOf(sessionId), undefined);
  const { replay, turnId } = telling.talk;
  const stop = textOf(stopReason);
  if (stop === undefined && (replay === true || replay === requestIdOf(fields['id']))) {
    telling.set({ replay: null, messages: [], calls: [] });
  }
  if (stop !== undefined) {
    telling.set({ replay: null });
    telling.turnStart();
    if (usage !== undefined) countersTold(telling, tokensOf(fieldsOf(usage)));
    return telling.turnEnd((Object.hasOwn(statuses, stop) ? statuses[stop] : undefined) ?? 'failed', stop);
  }
  const error = fieldsOf(fields['error']);
  if (fields['error'] === undefined) return undefined;
  const message = textOf(error['message']) ?? 'The request failed.';
  const isCancelled = error['code'] === -32_800;
  if (turnId !== null) return telling.turnEnd(isCancelled ? 'cancelled' : 'failed', message);
  return telling.tell({ type: 'error', class: 'request_failed', message });
}

function tokensOf(usage: Fields): Partial<AcpCounters> {
  return {
    input: countOf(usage['inputTokens']),
    output: countOf(usage['outputTokens']),
    cacheRead: countOf(usage['cachedReadTokens']),
    cacheWrite: countOf(usage['cachedWriteTokens']),
  };
}
