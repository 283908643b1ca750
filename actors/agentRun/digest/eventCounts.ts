/**
 * What a fact adds to the digest by itself, whatever follows from it.
 */
import { exitNamesMax, nameBytesMax, resultBytesMax } from '../limits.ts';
import { concludedWith } from '../concluding.ts';
import { exitNameOf } from '../processEnd.ts';
import { askOf } from '../book.ts';
import { bytesOf, clipped } from '../text.ts';
import type { BookEvent } from '../bookEvent.ts';
import type { AnyEvent } from '../../fact.ts';
import { sampleOf } from './findings.ts';
import { carried, counted, failed, flagged } from './folding.ts';
import type { Folding } from './folding.ts';
import { identified, identifiedByHost } from './identity.ts';
import { ofMessage } from './messageCounts.ts';
import { tallied } from './tally.ts';
import { forgotten, ofTool } from './toolCounts.ts';

/** `told` is what the book makes of `event`. */
export function countedEvent(at: Folding, event: AnyEvent, told: BookEvent): Folding {
  const { identity } = at.digest;
  if (event.type === 'actor.born' || event.type === 'actor.labelled') {
    return counted(at, { identity: identifiedByHost(identity, event) });
  }
  switch (told.type) {
    case 'run.start':
    case 'run.update':
      return counted(at, { identity: identified(identity, told) });
    case 'run.end': {
      const text = told.result?.text;
      return text === undefined ? at : said(at, text);
    }
    case 'run.prompt':
    case 'run.unprompt':
      return ofPrompt(at, told.type);
    case 'tool.call':
    case 'tool.end':
      return ofTool(at, told);
    case 'message.start':
    case 'message.delta':
    case 'message.end':
    case 'attempt.start':
      return ofMessage(at, told);
    case 'permission.cancelled':
      return concludedWith(told) === undefined ? at : askLost(at, told.requestId);
    case 'error':
      return failed(at, told.class, sampleOf(at)); // D3
    case 'note':
      return isUnknown(told) ? flagged(at, 'unknown_frame', sampleOf(at)) : at;
    case 'process.start':
    case 'process.exit':
    case 'process.lost':
    case 'process.failed':
    case 'driver.ended':
      return ofProcess(at, told);
    default:
      return at;
  }
}

/** An adapter says so of a frame that it does not know. */
function isUnknown(note: object): boolean {
  return 'unknown' in note && note.unknown === true;
}

/** What the run says it came to stands for the last message. */
function said(at: Folding, text: string): Folding {
  const { bytes, kept } = { bytes: bytesOf(text), kept: clipped(text, resultBytesMax) };
  return carried(at, { said: { mark: '', text: kept, textBytes: bytes, seq: at.seq } });
}

function ofPrompt(at: Folding, type: 'run.prompt' | 'run.unprompt'): Folding {
  const { prompts } = at.digest;
  return type === 'run.prompt'
    ? counted(at, { prompts: { ...prompts, sent: prompts.sent + 1 } })
    : counted(at, { prompts: { ...prompts, removed: prompts.removed + 1 } });
}

/** D4: its call is told as unanswered with the ask, so it is not told again as one without a result. */
function askLost(at: Folding, requestId: string): Folding {
  const ask = askOf(at.carry.book, requestId);
  return ask === undefined || ask.call === null ? at : forgotten(at, ask.call);
}

type OfProcess = Extract<BookEvent, { readonly type: `process.${string}` | 'driver.ended' }>;

function ofProcess(at: Folding, event: OfProcess): Folding {
  const { processes } = at.digest;
  switch (event.type) {
    case 'process.start':
      return counted(at, { processes: { ...processes, started: processes.started + 1 } });
    case 'process.lost':
    case 'driver.ended':
      if (at.carry.book.process === 'none') return at;
      return counted(at, { processes: { ...processes, lost: processes.lost + 1 } });
    case 'process.exit':
    case 'process.failed': {
      const name = event.type === 'process.exit' ? exitNameOf(event) : 'not launched';
      const byExit = tallied(processes.byExit, clipped(name, nameBytesMax), 1, plus, exitNamesMax);
      return counted(at, { processes: { ...processes, byExit } });
    }
    default:
      return at;
  }
}

const plus = (a: number, b: number): number => a + b;
