/**
 * Output items of the Responses API that are calls: of the caller's functions, whose results come from
 * outside, and of hosted tools, which come with theirs.
 */
import { fieldsOf, idOf, messageOf, nameOf, textOf, wordOf } from './reading.ts';
import type { Fields } from './reading.ts';
import type { Responses } from './openaiResponses.ts';

const functions: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call']);
const hosted: ReadonlySet<unknown> = new Set([
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'computer_call',
  'image_generation_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
  'mcp_call',
]);

export const isCall = (type: unknown): boolean =>
  functions.has(type) || hosted.has(type) || type === 'mcp_approval_request';

/** Begun: a message that may be long, a hosted tool that may take a while. */
export function itemAdded(telling: Responses, item: Fields): void {
  const { type, id } = item;
  if (type === 'message') telling.message('', id);
  else if (hosted.has(type)) hostedCall(telling, item);
}

export function callDone(telling: Responses, item: Fields): void {
  if (item['type'] === 'mcp_approval_request') return approvalAsked(telling, item);
  if (functions.has(item['type'])) return functionCall(telling, item);
  const callId = hostedCall(telling, item);
  const { status, error, output, result, results, outputs } = item;
  const ok = status !== 'failed' && status !== 'incomplete' && (error ?? null) === null;
  const given = output ?? result ?? results ?? outputs ?? undefined;
  return telling.callEnd(callId, {
    ok,
    ...(!ok && { error: messageOf(error) ?? textOf(status) ?? 'failed' }),
    ...(given !== undefined && { output: given }),
  });
}

function hostedCall(telling: Responses, item: Fields): string {
  const callId = idOf(item['id']) ?? telling.mint('call');
  if (telling.isOpenCall(callId)) return callId;
  const { type, action, queries, code, arguments: given } = item;
  const input = action ?? given ?? queries ?? code ?? undefined;
  const name = nameOf(item['name'], nameOf(type, 'tool'));
  telling.call(callId, { name, ...(input !== undefined && { input }) });
  return callId;
}

/** Its input is JSON as text, whole or not. */
function functionCall(telling: Responses, item: Fields): void {
  const callId = idOf(item['call_id']) ?? idOf(item['id']) ?? telling.mint('call');
  const input = parsed(textOf(item['arguments']) ?? textOf(item['input']) ?? '');
  telling.call(callId, { name: nameOf(item['name'], 'function'), input });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function approvalAsked(telling: Responses, item: Fields): void {
  const { name, server_label: server, arguments: given } = item;
  telling.tell({
    type: 'permission.ask',
    requestId: idOf(item['id']) ?? telling.mint('request'),
    kind: 'tool',
    title: nameOf(`${wordOf(server) ?? 'mcp'}.${wordOf(name) ?? 'tool'}`, 'A tool call'),
    input: fieldsOf(parsed(textOf(given) ?? '')),
    options: [
      { optionId: 'approve', label: 'Approve', effect: 'allow', scope: 'once' },
      { optionId: 'deny', label: 'Deny', effect: 'deny', scope: 'once' },
    ],
  });
}
