/**
 * Approvals that `codex app-server` requests, and what it is told over stdin.
 */
import type { AskOption } from '../agentRun/vocabulary.ts';
import type { Say } from './adapter.ts';
import type { Codex } from './codexItems.ts';
import { fieldsOf, listOf, nameOf, requestIdOf, textsOf, wordOf } from './reading.ts';
import type { Fields } from './reading.ts';

const options: AskOption[] = [
  { optionId: 'accept', label: 'Accept', effect: 'allow', scope: 'once' },
  { optionId: 'acceptForSession', label: 'Accept for the session', effect: 'allow', scope: 'always' },
  { optionId: 'decline', label: 'Decline', effect: 'deny', scope: 'once' },
  { optionId: 'cancel', label: 'Decline and stop', effect: 'deny', scope: 'once' },
];

/** A request of the server: what is no approval the driver answers by itself. */
export function approvalAsked(telling: Codex, fields: Fields, method: string, frame: unknown): void {
  const params = fieldsOf(fields['params']);
  const { id } = fields;
  const native = { nativeId: id };
  const isQuestion = method.endsWith('/requestUserInput');
  if (!isQuestion && !method.endsWith('/requestApproval')) return telling.note(frame);
  const call = wordOf(params['itemId']);
  const command = textsOf(params['command']).join(' ') || wordOf(params['command']);
  const [question] = listOf(params['questions']).map(fieldsOf);
  const title = wordOf(params['reason']) ?? wordOf(question?.['question']) ?? command ?? method;
  return telling.tell({
    type: 'permission.ask',
    requestId: telling.scoped(`request.${requestIdOf(id)}`),
    kind: isQuestion ? 'question' : 'tool',
    title: nameOf(title, method),
    input: params,
    options: isQuestion ? offered(question) : options,
    ...(call !== undefined && { callId: telling.scoped(call) }),
    // The request's own id goes back with the answer.
    ...native,
  });
}

function offered(question: Fields | undefined): AskOption[] {
  const labels = listOf(question?.['options']).map((option) => nameOf(fieldsOf(option)['label'], 'Other'));
  const found = labels.slice(0, 8).map((label): AskOption => {
    return { optionId: label.slice(0, 100), label, effect: 'other' };
  });
  return found.length > 0 ? found : [{ optionId: 'other', label: 'Answer', effect: 'other' }];
}

export const codexSay: Say = {
  prompt: ({ content, session, requestId, turnId }) => {
    const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    const params = { threadId: session, input: parts };
    if (turnId === undefined) return { id: requestId, method: 'turn/start', params };
    return { id: requestId, method: 'turn/steer', params: { ...params, expectedTurnId: turnId } };
  },
  answer: (ask, { optionId, input }) => {
    const { nativeId } = ask as { readonly nativeId?: unknown };
    const result = ask.kind === 'question' ? { answers: input ?? {} } : { decision: optionId };
    return { id: nativeId, result };
  },
  interrupt: ({ session, turnId, requestId }) => ({
    id: requestId,
    method: 'turn/interrupt',
    params: { threadId: session, turnId: turnId ?? '' },
  }),
};
