/**
 * Messages: how many, how long, how soon; and the last words of the assistant, which are the run's result
 * unless it is told another.
 */
import { openMessagesMax, resultBytesMax } from '../limits.ts';
import { bytesOf, clipped, markOf } from '../text.ts';
import type { RunEventOf } from '../vocabulary.ts';
import type { Carry } from './digest.ts';
import { carried, counted } from './folding.ts';
import type { Folding } from './folding.ts';
import { tallied } from './tally.ts';

type MessageEvent = RunEventOf<'message.start' | 'message.delta' | 'message.end' | 'attempt.start'>;

const rolesMax = 4;

export function ofMessage(at: Folding, event: MessageEvent): Folding {
  switch (event.type) {
    case 'message.start':
      return started(at, event);
    case 'message.delta':
      return went(at, event);
    case 'message.end': {
      const mark = markOf(event.messageId);
      const { others } = at.carry;
      return others.includes(mark) ? carried(at, { others: others.filter((other) => other !== mark) }) : at;
    }
    default:
      return again(at, event);
  }
}

function started(at: Folding, { messageId, role, parentCallId }: RunEventOf<'message.start'>): Folding {
  const { messages } = at.digest;
  const byRole = tallied(messages.byRole, role, 1, (a, b) => a + b, rolesMax);
  const after = counted(at, { messages: { ...messages, byRole } });
  if (role === 'assistant' && parentCallId === undefined) return after;
  return carried(after, { others: [...at.carry.others, markOf(messageId)].slice(-openMessagesMax) });
}

function went(at: Folding, { messageId, part, text }: RunEventOf<'message.delta'>): Folding {
  const bytes = bytesOf(text);
  const { messages } = at.digest;
  const size =
    part === 'text'
      ? { textBytes: messages.textBytes + bytes }
      : { reasoningBytes: messages.reasoningBytes + bytes };
  const after = withFirstToken(counted(at, { messages: { ...messages, ...size } }));
  return part === 'text' ? carried(after, { said: saidWith(at, messageId, text, bytes) }) : after;
}

function withFirstToken(at: Folding): Folding {
  const { turn } = at.carry;
  if (turn === null || turn.hasToken) return at;
  const { messages } = at.digest;
  const { count, totalMs, maxMs } = messages.firstToken;
  const took = at.now - turn.at;
  const firstToken = { count: count + 1, totalMs: totalMs + took, maxMs: Math.max(maxMs, took) };
  const after = counted(at, { messages: { ...messages, firstToken } });
  return carried(after, { turn: { ...turn, hasToken: true } });
}

function saidWith({ carry, seq }: Folding, messageId: string, text: string, bytes: number): Carry['said'] {
  const { said, others } = carry;
  const mark = markOf(messageId);
  if (others.includes(mark)) return said;
  if (said.mark !== mark) return { mark, text: clipped(text, resultBytesMax), textBytes: bytes, seq };
  // What was cut stays cut: the rest would not follow it.
  const isWhole = said.textBytes <= resultBytesMax;
  const whole = isWhole ? clipped(said.text + text, resultBytesMax) : said.text;
  return { mark, text: whole, textBytes: said.textBytes + bytes, seq };
}

/** A retry takes back what the message said. */
function again(at: Folding, { messageId }: RunEventOf<'attempt.start'>): Folding {
  const { said } = at.carry;
  if (messageId !== undefined && markOf(messageId) !== said.mark) return at;
  return carried(at, { said: { ...said, text: '', textBytes: 0 } });
}
