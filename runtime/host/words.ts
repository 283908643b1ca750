/**
 * The host's own words in a history, and the XState events they stand for. A history must outlive XState's
 * names, so the log says `effect.done` where XState says `xstate.done.actor.fetch`.
 */
import { doneEvent, failedEvent, timerEvent } from '../../actors/statechart.ts';
import type { AnyEvent } from '../../actors/fact.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import { unpack } from '../../storage/values.ts';
import type { Body } from '../../storage/values.ts';
import type { HostEvent, PlainFailure } from '../definition.ts';
import type { Ledger } from './ledger.ts';

export const hostWords: ReadonlySet<string> = new Set<HostEvent['type']>([
  'actor.born',
  'actor.stopped',
  'actor.labelled',
  'effect.done',
  'effect.failed',
  'effect.retried',
  'timer.fired',
  'child.done',
  'child.failed',
  'send.refused',
]);

/** Refuses what only the host may say. */
export function assertForeign(event: unknown): asserts event is AnyEvent {
  const type = (event as { type?: unknown } | null)?.type;
  if (typeof type !== 'string' || type === '') {
    throw new TroupeError('INVALID_EVENT', 'An event is an object with a text `type` that is not empty.', {});
  }
  if (type.startsWith('xstate.') || hostWords.has(type)) {
    const text = `Events named "${type}" are the host's own: choose another name.`;
    throw new TroupeError('INVALID_EVENT', text, { type });
  }
}

/** The event of a send or message, with its large leaves. */
export function decodedOf({ event, bodies }: { event: Uint8Array; bodies?: readonly Body[] }): unknown {
  return unpack(event, bodies && ((hash) => bodies.find((body) => body.hash === hash)?.bytes));
}

export function isWord(event: AnyEvent): event is HostEvent {
  return hostWords.has(event.type);
}

/** The identity of a run of an effect: the same state entered again starts another. */
export function effectIdOf(id: string, seq: number): string {
  return `${id}@${seq}`;
}

export function effectNameOf(effectId: string): string {
  return effectId.slice(0, effectId.lastIndexOf('@'));
}

/** What the machine is told by this fact; undefined: nothing (its birth, its labels, its own end). */
export function machineEventOf(event: AnyEvent, ledger: Ledger): AnyEvent | undefined {
  if (!isWord(event)) return event;
  switch (event.type) {
    case 'effect.done':
      return doneEvent(effectNameOf(event.effect), event.output);
    case 'effect.failed':
      return failedEvent(effectNameOf(event.effect), event.error);
    case 'child.done':
      return doneEvent(event.child, event.output);
    case 'child.failed':
      return failedEvent(event.child, event.error);
    case 'timer.fired': {
      const bytes = ledger.timers?.get(event.timer)?.event ?? null;
      return timerEvent(event.timer, bytes === null ? undefined : (unpack(bytes) as AnyEvent), event.quietMs);
    }
    case 'send.refused':
      return event;
    default:
      return undefined;
  }
}

const stackLengthMax = 4096;

/** Anything that was thrown, as data. */
export function failureOf(error: unknown): PlainFailure {
  if (typeof error !== 'object' || error === null) return { name: 'Error', message: String(error) };
  try {
    return plainFailure(error);
  } catch {
    return { name: 'Error', message: 'an object was thrown that throws when it is asked' };
  }
}

function plainFailure(error: object): PlainFailure {
  const { name, message, code, stack } = error as Record<'name' | 'message' | 'code' | 'stack', unknown>;
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : 'an object was thrown that is no Error',
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof stack === 'string' ? { stack: stack.slice(0, stackLengthMax) } : {}),
  };
}
