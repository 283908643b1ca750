/**
 * What an application does to its events in the thread that sends them, before they are packed: so that what
 * it takes out never reaches another thread, or the disk.
 *   - It sees what is sent through the references of this runtime, and the outputs of its effects in this
 *     thread (as `effect.done`). It sees nothing of what machines, drivers and tasks do inside of workers,
 *     and neither inputs of births nor labels.
 *   - It must be pure: a send that is repeated after its answer was lost is not asked for again, one that the
 *     caller repeats is.
 */
import type { AnyEvent } from '../actors/fact.ts';
import { TroupeError } from '../actors/troupeError.ts';
import type { Price } from '../actors/agentRun/usage.ts';

/** The event as it may be recorded; what it throws refuses the send. */
export type Redact = (event: AnyEvent, address: string) => AnyEvent;

export interface BeforeSend {
  /** What tokens of a model cost in micro-USD: for `usage` events sent to runs without a `costMicroUsd`. */
  readonly price?: Price;
  /** Changes or drops fields of an event; its type stays. */
  readonly redact?: Redact;
}

/** A module that was evaluated again brings newer functions: so they stand in one place, to be replaced. */
export type Prepared = { -readonly [K in keyof BeforeSend]: BeforeSend[K] };

/** The event that is packed. */
export function preparedEvent({ price, redact }: BeforeSend, event: AnyEvent, address: string): AnyEvent {
  const known = price === undefined ? event : pricedEvent(price, event, address);
  return redact === undefined ? known : redactedEvent(redact, known, address);
}

type Usage = AnyEvent & Readonly<Record<string, unknown>>;

/** Of a counter that goes up, the cost goes up with it. */
function pricedEvent(price: Price, event: AnyEvent, address: string): AnyEvent {
  const { type, model, costMicroUsd, ...rest } = event as Usage;
  if (type !== 'usage' || costMicroUsd !== undefined || !address.startsWith('run/')) return event;
  if (typeof model !== 'string') return event; // The run refuses it, and says why.
  const { input, output, cacheRead, cacheWrite } = rest;
  const tokens = {
    input: countOf(input),
    output: countOf(output),
    cacheRead: countOf(cacheRead),
    cacheWrite: countOf(cacheWrite),
  };
  const cost = called('price', type, address, () => price(model, tokens));
  if (cost === undefined) return event;
  if (Number.isFinite(cost) && cost >= 0) return { ...event, costMicroUsd: Math.round(cost) } as Usage;
  throw refused('price', type, address, `${String(cost)} is no cost`);
}

const countOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

function redactedEvent(redact: Redact, event: AnyEvent, address: string): AnyEvent {
  const { type } = event;
  const redacted: unknown = called('redact', type, address, () => redact(event, address));
  if ((redacted as AnyEvent | null | undefined)?.type === type) return redacted as AnyEvent;
  throw refused('redact', type, address, 'what it gives is no event of the same type');
}

function called<T>(option: string, type: string, address: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw refused(option, type, address, error instanceof Error ? error.message : String(error));
  }
}

function refused(option: string, type: string, address: string, why: string): TroupeError {
  return new TroupeError('INVALID_EVENT', `${option} refuses "${type}": ${why}.`, { address, type, option });
}
