/**
 * What `codex app-server` sends: JSON-RPC notifications, and requests for approval.
 * Seen: codex-rs/app-server-protocol v2, schema/typescript at commit 029bf4d (notifications) and 0e5430f
 * (items) of 2026; https://github.com/openai/codex
 *   - Only `turn/started` opens a turn, and `turn/completed` how it ended: completed, interrupted, failed.
 *   - Answers to the client's own requests are its own matter; the turns of a resumed thread are in them.
 *   - Other threads are those of agents that a call has started: what they say has that call as its parent.
 */
import type { TurnStatus } from '../agentRun/vocabulary.ts';
import type { Adapter, Told } from './adapter.ts';
import { approvalAsked, codexSay } from './codexApprovals.ts';
import { codexUsage, isLimit, itemTold, moreTold, startCodex } from './codexItems.ts';
import type { Codex, CodexState } from './codexItems.ts';
import { countOf, fieldsOf, idOf, listOf, messageOf, nameOf, textOf, wordOf } from './reading.ts';
import type { Fields } from './reading.ts';
import { Telling } from './talk.ts';

export const codexAppServer: Adapter<CodexState> = {
  name: 'codex',
  start: startCodex,
  frame: told,
  say: codexSay,
};

/** Of the account, the window or the disk, or told again by what follows. */
const quiet =
  /^(account|app|fs|skills|fuzzyFileSearch|windows|windowsSandbox|mcpServer|hook|command|codex\/event)\//;
const quietMethods: ReadonlySet<string> = new Set([
  'thread/status/changed',
  'thread/name/updated',
  'turn/diff/updated',
  'item/plan/delta',
  'item/reasoning/summaryPartAdded',
  'item/commandExecution/terminalInteraction',
  'item/fileChange/outputDelta',
  'item/fileChange/patchUpdated',
  'rawResponseItem/completed',
  'serverRequest/resolved',
  // Sound.
  'thread/realtime/outputAudio/delta',
  'thread/realtime/sdp',
]);

function told(state: CodexState, frame: unknown): Told<CodexState> {
  const fields = fieldsOf(frame);
  const telling = new Telling(state);
  const method = textOf(fields['method']);
  if (method === undefined) {
    if (!('result' in fields) && !('error' in fields)) telling.unknown(frame);
  } else if (fields['id'] !== undefined) approvalAsked(telling, fields, method, frame);
  else notified(telling, method, fieldsOf(fields['params']), frame);
  return telling.told;
}

function notified(telling: Codex, method: string, params: Fields, frame: unknown): void {
  const lane = laneOf(telling, params['threadId']);
  const turn = fieldsOf(params['turn']);
  switch (method) {
    case 'thread/started':
      return threadStarted(telling, fieldsOf(params['thread']));
    case 'turn/started':
      return lane === '' ? telling.turnStart(turn['id']) : undefined;
    case 'turn/completed':
      return lane === '' ? turnEnded(telling, turn) : telling.messageEnd(lane);
    case 'item/started':
      return itemTold(telling, fieldsOf(params['item']), 'started', lane);
    case 'item/completed':
      return itemTold(telling, fieldsOf(params['item']), 'completed', lane);
    case 'item/agentMessage/delta':
      return deltaTold(telling, params, 'text', lane);
    case 'item/reasoning/summaryTextDelta':
    case 'item/reasoning/textDelta':
      return deltaTold(telling, params, 'reasoning', lane);
    case 'item/commandExecution/outputDelta':
    case 'item/mcpToolCall/progress': {
      const text = textOf(params['delta'] ?? params['message']) ?? '';
      return telling.tell({ type: 'tool.progress', callId: telling.scoped(params['itemId']), text });
    }
    case 'thread/tokenUsage/updated': {
      const { total } = fieldsOf(params['tokenUsage']);
      return codexUsage(telling, telling.mint('usage'), total, lane);
    }
    case 'thread/compacted':
      return telling.tell({ type: 'context.compacted' });
    case 'turn/plan/updated':
      return telling.tell({ type: 'plan', items: [...listOf(params['plan'])] });
    case 'error':
      return failed(telling, params);
    case 'model/rerouted':
      return telling.session(undefined, wordOf(params['toModel'] ?? params['model']));
    case 'deprecationNotice':
    case 'configWarning':
    case 'thread/closed':
    case 'thread/archived':
    case 'thread/unarchived':
    case 'item/autoApprovalReview/started':
    case 'item/autoApprovalReview/completed':
      return telling.note(frame);
    default:
      if (quietMethods.has(method) || quiet.test(method)) return undefined;
      return method.startsWith('thread/realtime/') ? telling.note(frame) : telling.unknown(frame);
  }
}

/** The first thread is the agent's own; another one belongs to the call that started it, if that was seen. */
function laneOf(telling: Codex, thread: unknown): string {
  const name = idOf(thread);
  const { thread: main, threads } = telling.talk;
  if (name === undefined || name === main) return '';
  const call = threads.find(([known]) => known === name)?.[1];
  if (call !== undefined) return call;
  if (main === null) telling.set({ thread: name });
  return main === null ? '' : name;
}

function threadStarted(telling: Codex, { id, model }: Fields): void {
  if (laneOf(telling, id) === '') telling.session(wordOf(id), wordOf(model));
}

const statuses: Readonly<Record<string, TurnStatus>> = {
  completed: 'ok',
  interrupted: 'cancelled',
  failed: 'failed',
};

function turnEnded(telling: Codex, { id, status, error }: Fields): void {
  const name = textOf(status) ?? 'failed';
  const reason = messageOf(error) ?? name;
  const known = Object.hasOwn(statuses, name) ? statuses[name] : undefined;
  const limited = known === 'failed' && (isLimit(reason) || isUsageLimit(error));
  telling.turnStart(id);
  telling.turnEnd(limited ? 'limit' : (known ?? 'failed'), reason);
}

const isUsageLimit = (error: unknown): boolean => isLimit(classOf(error) ?? '');

/** The class that Codex gives an error: a word, or the name of the one field of an object. */
function classOf(error: unknown): string | undefined {
  const info = fieldsOf(error)['codexErrorInfo'];
  return textOf(info) ?? Object.keys(fieldsOf(info))[0];
}

/** Streamed: the whole item that follows adds nothing but what is missing. */
function deltaTold(telling: Codex, params: Fields, part: 'text' | 'reasoning', lane: string): void {
  const id = telling.scoped(params['itemId']);
  const text = textOf(params['delta']) ?? '';
  telling.message(lane, id);
  moreTold(telling, id, text);
  telling.delta(id, part, text);
}

function failed(telling: Codex, { error, willRetry }: Fields): void {
  const message = messageOf(error) ?? 'unknown';
  if (willRetry === true) {
    const again = /(\d+)\s*\/\s*\d+/.exec(message);
    return telling.tell({
      type: 'attempt.start',
      attempt: countOf(Number(again?.[1] ?? 1)),
      reason: message,
    });
  }
  return telling.tell({ type: 'error', class: nameOf(classOf(error), 'error'), message, retryable: false });
}
