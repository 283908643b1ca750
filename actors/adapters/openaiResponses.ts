/**
 * The streaming events of the OpenAI Responses API. It is one-way: results of functions are input of the next
 * response, and told here as the `function_call_output` items that they are.
 * Seen: the types of the npm package openai 7.57.0; https://github.com/openai/openai-node,
 * https://platform.openai.com/docs/api-reference/responses-streaming
 *   - A response opens a turn if none is open; one that ends with calls of functions leaves it open.
 *   - An event whose number is not beyond the last of its response has come again.
 */
import type { TurnStatus } from '../agentRun/vocabulary.ts';
import type { Adapter, Told } from './adapter.ts';
import { callDone, isCall, itemAdded } from './openaiItems.ts';
import { countOf, fieldsOf, idOf, messageOf, nameOf, textIn, textOf, wordOf } from './reading.ts';
import type { Fields } from './reading.ts';
import { startTalk, Telling } from './talk.ts';
import type { Talk } from './talk.ts';

/** What must be remembered of the events of a response so far. */
export interface ResponsesState extends Talk {
  readonly response: string | null;
  /** The last number within it. */
  readonly sequence: number;
}

export type Responses = Telling<ResponsesState>;

export const openaiResponses: Adapter<ResponsesState> = {
  name: 'openai',
  start: (source) => ({ ...startTalk(source), response: null, sequence: -1 }),
  frame: told,
};

function told(state: ResponsesState, frame: unknown): Told<ResponsesState> {
  const fields = fieldsOf(frame);
  const telling = new Telling(state);
  const { sequence_number: sequence, type } = fields;
  const isFirst = type === 'response.created' && idOf(fieldsOf(fields['response'])['id']) !== state.response;
  if (typeof sequence === 'number') {
    if (!isFirst && sequence <= state.sequence) return { state, events: [] };
    telling.set({ sequence });
  }
  const response = fieldsOf(fields['response']);
  switch (type) {
    case 'response.created':
      telling.set({ response: idOf(response['id']) ?? null });
      telling.session(undefined, wordOf(response['model']));
      telling.turnStart(response['id']);
      break;
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
    case 'response.cancelled':
      responseEnded(telling, response, type);
      break;
    case 'response.output_item.added':
      itemAdded(telling, fieldsOf(fields['item']));
      break;
    case 'response.output_item.done':
      itemDone(telling, fieldsOf(fields['item']), frame);
      break;
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      deltaTold(telling, fields, 'text');
      break;
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
      deltaTold(telling, fields, 'reasoning');
      break;
    case 'function_call_output':
    case 'custom_tool_call_output':
      telling.callEnd(idOf(fields['call_id']) ?? telling.mint('call'), {
        ok: true,
        output: fields['output'],
      });
      break;
    case 'error': {
      const message = messageOf(fields['error']) ?? textOf(fields['message']) ?? 'unknown';
      telling.tell({ type: 'error', class: nameOf(fields['code'], 'error'), message });
      break;
    }
    default:
      if (!isStep(type)) telling.unknown(frame);
  }
  return telling.told;
}

/** Steps of what is told whole: parts, arguments, searches, pictures, sound. */
function isStep(type: unknown): boolean {
  if (typeof type !== 'string' || !type.startsWith('response.')) return false;
  const known =
    /^response\.(queued|in_progress|content_part|output_text|refusal|reasoning|function_call|compaction)/;
  return known.test(type) || /^response\.(\w+_call|mcp_list_tools|audio|custom_tool_call)[._]/.test(type);
}

function deltaTold(telling: Responses, { item_id: id, delta }: Fields, part: 'text' | 'reasoning'): void {
  const message = telling.message('', id, 'assistant', true);
  telling.delta(message.messageId, part, textOf(delta) ?? '');
}

function itemDone(telling: Responses, item: Fields, frame: unknown): void {
  const { type, id } = item;
  if (type === 'message' || type === 'reasoning') {
    const known = telling.open('');
    const isTold = known?.messageId === idOf(id) && (known?.isStreamed === true || known?.isEnded === true);
    if (!isTold) {
      const message = telling.message('', id);
      const part = type === 'message' ? 'text' : 'reasoning';
      telling.delta(message.messageId, part, textIn(item['content']) || textIn(item['summary']));
    }
    telling.messageEnd('', textOf(item['status']));
  } else if (isCall(type)) callDone(telling, item);
  else telling.note(frame);
}

const limits = /rate_limit|quota|max_output_tokens|max_tool_calls/;

function responseEnded(telling: Responses, response: Fields, type: string): void {
  used(telling, response);
  const { incomplete_details: incomplete, error, output } = response;
  const why = textOf(fieldsOf(incomplete)['reason']) ?? textOf(fieldsOf(error)['code']);
  const name = type.slice('response.'.length);
  const isWaiting = name === 'completed' && telling.talk.calls.length > 0 && output !== null;
  if (isWaiting) return telling.messageEnd('');
  const failure: TurnStatus = limits.test(why ?? '') ? 'limit' : 'failed';
  const status: TurnStatus = name === 'completed' ? 'ok' : name === 'cancelled' ? 'cancelled' : failure;
  telling.turnStart(response['id']);
  return telling.turnEnd(status, why ?? messageOf(error) ?? name);
}

/** Of this response alone; cached tokens are among those of the input. */
function used(telling: Responses, response: Fields): void {
  const {
    input_tokens: all,
    output_tokens: output,
    input_tokens_details: details,
  } = fieldsOf(response['usage']);
  const cacheRead = countOf(fieldsOf(details)['cached_tokens']);
  const input = Math.max(0, countOf(all) - cacheRead);
  if (all === undefined && output === undefined) return;
  telling.tell({
    type: 'usage',
    key: idOf(response['id']) ?? telling.mint('usage'),
    model: nameOf(response['model'], telling.talk.model),
    mode: 'delta',
    scope: 'turn',
    input,
    output: countOf(output),
    cacheRead,
  });
}
