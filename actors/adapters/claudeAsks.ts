/**
 * Claude Code's requests for permission (`can_use_tool`), as asks. Its own words for the options are `allow`,
 * `allow` with the suggested rules, and `deny`.
 */
import type { AskOption } from '../agentRun/vocabulary.ts';
import type { ClaudeState } from './claude.ts';
import { fieldsOf, idOf, listOf, nameOf, wordOf } from './reading.ts';
import type { Fields } from './reading.ts';
import type { Telling } from './talk.ts';

const allow: AskOption = { optionId: 'allow', label: 'Allow', effect: 'allow', scope: 'once' };
const always: AskOption = {
  optionId: 'allow_always',
  label: 'Always allow',
  effect: 'allow',
  scope: 'always',
};
const deny: AskOption = { optionId: 'deny', label: 'Deny', effect: 'deny', scope: 'once' };

const kinds: Readonly<Record<string, 'plan' | 'question'>> = {
  ExitPlanMode: 'plan',
  AskUserQuestion: 'question',
};

export function asked(telling: Telling<ClaudeState>, fields: Fields, frame: unknown): void {
  const { subtype, tool_name: tool, tool_use_id: call, input, title, ...more } = fieldsOf(fields['request']);
  const requestId = idOf(fields['request_id']);
  if (requestId === undefined) return telling.unknown(frame);
  if (subtype !== 'can_use_tool') return telling.note(frame);
  const suggestions = listOf(more['permission_suggestions']);
  const name = nameOf(tool, 'a tool');
  const callId = idOf(call);
  telling.tell({
    type: 'permission.ask',
    requestId,
    kind: (Object.hasOwn(kinds, name) ? kinds[name] : undefined) ?? 'tool',
    title: nameOf(title, wordOf(more['description']) ?? `Use ${name}`),
    input: input ?? {},
    options: suggestions.length > 0 ? [allow, always, deny] : [allow, deny],
    ...(callId !== undefined && { callId }),
    // Goes back with the answer, as it came.
    ...(suggestions.length > 0 && { suggestions }),
  });
}

export function askCancelled(telling: Telling<ClaudeState>, fields: Fields): void {
  const requestId = idOf(fields['request_id']);
  if (requestId === undefined) telling.unknown(fields);
  else telling.tell({ type: 'permission.cancelled', requestId, reason: 'interrupted' });
}
