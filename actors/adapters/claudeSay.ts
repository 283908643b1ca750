/**
 * What Claude Code reads on stdin with `--input-format stream-json`.
 */
import type { Say } from './adapter.ts';

export const claudeSay: Say = {
  prompt: ({ content, session }) => ({
    type: 'user',
    message: { role: 'user', content },
    parent_tool_use_id: null,
    session_id: session,
  }),
  answer: (ask, { optionId, input, message }) => {
    const { suggestions } = ask as { readonly suggestions?: unknown };
    const rules = optionId === 'allow_always' ? { updatedPermissions: suggestions ?? [] } : {};
    const response = optionId.startsWith('allow')
      ? { behavior: 'allow', updatedInput: input ?? ask.input ?? {}, ...rules }
      : { behavior: 'deny', message: message ?? 'The user said no.' };
    const { requestId } = ask;
    return { type: 'control_response', response: { subtype: 'success', request_id: requestId, response } };
  },
  interrupt: ({ requestId }) => ({
    type: 'control_request',
    request_id: requestId,
    request: { subtype: 'interrupt' },
  }),
  update: ({ model, mode, requestId }) => {
    const requests = [
      ...(model === undefined ? [] : [{ subtype: 'set_model', model }]),
      ...(mode === undefined ? [] : [{ subtype: 'set_permission_mode', mode }]),
    ];
    return requests.map((request) => ({ type: 'control_request', request_id: requestId(), request }));
  },
};
