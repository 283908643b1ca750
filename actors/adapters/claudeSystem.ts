/**
 * What Claude Code says about itself: frames of type `system`, by their subtype.
 */
import type { ClaudeState } from './claude.ts';
import { countOf, fieldsOf, idOf, nameOf, textOf, wordOf } from './reading.ts';
import type { Fields } from './reading.ts';
import type { Telling } from './talk.ts';

/** Lamps and housekeeping: nothing that a run would keep. */
const quiet: ReadonlySet<unknown> = new Set([
  'status',
  'hook_started',
  'hook_progress',
  'thinking_tokens',
  'session_state_changed',
  'commands_changed',
  'background_tasks_changed',
  'task_updated',
  'control_request_progress',
]);

/** Known, and without an event of their own. */
const noted: ReadonlySet<unknown> = new Set([
  'hook_response',
  'task_notification',
  'files_persisted',
  'plugin_install',
  'local_command_output',
  'elicitation_complete',
  'memory_recall',
  'permission_denied',
  'model_refusal_fallback',
  'model_refusal_no_fallback',
  'worker_shutting_down',
]);

export function systemTold(telling: Telling<ClaudeState>, fields: Fields, frame: unknown): void {
  const { subtype } = fields;
  switch (subtype) {
    case 'init':
      telling.session(wordOf(fields['session_id']), wordOf(fields['model']));
      // It is said when the agent takes a prompt up, not when its process starts.
      if (telling.talk.turnId === null) telling.set({ isInterrupted: false, isLimited: false });
      return telling.turnStart();
    case 'compact_boundary': {
      const { pre_tokens: before, post_tokens: after } = fieldsOf(fields['compact_metadata']);
      const counts = {
        ...(before !== undefined && { before: countOf(before) }),
        ...(after !== undefined && { after: countOf(after) }),
      };
      return telling.tell({ type: 'context.compacted', ...counts });
    }
    case 'api_retry': {
      const message = telling.open('');
      const reason = textOf(fields['error']) ?? 'the request failed';
      const superseded = message?.isEnded === false ? { messageId: message.messageId } : {};
      return telling.tell({
        type: 'attempt.start',
        attempt: countOf(fields['attempt']),
        reason,
        ...superseded,
      });
    }
    case 'task_started':
    case 'task_progress': {
      const callId = idOf(fields['tool_use_id']);
      const text = textOf(fields['description']) ?? '';
      if (callId === undefined) return telling.note(frame);
      return telling.tell({ type: 'tool.progress', callId, text });
    }
    case 'notification':
      return telling.tell({ type: 'attention', kind: 'notification', text: nameOf(fields['text'], '') });
    default:
      if (noted.has(subtype)) telling.note(frame);
      else if (!quiet.has(subtype)) telling.unknown(frame);
  }
}
