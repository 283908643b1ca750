/**
 * The events of `codex exec --json`, one JSON object a line.
 * Seen: the types of @openai/codex-sdk 0.163.0, and sdk/typescript/src at commit 0e27faa, which has a plan
 * and questions beside; https://github.com/openai/codex
 *   - `turn.completed` is the good end of a turn; its usage is what the thread has used so far.
 *   - Item ids count up within one process: they are told with the source before them.
 */
import type { AskOption } from '../agentRun/vocabulary.ts';
import type { Adapter, Told } from './adapter.ts';
import { codexUsage, isLimit, itemTold, startCodex } from './codexItems.ts';
import type { Codex, CodexState } from './codexItems.ts';
import { countOf, fieldsOf, idOf, listOf, messageOf, nameOf, textOf, wordOf } from './reading.ts';
import type { Fields } from './reading.ts';
import { Telling } from './talk.ts';

export const codexExec: Adapter<CodexState> = { name: 'codex', start: startCodex, frame: told };

function told(state: CodexState, frame: unknown): Told<CodexState> {
  const fields = fieldsOf(frame);
  const telling = new Telling(state);
  const item = fieldsOf(fields['item']);
  switch (fields['type']) {
    case 'thread.started':
      telling.session(wordOf(fields['thread_id']), undefined);
      break;
    case 'turn.started':
      telling.turnStart();
      break;
    case 'turn.completed':
      codexUsage(telling, telling.scoped(`usage.${telling.talk.turns}`), fields['usage']);
      telling.turnEnd('ok', 'completed');
      break;
    case 'turn.failed': {
      const reason = messageOf(fields['error']) ?? 'failed';
      telling.turnEnd(isLimit(reason) ? 'limit' : 'failed', reason);
      break;
    }
    case 'item.started':
      itemTold(telling, item, 'started');
      break;
    case 'item.updated':
      itemTold(telling, item, 'updated');
      break;
    case 'item.completed':
      itemTold(telling, item, 'completed');
      break;
    case 'item.plan.delta':
      break; // The whole plan follows.
    case 'request_user_input':
      questioned(telling, fields);
      break;
    case 'error':
      failed(telling, textOf(fields['message']) ?? 'unknown');
      break;
    default:
      telling.unknown(frame);
  }
  return telling.told;
}

/** A lost stream is told as an error while Codex tries again by itself. */
function failed(telling: Codex, message: string): void {
  const again = /(?:reconnect|retry)\w*\D*(\d+)\s*\/\s*\d+/i.exec(message);
  if (again === null) telling.tell({ type: 'error', class: 'stream_error', message, retryable: false });
  else telling.tell({ type: 'attempt.start', attempt: countOf(Number(again[1])), reason: message });
}

function questioned(telling: Codex, fields: Fields): void {
  const [first] = listOf(fields['questions']).map(fieldsOf);
  const offered = listOf(first?.['options']).map((option) => nameOf(fieldsOf(option)['label'], 'Other'));
  const options = offered.slice(0, 8).map((label): AskOption => {
    return { optionId: idOf(label) ?? 'other', label, effect: 'other' };
  });
  telling.tell({
    type: 'permission.ask',
    requestId: telling.scoped(fields['call_id']),
    kind: 'question',
    title: nameOf(first?.['question'], 'A question'),
    input: fields['questions'] ?? [],
    options: options.length > 0 ? options : [{ optionId: 'other', label: 'Answer', effect: 'other' }],
  });
}
