/**
 * One send, on the callers' side: checked and packed once, numbered, and waited for. This is the path whose
 * time counts: no timer, no listener and no copy unless an option asks for it.
 */
import { TroupeError, isTroupeError } from '../actors/troupeError.ts';
import type { AnyEvent } from '../actors/fact.ts';
import { pack, packWhole, unpack } from '../storage/values.ts';
import type { Packed } from '../storage/values.ts';
import { abortError } from './abort.ts';
import { assertNames, assertWhole, invalidOption } from './invalidOption.ts';
import { preparedEvent } from './beforeSend.ts';
import type { BeforeSend } from './beforeSend.ts';
import type { Call, Link } from './link.ts';
import { labelsOf } from './labels.ts';
import { noteLengthMax } from './limits.ts';
import type { Limits } from './limits.ts';
import type { SendRequest, WireReceipt } from './protocol.ts';
import type { Receipt } from './ref.ts';
import type { Router } from './router.ts';
import { isHeard, traced } from './tracing.ts';

/** How an event is sent. */
export interface SendOptions<Input = unknown> {
  /** The caller's own identity of this send, at most 512 characters: it is applied once (P4). */
  readonly id?: string;
  /** Who caused it, and as part of what; recorded beside the event. */
  readonly by?: string;
  readonly trace?: string;
  /** Only if the last fact has this seq: `CONFLICT` otherwise. */
  readonly ifSeq?: number;
  /** Of the row; used by the send that gives birth, later ones patch. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Of the machine; used by the send that gives birth. */
  readonly input?: Input;
  /** Instead of `MAILBOX_FULL`: wait for room. */
  readonly wait?: boolean;
  readonly signal?: AbortSignal;
}

/** The path of sends to one actor. */
export interface Route {
  readonly router: Router;
  readonly link: Link;
  readonly limits: Limits;
  readonly beforeSend: BeforeSend;
  readonly address: string;
}

export type SendCall = Call & { readonly request: SendRequest };

/** The request of a send; what cannot be sent is refused here, before it costs anything. */
export function requestOf(route: Route, event: AnyEvent, options?: SendOptions): SendRequest {
  if (options !== undefined) assertNotes(options);
  const packed = packedEvent(route, event);
  const n = route.router.next();
  const request: Mutable<SendRequest> = {
    op: 'send',
    n,
    stamp: { session: route.router.session, n },
    address: route.address,
    event: packed.bytes,
  };
  if (packed.bodies.length > 0) request.bodies = packed.bodies;
  if (options !== undefined) note(request, options);
  return request;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Written out, because every send over HTTP comes through here: spreads of what is absent are garbage. */
function note(request: Mutable<SendRequest>, options: SendOptions): void {
  const { id, by, trace, ifSeq, labels, input } = options;
  if (id !== undefined) request.id = id;
  if (by !== undefined) request.by = by;
  if (trace !== undefined) request.trace = trace;
  if (ifSeq !== undefined) request.ifSeq = ifSeq;
  if (labels !== undefined) request.labels = labelsOf(labels, false);
  if (input !== undefined) request.input = packWhole(input);
}

const names: Readonly<Record<keyof SendOptions, true>> = {
  id: true,
  by: true,
  trace: true,
  ifSeq: true,
  labels: true,
  input: true,
  wait: true,
  signal: true,
};

/** Callers without types say anything, and it must be known again after a restart (P4). */
function assertNotes(options: SendOptions): void {
  assertNames('send', options, names);
  const { id, by, trace, ifSeq } = options;
  if (id !== undefined) assertText('id', id);
  if (by !== undefined) assertText('by', by);
  if (trace !== undefined) assertText('trace', trace);
  if (ifSeq !== undefined) assertWhole('ifSeq', ifSeq, 0);
}

function assertText(option: string, text: unknown): void {
  const isText = typeof text === 'string' && text.isWellFormed();
  if (isText && text !== '' && text.length <= noteLengthMax) return;
  const allowed = `it is text of 1 to ${noteLengthMax} characters, none of them cut in half`;
  throw invalidOption(option, text, allowed);
}

function packedEvent({ limits, beforeSend, address }: Route, event: AnyEvent): Packed {
  // Callers without types send anything.
  const type: unknown = (event as AnyEvent | null | undefined)?.type;
  if (typeof type !== 'string' || type === '') {
    const text = 'An event is an object with a text `type` that is not empty.';
    throw new TroupeError('INVALID_EVENT', text, { address });
  }
  assertLeadsBack(address, event);
  const isPlain = beforeSend.price === undefined && beforeSend.redact === undefined;
  const packed = pack(isPlain ? event : preparedEvent(beforeSend, event, address));
  let size = packed.bytes.byteLength;
  for (const body of packed.bodies) size += body.bytes.byteLength;
  if (size <= limits.eventBytes) return packed;
  const text = `"${type}" has ${size} bytes, at most ${limits.eventBytes} are recorded. Send a reference.`;
  throw new TroupeError('TOO_LARGE', text, { address, type, bytes: size, eventBytes: limits.eventBytes });
}

/** A run goes on with an earlier one; with itself it would have no beginning for whoever reads it back. */
function assertLeadsBack(address: string, event: AnyEvent): void {
  if (event.type !== 'run.start' || !address.startsWith('run/')) return;
  if ((event as { readonly continues?: unknown }).continues !== address) return;
  const text = `${address} cannot continue itself: name the run whose work it goes on with.`;
  throw new TroupeError('INVALID_EVENT', text, { address, type: event.type });
}

/** What its sender is told. */
export function receiptFrom<R>({ seq, state, tags, final, duplicate, reply }: WireReceipt): Receipt<R> {
  // Packed by the host from what this definition's `reply` gave.
  const value = (reply === undefined ? undefined : unpack(reply)) as R;
  return { seq, state, tags, final, duplicate, reply: value };
}

/** The receipt of a send. `PromiseLike`: nobody pays for a promise around a promise. */
export function receiptOf(
  route: Route,
  event: AnyEvent,
  options: SendOptions | undefined,
): PromiseLike<WireReceipt> {
  if (options?.signal?.aborted === true) throw abortError(options.signal, 'none');
  if (options?.wait === true) return patient(route, event, options);
  const send = (): PromiseLike<WireReceipt> =>
    attempt(route, requestOf(route, event, options), options?.signal);
  if (!isHeard('send')) return send();
  return traced('send', send, () => ({ address: route.address, type: event.type }));
}

function attempt(
  { router, link }: Route,
  request: SendRequest,
  signal: AbortSignal | undefined,
): PromiseLike<WireReceipt> {
  return new Promise((resolve, reject) => {
    const call: SendCall = { request, resolve, reject };
    router.send(link, signal === undefined ? call : router.endedBy(signal, call, link));
  });
}

/** Sends again whenever there is room, until the event is taken or refused for another reason. */
async function patient(route: Route, event: AnyEvent, options: SendOptions): Promise<WireReceipt> {
  for (;;) {
    try {
      // A refused send left nothing behind, so that each attempt is a new one.
      return await attempt(route, requestOf(route, event, options), options.signal);
    } catch (error) {
      if (!isTroupeError(error, 'MAILBOX_FULL')) throw error;
    }
    await route.router.room(options.signal);
  }
}
