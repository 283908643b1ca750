/**
 * Claude Code's `--output-format stream-json`, with and without `--include-partial-messages`, and the message
 * objects of the Claude Agent SDK, which are the same.
 * Seen: Agent SDK 0.3 (its published types), CLI 2.1; https://docs.claude.com/en/docs/claude-code/sdk
 *   - A frame that repeats a prompt or history (`isReplay`) tells nothing; nor do the agent's own prompts.
 *   - With partial messages the text is told once, as it streams; the whole blocks that follow add the calls.
 *   - Each result restates what the process has cost so far: a reading of a counter, never a sum.
 */
import type { TurnStatus } from '../agentRun/vocabulary.ts';
import type { Adapter, Told } from './adapter.ts';
import { asked, askCancelled } from './claudeAsks.ts';
import { claudeSay } from './claudeSay.ts';
import { systemTold } from './claudeSystem.ts';
import {
  countOf,
  fieldsOf,
  idOf,
  listOf,
  microUsdOf,
  nameOf,
  textIn,
  textOf,
  textsOf,
  wordOf,
} from './reading.ts';
import type { Fields } from './reading.ts';
import { startTalk, Telling } from './talk.ts';
import type { Talk } from './talk.ts';

/** What must be remembered of the frames of Claude Code so far. */
export interface ClaudeState extends Talk {
  /** Of the open turn: the user stopped it, or a limit was hit. */
  readonly isInterrupted: boolean;
  readonly isLimited: boolean;
}

type Claude = Telling<ClaudeState>;

export const claude: Adapter<ClaudeState> = {
  name: 'claude',
  start: (source) => ({ ...startTalk(source), isInterrupted: false, isLimited: false }),
  frame: told,
  sourceId: (frame) => wordOf(fieldsOf(frame)['uuid']),
  say: claudeSay,
};

/** Frames that say nothing which a run would keep. */
const quiet: ReadonlySet<unknown> = new Set(['keep_alive', 'control_response', 'prompt_suggestion']);

function told(state: ClaudeState, frame: unknown): Told<ClaudeState> {
  const fields = fieldsOf(frame);
  const telling = new Telling(state);
  switch (fields['type']) {
    case 'stream_event':
      streamed(telling, fields);
      break;
    case 'assistant':
      assistant(telling, fields);
      break;
    case 'user':
      user(telling, fields);
      break;
    case 'result':
      result(telling, fields);
      break;
    case 'system':
      systemTold(telling, fields, frame);
      break;
    case 'control_request':
      asked(telling, fields, frame);
      break;
    case 'control_cancel_request':
      askCancelled(telling, fields);
      break;
    case 'rate_limit_event':
      limited(telling, fields, frame);
      break;
    case 'tool_progress':
      progressed(telling, fields);
      break;
    case 'tool_use_summary':
    case 'auth_status':
      telling.note(frame);
      break;
    default:
      if (!quiet.has(fields['type'])) telling.unknown(frame);
  }
  return telling.told;
}

const laneOf = (fields: Fields): string => idOf(fields['parent_tool_use_id']) ?? '';

/** The Messages API's own streaming events, wrapped. */
function streamed(telling: Claude, fields: Fields): void {
  const event = fieldsOf(fields['event']);
  const lane = laneOf(fields);
  switch (event['type']) {
    case 'message_start': {
      if (lane === '') turn(telling);
      const { id, model } = fieldsOf(event['message']);
      if (lane === '' && wordOf(model) !== undefined) telling.session(undefined, wordOf(model));
      telling.message(lane, id ?? telling.mint('message'), 'assistant', true);
      break;
    }
    case 'content_block_delta': {
      const { text, thinking } = fieldsOf(event['delta']);
      const message = telling.message(lane, undefined, 'assistant', true);
      telling.delta(message.messageId, 'text', textOf(text) ?? '');
      telling.delta(message.messageId, 'reasoning', textOf(thinking) ?? '');
      break;
    }
    case 'message_delta': {
      // What stopped it comes before its end.
      const finish = wordOf(fieldsOf(event['delta'])['stop_reason']);
      if (finish !== undefined) telling.messageEnd(lane, finish);
      break;
    }
    case 'message_stop':
      telling.messageEnd(lane);
      break;
    case 'error': {
      const error = fieldsOf(event['error']);
      const message = textOf(error['message']) ?? 'The stream failed.';
      telling.tell({ type: 'error', class: nameOf(error['type'], 'stream_error'), message });
      break;
    }
    case 'content_block_start':
    case 'content_block_stop':
    case 'ping':
      break;
    default:
      telling.unknown(fields);
  }
}

function assistant(telling: Claude, fields: Fields): void {
  const lane = laneOf(fields);
  const { id, content, stop_reason: stop } = fieldsOf(fields['message']);
  if (lane === '') turn(telling);
  const message = telling.message(lane, id ?? telling.mint('message'));
  const { messageId, isStreamed } = message;
  for (const block of listOf(content)) {
    const { type, text, thinking, ...call } = fieldsOf(block);
    if (type === 'text' || type === 'thinking') {
      if (isStreamed) continue;
      telling.delta(messageId, type === 'text' ? 'text' : 'reasoning', textOf(text ?? thinking) ?? '');
    } else if (type === 'tool_use' || type === 'server_tool_use' || type === 'mcp_tool_use') {
      const callId = idOf(call['id']) ?? telling.mint('call');
      const parent = lane === '' ? {} : { parentCallId: lane };
      const name = nameOf(call['name'], 'tool');
      telling.call(callId, { name, input: call['input'] ?? {}, messageId, ...parent });
    } else if (typeof type === 'string' && type.endsWith('tool_result')) {
      toolEnd(telling, fieldsOf(block));
    } else if (type !== 'redacted_thinking') telling.note(block);
  }
  const error = wordOf(fields['error']);
  if (error !== undefined) {
    const retryable = error === 'rate_limit' || error === 'overloaded' || error === 'server_error';
    telling.tell({
      type: 'error',
      class: nameOf(error, 'error'),
      message: textIn(content) || error,
      retryable,
    });
    if (error === 'rate_limit' && lane === '') telling.set({ isLimited: true });
  }
  if (fields['aborted'] === true) telling.set({ isInterrupted: true });
  if (wordOf(stop) !== undefined) telling.messageEnd(lane, wordOf(stop));
}

function user(telling: Claude, fields: Fields): void {
  if (fields['isReplay'] === true) return;
  const lane = laneOf(fields);
  const { content } = fieldsOf(fields['message']);
  const blocks = listOf(content);
  for (const block of blocks) {
    const { type } = fieldsOf(block);
    if (type === 'tool_result') toolEnd(telling, fieldsOf(block));
  }
  const text = textIn(blocks.length === 0 ? content : blocks.filter((b) => fieldsOf(b)['type'] === 'text'));
  if (text.startsWith('[Request interrupted by user')) telling.set({ isInterrupted: true });
  // The run has its own prompts; those of a sub-agent are known by nobody else.
  else if (lane !== '' && text !== '') telling.whole(lane, fields['uuid'], 'user', text);
}

function toolEnd(telling: Claude, { tool_use_id: id, is_error: isError, content }: Fields): void {
  const output = content === undefined ? {} : { output: content };
  const error = isError === true ? { error: textIn(content) } : {};
  telling.callEnd(idOf(id) ?? telling.mint('call'), { ok: isError !== true, ...error, ...output });
}

function progressed(telling: Claude, fields: Fields): void {
  const callId = idOf(fields['tool_use_id']);
  if (callId === undefined) telling.unknown(fields);
  else telling.tell({ type: 'tool.progress', callId });
}

function turn(telling: Claude): void {
  if (telling.talk.turnId === null) telling.set({ isInterrupted: false, isLimited: false });
  telling.turnStart();
}

const limits: ReadonlySet<unknown> = new Set(['error_max_turns', 'error_max_budget_usd', 'max_turns']);

function result(telling: Claude, fields: Fields): void {
  turn(telling);
  used(telling, fields);
  const { subtype, is_error: isError, terminal_reason: terminal, errors, stop_reason: stop } = fields;
  const { isInterrupted, isLimited } = telling.talk;
  const isStopped = isInterrupted || (typeof terminal === 'string' && terminal.startsWith('aborted'));
  const isFailure = subtype !== 'success' || isError === true;
  const isLimit = isLimited || limits.has(subtype) || limits.has(terminal) || terminal === 'blocking_limit';
  const status: TurnStatus = !isFailure ? 'ok' : isStopped ? 'cancelled' : isLimit ? 'limit' : 'failed';
  const said = wordOf(fields['result']) ?? textsOf(errors).join('\n');
  const reason = isFailure ? (wordOf(terminal) ?? (said || textOf(subtype))) : (wordOf(stop) ?? 'success');
  telling.turnEnd(status, reason);
}

/** Process-cumulative: what it restates counts once, by its difference. */
function used(telling: Claude, fields: Fields): void {
  const key = idOf(fields['uuid']) ?? telling.scoped(`result.${telling.talk.turns}`);
  const models = Object.entries(fieldsOf(fields['modelUsage']));
  const counted = { type: 'usage', mode: 'cumulative', scope: 'process' } as const;
  for (const [name, figures] of models) {
    const { inputTokens, outputTokens, cacheReadInputTokens, cacheCreationInputTokens, costUSD } =
      fieldsOf(figures);
    const costMicroUsd = microUsdOf(costUSD);
    telling.tell({
      ...counted,
      key: idOf(`${key}/${name}`) ?? key,
      model: nameOf(name, 'unknown'),
      input: countOf(inputTokens),
      output: countOf(outputTokens),
      cacheRead: countOf(cacheReadInputTokens),
      cacheWrite: countOf(cacheCreationInputTokens),
      ...(costMicroUsd !== undefined && { costMicroUsd }),
    });
  }
  const costMicroUsd = microUsdOf(fields['total_cost_usd']);
  if (models.length > 0 || costMicroUsd === undefined) return;
  const { model } = telling.talk;
  telling.tell({ ...counted, key, model, input: 0, output: 0, costMicroUsd });
}

function limited(telling: Claude, fields: Fields, frame: unknown): void {
  const { status, resetsAt, rateLimitType } = fieldsOf(fields['rate_limit_info']);
  if (status === 'allowed') return;
  if (status !== 'rejected') return telling.note(frame);
  telling.set({ isLimited: true });
  const at = countOf(resetsAt);
  // Seconds, and in some versions milliseconds.
  const retryAt = at < 100_000_000_000 ? at * 1000 : at;
  const scope = wordOf(rateLimitType);
  telling.tell({
    type: 'limit',
    ...(at > 0 && { retryAt }),
    ...(scope !== undefined && { scope: nameOf(scope, '') }),
  });
}
