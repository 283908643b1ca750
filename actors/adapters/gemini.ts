/**
 * Gemini CLI without a terminal: `--output-format stream-json`, one event a line, and the one object of
 * `--output-format json`.
 * Seen: packages/core/src/output/types.ts of 2026; https://geminicli.com/docs/cli/headless/
 *   - One process is one turn: `init` opens it, `result` ends it.
 *   - A tool has failed when its `status` says `error`: there is no other sign.
 *   - Cached tokens are among those of the input.
 */
import type { TurnStatus } from '../agentRun/vocabulary.ts';
import type { Adapter, Told } from './adapter.ts';
import { countOf, fieldsOf, idOf, messageOf, nameOf, textOf, wordOf } from './reading.ts';
import type { Fields } from './reading.ts';
import { startTalk, Telling } from './talk.ts';
import type { Talk } from './talk.ts';

type Gemini = Telling<Talk>;

export const gemini: Adapter<Talk> = { name: 'gemini', start: startTalk, frame: told };

function told(state: Talk, frame: unknown): Told<Talk> {
  const fields = fieldsOf(frame);
  const telling = new Telling(state);
  switch (fields['type']) {
    case 'init':
      telling.session(wordOf(fields['session_id']), wordOf(fields['model']));
      telling.turnStart();
      break;
    case 'message':
      said(telling, fields);
      break;
    case 'tool_use':
      telling.messageEnd('');
      telling.call(callIdOf(telling, fields), {
        name: nameOf(fields['tool_name'], 'tool'),
        input: fields['parameters'] ?? {},
      });
      break;
    case 'tool_result':
      toolEnd(telling, fields);
      break;
    case 'error': {
      const message = textOf(fields['message']) ?? 'unknown';
      if (fields['severity'] === 'warning') telling.note(frame);
      else telling.tell({ type: 'error', class: 'gemini_error', message });
      break;
    }
    case 'result':
      used(telling, fieldsOf(fields['stats']));
      turnEnd(telling, fields['status'] === 'success' ? undefined : (fields['error'] ?? {}));
      break;
    case undefined:
      if ('response' in fields || 'stats' in fields || 'error' in fields) whole(telling, fields);
      else telling.unknown(frame);
      break;
    default:
      telling.unknown(frame);
  }
  return telling.told;
}

const callIdOf = (telling: Gemini, fields: Fields): string => idOf(fields['tool_id']) ?? telling.mint('call');

function said(telling: Gemini, { role, content, delta }: Fields): void {
  // The prompt: the run has it.
  if (role === 'user') return telling.turnStart();
  telling.turnStart();
  const { messageId } = telling.message('', undefined);
  telling.delta(messageId, 'text', textOf(content) ?? '');
  if (delta !== true) telling.messageEnd('');
  return undefined;
}

function toolEnd(telling: Gemini, fields: Fields): void {
  const { status, output, error } = fields;
  const ok = status !== 'error';
  telling.callEnd(callIdOf(telling, fields), {
    ok,
    ...(!ok && { error: messageOf(error) ?? textOf(output) ?? 'error' }),
    ...(output !== undefined && { output }),
  });
}

/** The process has nothing behind it: what it tells at its end is what the turn has used. */
function used(telling: Gemini, stats: Fields): void {
  const models = Object.entries(fieldsOf(stats['models']));
  const { model } = telling.talk;
  for (const [name, figures] of models.length > 0 ? models : [[model, stats] as const]) {
    const { tokens, ...flat } = fieldsOf(figures);
    const of = fieldsOf(tokens ?? flat);
    const cacheRead = countOf(of['cached']);
    const prompt = countOf(of['input_tokens'] ?? of['prompt']);
    const output = countOf(of['output_tokens'] ?? countOf(of['candidates']) + countOf(of['thoughts']));
    if (prompt + output === 0) continue;
    const input = Math.max(0, prompt - cacheRead);
    const key = telling.scoped(`usage.${telling.talk.turns}.${name}`);
    const counts = { input, output, cacheRead };
    telling.tell({
      type: 'usage',
      key,
      model: nameOf(name, 'unknown'),
      mode: 'delta',
      scope: 'turn',
      ...counts,
    });
  }
}

function turnEnd(telling: Gemini, error: unknown): void {
  telling.turnStart();
  if (error === undefined) return telling.turnEnd('ok', 'success');
  const name = textOf(fieldsOf(error)['type']) ?? 'error';
  const message = messageOf(error) ?? name;
  return telling.turnEnd(statusOf(`${name} ${message}`), message);
}

function statusOf(error: string): TurnStatus {
  if (/cancel/i.test(error)) return 'cancelled';
  return /turn.?limit|max.*turns|quota|rate.?limit/i.test(error) ? 'limit' : 'failed';
}

/** All that happened, in one object. */
function whole(telling: Gemini, fields: Fields): void {
  telling.session(wordOf(fields['session_id']), undefined);
  telling.turnStart();
  const text = textOf(fields['response']) ?? '';
  if (text !== '') telling.whole('', undefined, 'assistant', text);
  used(telling, fieldsOf(fields['stats']));
  turnEnd(telling, fields['error'] ?? undefined);
}
