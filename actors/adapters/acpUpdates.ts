/**
 * The updates of an ACP session, by their kind.
 */
import { countersTold } from './acpState.ts';
import type { Acp } from './acpState.ts';
import { fieldsOf, idOf, listOf, messageOf, microUsdOf, nameOf, textIn, textOf, wordOf } from './reading.ts';
import type { Fields } from './reading.ts';

/** What an agent offers and how it is set: nothing that happened. */
const quiet: ReadonlySet<unknown> = new Set([
  'available_commands_update',
  'current_mode_update',
  'config_option_update',
  'session_info_update',
  'compaction_summary_chunk',
]);

export function updateTold(telling: Acp, update: Fields, frame: unknown): void {
  const { sessionUpdate: kind } = update;
  const { turnId, replay } = telling.talk;
  // Nobody has said anything in this process: history, up to the next answer.
  if (kind === 'user_message_chunk' && turnId === null && replay === null) telling.set({ replay: true });
  if (telling.talk.replay !== null) return;
  switch (kind) {
    case 'user_message_chunk':
      return; // The run has its own prompts.
    case 'agent_message_chunk':
      return chunkTold(telling, update, 'text');
    case 'agent_thought_chunk':
      return chunkTold(telling, update, 'reasoning');
    case 'tool_call':
    case 'tool_call_update':
      return callTold(telling, update);
    case 'plan':
      return telling.tell({ type: 'plan', items: [...listOf(update['entries'])] });
    case 'usage_update': {
      const costMicroUsd = microUsdOf(fieldsOf(update['cost'])['amount']);
      return costMicroUsd === undefined ? undefined : countersTold(telling, { costMicroUsd });
    }
    case 'compaction_update':
      if (update['status'] === 'completed') telling.tell({ type: 'context.compacted' });
      return;
    case 'notice':
      if (update['severity'] !== 'error') return telling.note(frame);
      return telling.tell({ type: 'error', class: 'notice', message: nameOf(update['title'], 'error') });
    default:
      if (!quiet.has(kind)) telling.unknown(frame);
  }
}

function chunkTold(telling: Acp, { content, messageId }: Fields, part: 'text' | 'reasoning'): void {
  telling.turnStart();
  const block = fieldsOf(content);
  const message = telling.message('', wordOf(messageId));
  if (block['type'] === 'text') telling.delta(message.messageId, part, textOf(block['text']) ?? '');
  else telling.note(block);
}

function callTold(telling: Acp, update: Fields): void {
  const callId = idOf(update['toolCallId']) ?? telling.mint('call');
  const { status, rawOutput, content } = update;
  const isDone = status === 'completed' || status === 'failed';
  telling.turnStart();
  if (update['sessionUpdate'] === 'tool_call' && !telling.isOpenCall(callId)) {
    // What is said after a call is another message; with ids of its own it may go on.
    if (telling.open('')?.messageId.startsWith(telling.scoped('message.')) === true) telling.messageEnd('');
    const { title, kind, name } = update;
    const input = update['rawInput'];
    telling.call(callId, {
      name: nameOf(name, nameOf(kind, 'tool')),
      ...(input !== undefined && { input }),
      ...(wordOf(title) !== undefined && { title: nameOf(title, '') }),
    });
  } else if (!isDone) telling.tell({ type: 'tool.progress', callId, text: textIn(content) });
  if (!isDone) return;
  const output = rawOutput ?? content;
  const ok = status === 'completed';
  telling.callEnd(callId, {
    ok,
    ...(!ok && { error: textIn(content) || (messageOf(rawOutput) ?? 'failed') }),
    ...((output ?? null) !== null && { output }),
  });
}
