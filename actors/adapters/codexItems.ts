/**
 * The items of a Codex thread, which `codex exec --json` and the app-server spell differently and mean alike.
 * An item comes when it starts, perhaps again while it goes on, and when it is done; what was told of it
 * already is not told again.
 */
import { openCallsMax } from '../agentRun/limits.ts';
import { countOf, fieldsOf, idOf, listOf, messageOf, nameOf, textIn, textOf, textsOf } from './reading.ts';
import type { Fields } from './reading.ts';
import { startTalk } from './talk.ts';
import type { Talk, Telling } from './talk.ts';

/** How much of an item's text was told. */
interface ToldText {
  readonly id: string;
  readonly length: number;
}

/** What must be remembered of the frames of Codex so far. */
export interface CodexState extends Talk {
  readonly texts: readonly ToldText[];
  /** The main thread, and the call behind each other one. */
  readonly thread: string | null;
  readonly threads: readonly (readonly [thread: string, callId: string])[];
}

export type Codex = Telling<CodexState>;
export type Stage = 'started' | 'updated' | 'completed';

export function startCodex(source: string): CodexState {
  return { ...startTalk(source), texts: [], thread: null, threads: [] };
}

/** A field by its two spellings. */
export function fieldOf(fields: Fields, snake: string): unknown {
  const camel = snake.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return fields[snake] ?? fields[camel];
}

const snakeOf = (name: unknown): string =>
  (textOf(name) ?? '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const calls: ReadonlySet<string> = new Set([
  'command_execution',
  'file_change',
  'mcp_tool_call',
  'dynamic_tool_call',
  'collab_tool_call',
  'collab_agent_tool_call',
  'web_search',
  'image_generation',
]);

export function itemTold(telling: Codex, item: Fields, stage: Stage, lane = ''): void {
  const type = snakeOf(item['type']);
  if (calls.has(type)) return callTold(telling, item, type, stage, lane);
  const id = telling.scoped(item['id']);
  switch (type) {
    case 'agent_message':
      return messageTold(telling, id, 'text', textOf(item['text']) ?? '', stage, lane);
    case 'reasoning': {
      const said =
        textOf(item['text']) ?? [...textsOf(item['summary']), ...textsOf(item['content'])].join('\n');
      return messageTold(telling, id, 'reasoning', said, stage, lane);
    }
    case 'todo_list':
      return telling.tell({ type: 'plan', items: [...listOf(item['items'])] });
    case 'plan':
      if (stage === 'completed')
        telling.tell({ type: 'plan', items: [{ text: textOf(item['text']) ?? '' }] });
      return undefined;
    case 'error': {
      const message = textOf(item['message']) ?? 'unknown';
      return telling.tell({ type: 'error', class: 'item_error', message, retryable: true });
    }
    case 'context_compaction':
      if (stage === 'completed') telling.tell({ type: 'context.compacted' });
      return undefined;
    // The run has its own prompts.
    case 'user_message':
    case 'hook_prompt':
      return undefined;
    case 'image_view':
    case 'entered_review_mode':
    case 'exited_review_mode':
      return stage === 'completed' ? telling.note(item) : undefined;
    default:
      return telling.unknown(item);
  }
}

/** The rest of a text of which the beginning was told. */
export function restTold(telling: Codex, id: string, text: string): string {
  const before = telling.talk.texts.find((told) => told.id === id)?.length ?? 0;
  const others = telling.talk.texts.filter((told) => told.id !== id).slice(1 - openCallsMax);
  telling.set({ texts: [...others, { id, length: Math.max(before, text.length) }] });
  return text.slice(before);
}

/** More of a text, as a delta of its own. */
export function moreTold(telling: Codex, id: string, text: string): void {
  const before = telling.talk.texts.find((told) => told.id === id)?.length ?? 0;
  const others = telling.talk.texts.filter((told) => told.id !== id).slice(1 - openCallsMax);
  telling.set({ texts: [...others, { id, length: before + text.length }] });
}

function messageTold(
  telling: Codex,
  id: string,
  part: 'text' | 'reasoning',
  text: string,
  stage: Stage,
  lane: string,
): void {
  const known = telling.open(lane);
  // Its end was told: a frame that comes again.
  if (known?.messageId === id && known.isEnded) return;
  telling.message(lane, id);
  telling.delta(id, part, restTold(telling, id, text));
  if (stage === 'completed') telling.messageEnd(lane);
}

const failures: ReadonlySet<unknown> = new Set(['failed', 'declined', 'errored', 'interrupted']);

function callTold(telling: Codex, item: Fields, type: string, stage: Stage, lane: string): void {
  const callId = telling.scoped(item['id']);
  if (!telling.isOpenCall(callId)) {
    const parent = lane === '' ? {} : { parentCallId: lane };
    telling.call(callId, { name: nameOfCall(item, type), input: inputOf(item), ...parent });
  }
  for (const thread of listOf(fieldOf(item, 'receiver_thread_ids'))) {
    const name = idOf(thread);
    if (name === undefined || telling.talk.threads.some(([known]) => known === name)) continue;
    telling.set({ threads: [...telling.talk.threads, [name, callId] as const].slice(-openCallsMax) });
  }
  if (stage !== 'completed') return;
  const { status, success, error, result } = item;
  const ok = !failures.has(status) && success !== false && (error ?? null) === null;
  const output = fieldOf(item, 'aggregated_output') ?? result ?? fieldOf(item, 'content_items');
  const exit = fieldOf(item, 'exit_code');
  const why = messageOf(error) ?? (typeof exit === 'number' ? `exit code ${exit}` : textOf(status));
  telling.callEnd(callId, {
    ok,
    ...(!ok && { error: why ?? textIn(output) }),
    ...((output ?? null) !== null && { output }),
  });
}

function nameOfCall(item: Fields, type: string): string {
  const { server, tool } = item;
  if (typeof server === 'string') return nameOf(`${server}.${textOf(tool) ?? ''}`, type);
  return nameOf(tool, type);
}

function inputOf(item: Fields): unknown {
  const { command, changes, query, arguments: given, prompt } = item;
  if (given !== undefined) return given;
  const named = { command, changes, query, prompt };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => (value ?? null) !== null));
}

/** The thread's counter: cached tokens are among those of the input. */
export function codexUsage(telling: Codex, key: string, figures: unknown, lane = ''): void {
  const fields = fieldsOf(figures);
  const number = (name: string): number => countOf(fieldOf(fields, name));
  const cacheRead = number('cached_input_tokens');
  telling.tell({
    type: 'usage',
    key,
    model: telling.talk.model,
    mode: 'cumulative',
    scope: 'process',
    input: Math.max(0, number('input_tokens') - cacheRead),
    output: number('output_tokens'),
    cacheRead,
    ...(lane !== '' && { parentCallId: lane }),
  });
}

/** What a message says of limits, in the words that Codex has for them. */
export const isLimit = (message: string): boolean => /usage.?limit|rate.?limit|quota/i.test(message);
