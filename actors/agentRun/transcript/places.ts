/**
 * Finding and changing one message or call in a transcript. What is talked about is nearly always at the
 * end, so everything is looked for from there; what is not touched stays the same object.
 */
import type { Fact } from '../../fact.ts';
import type { PromptContent } from '../vocabulary.ts';
import type { Message, Part, Role, ToolPart } from './message.ts';

export function startMessage(messageId: string, role: Role, { seq, at }: Fact): Message {
  return { messageId, role, seq, at, parts: [], superseded: [] };
}

/** The message of this id, a sub-agent's included. */
export function messageOf(messages: readonly Message[], messageId: string): Message | undefined {
  for (const message of messages.toReversed()) {
    if (message.messageId === messageId) return message;
    for (const part of message.parts) {
      const found = part.type === 'tool' ? messageOf(part.messages, messageId) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The messages with that one changed; the same ones if there is none. */
export function placed(
  messages: readonly Message[],
  messageId: string,
  change: (message: Message) => Message,
): readonly Message[] {
  return changedLast(messages, (message) => {
    if (message.messageId === messageId) return change(message);
    return inTools(message, (tool) => {
      const inner = placed(tool.messages, messageId, change);
      return inner === tool.messages ? undefined : { ...tool, messages: inner };
    });
  });
}

/** The messages with that call changed; the same ones if there is none. */
export function toolOf(
  messages: readonly Message[],
  callId: string,
  change: (tool: ToolPart) => ToolPart,
): readonly Message[] {
  return changedLast(messages, (message) =>
    inTools(message, (tool) => {
      if (tool.callId === callId) return change(tool);
      const inner = toolOf(tool.messages, callId, change);
      return inner === tool.messages ? undefined : { ...tool, messages: inner };
    }),
  );
}

function inTools(message: Message, change: (tool: ToolPart) => ToolPart | undefined): Message | undefined {
  const parts = changedLast(message.parts, (part): Part | undefined =>
    part.type === 'tool' ? change(part) : undefined,
  );
  return parts === message.parts ? undefined : { ...message, parts };
}

/** The list with the last item that `change` changes, changed; the list itself if it changes none. */
function changedLast<T>(list: readonly T[], change: (item: T) => T | undefined): readonly T[] {
  for (let i = list.length - 1; i >= 0; i--) {
    const item = list[i];
    const changed = item === undefined ? undefined : change(item);
    if (changed !== undefined) return list.with(i, changed);
  }
  return list;
}

/** The parts with more text: the last one grows if it is of that kind, else another begins. */
export function extended(parts: readonly Part[], type: 'text' | 'reasoning', text: string): readonly Part[] {
  const last = parts.at(-1);
  if (last?.type === type) return [...parts.slice(0, -1), { type, text: last.text + text }];
  return [...parts, { type, text }];
}

export function partsOf(content: PromptContent): readonly Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part): Part =>
    part.type === 'text' ? { type: 'text', text: part.text } : { type: 'content', content: part },
  );
}
