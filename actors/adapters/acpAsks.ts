/**
 * Permissions that an ACP agent requests, with its own option ids, and what it is told.
 */
import type { AskOption } from '../agentRun/vocabulary.ts';
import type { Acp } from './acpState.ts';
import type { Say } from './adapter.ts';
import { fieldsOf, idOf, listOf, nameOf, requestIdOf, textOf } from './reading.ts';
import type { Fields } from './reading.ts';

export function permissionAsked(telling: Acp, id: unknown, { toolCall, options }: Fields): void {
  const call = fieldsOf(toolCall);
  const callId = idOf(call['toolCallId']);
  const native = { nativeId: id ?? null };
  const offered = listOf(options).map(optionOf).slice(0, 8);
  telling.tell({
    type: 'permission.ask',
    requestId: telling.scoped(`request.${requestIdOf(id)}`),
    kind: call['kind'] === 'switch_mode' ? 'plan' : 'tool',
    title: nameOf(call['title'], 'A tool call'),
    options: offered.length > 0 ? offered : [{ optionId: 'reject', label: 'Reject', effect: 'deny' }],
    ...(call['rawInput'] !== undefined && { input: call['rawInput'] }),
    ...(callId !== undefined && { callId }),
    // The request's own id goes back with the answer.
    ...native,
  });
}

function optionOf(option: unknown): AskOption {
  const { optionId, name, kind: word } = fieldsOf(option);
  const kind = textOf(word) ?? '';
  const effect = kind.startsWith('allow') ? 'allow' : kind.startsWith('reject') ? 'deny' : 'other';
  const scope = kind.endsWith('_always') ? 'always' : 'once';
  return { optionId: idOf(optionId) ?? 'option', label: nameOf(name, 'Option'), effect, scope };
}

const jsonrpc = '2.0';

export const acpSay: Say = {
  prompt: ({ content, session, requestId }) => {
    const prompt = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    return { jsonrpc, id: requestId, method: 'session/prompt', params: { sessionId: session, prompt } };
  },
  answer: (ask, { optionId }) => {
    const { nativeId } = ask as { readonly nativeId?: unknown };
    return { jsonrpc, id: nativeId, result: { outcome: { outcome: 'selected', optionId } } };
  },
  interrupt: ({ session }) => ({ jsonrpc, method: 'session/cancel', params: { sessionId: session } }),
};
