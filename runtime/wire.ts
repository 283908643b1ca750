/**
 * Batches as bytes: what crosses to a worker and back is one ArrayBuffer a turn of the loop, handed over, not
 * copied. Sends and receipts, nearly all of the traffic, travel as flat lists (half the time of records, and
 * their repeated keys cost nothing); everything else travels as the object it is.
 *
 *   requests = listLength u32 ‖ the packed list ‖ the events that stand behind it
 *
 *   W1. What is unpacked equals what was packed.
 *   W2. The session stands once in a batch of requests: a send is stamped by its own number.
 *   W3. Whatever a host says can be told: a detail that cannot be packed does not end its thread.
 */
import type { ErrorDetails, Refusal } from '../actors/troupeError.ts';
import { packPlain, unpack } from '../storage/values.ts';
import type { Answer, Request, SendRequest, WireReceipt } from './protocol.ts';

/** A large event stands behind the list, and its length for it: packing would copy it once more. */
type FlatSend = readonly [n: number, address: string, event: Uint8Array | number, rest?: SendRest];
type SendRest = Omit<SendRequest, 'op' | 'n' | 'stamp' | 'address' | 'event'>;
type FlatReceipt = readonly [
  n: number,
  seq: number,
  state: readonly string[],
  tags: readonly string[],
  flags: number,
  reply?: Uint8Array,
];

/** Stands where a detail was that cannot cross threads. */
const unpackableText = '[cannot be packed]';

/** Where the list begins. */
const listAt = 4;
/** Below it an event more in the list costs less than a copy of its own. */
const behindBytesMin = 2048;
const nothing: readonly never[] = [];

const isFinal = 1;
const isDuplicate = 2;

/** Requests as bytes that can be handed to another thread. */
export function packRequests(session: string, requests: readonly Request[]): ArrayBuffer {
  const behind: Uint8Array[] = [];
  const items = requests.map((request) => (request.op === 'send' ? flatSend(request, behind) : request));
  return ownBytes(packPlain([session, items]), behind);
}

export function unpackRequests(buffer: ArrayBuffer): readonly Request[] {
  const length = new DataView(buffer).getUint32(0);
  const [session, items] = unpack(new Uint8Array(buffer, listAt, length)) as [string, (FlatSend | Request)[]];
  let at = listAt + length;
  return items.map((item) => {
    if (!isFlat(item)) return item;
    const [, , event] = item;
    if (typeof event !== 'number') return sendOf(session, item, event);
    at += event;
    return sendOf(session, item, new Uint8Array(buffer, at - event, event));
  });
}

/** Answers as bytes that can be handed to another thread. */
export function packAnswers(answers: readonly Answer[]): ArrayBuffer {
  const items = answers.map((answer) => (answer.op === 'receipt' ? flatReceipt(answer) : answer));
  return ownBytes(packPlain(items), nothing);
}

/**
 * One batch, or one for each answer where they cannot be packed together. What a user's own error or log
 * holds may be anything: then its answer goes without that (W3).
 */
export function answerBatches(answers: readonly Answer[]): readonly ArrayBuffer[] {
  try {
    return [packAnswers(answers)];
  } catch {
    if (answers.length > 1) return answers.flatMap((answer) => answerBatches([answer]));
    return [packAnswers(answers.map(tellable))];
  }
}

function tellable(answer: Answer): Answer {
  switch (answer.op) {
    case 'refused':
      return { ...answer, refusal: tellableRefusal(answer.refusal) };
    case 'quarantine':
      return { ...answer, reason: tellableRefusal(answer.reason) };
    case 'log':
      return { ...answer, details: packable(answer.details) };
    default:
      return answer;
  }
}

function tellableRefusal({ code, message, details }: Refusal): Refusal {
  return { code, message, details: packable(details) };
}

function packable(details: ErrorDetails): ErrorDetails {
  const part = (name: string): unknown => {
    try {
      const value = details[name];
      packPlain(value);
      return value;
    } catch {
      return unpackableText;
    }
  };
  return Object.fromEntries(Object.keys(details).map((name) => [name, part(name)]));
}

export function unpackAnswers(buffer: ArrayBuffer): readonly Answer[] {
  const items = unpack(new Uint8Array(buffer, listAt)) as (FlatReceipt | Answer)[];
  return items.map((item) => (isFlat(item) ? receiptOf(item) : item));
}

function isFlat<T extends readonly unknown[]>(item: T | Request | Answer): item is T {
  return Array.isArray(item);
}

/** msgpackr packs into a buffer it goes on using; only a copy can be handed over. */
function ownBytes(list: Buffer, behind: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(behind.reduce((sum, event) => sum + event.length, listAt + list.length));
  new DataView(bytes.buffer).setUint32(0, list.length);
  bytes.set(list, listAt);
  let at = listAt + list.length;
  for (const event of behind) {
    bytes.set(event, at);
    at += event.length;
  }
  return bytes.buffer;
}

function flatSend(request: SendRequest, behind: Uint8Array[]): FlatSend {
  const { n, address, event, bodies, id, by, trace, ifSeq, labels, input, driver } = request;
  const isBare =
    (id ?? by ?? trace ?? labels ?? bodies ?? input ?? driver) === undefined && ifSeq === undefined;
  const isLarge = event.length >= behindBytesMin;
  if (isLarge) behind.push(event);
  const flat = isLarge ? event.length : event;
  return isBare ? [n, address, flat] : [n, address, flat, restOf(request)];
}

function restOf({ bodies, id, by, trace, ifSeq, labels, input, driver }: SendRequest): SendRest {
  const rest: { -readonly [K in keyof SendRest]: SendRest[K] } = {};
  if (bodies !== undefined) rest.bodies = bodies;
  if (id !== undefined) rest.id = id;
  if (by !== undefined) rest.by = by;
  if (trace !== undefined) rest.trace = trace;
  if (ifSeq !== undefined) rest.ifSeq = ifSeq;
  if (labels !== undefined) rest.labels = labels;
  if (input !== undefined) rest.input = input;
  if (driver !== undefined) rest.driver = driver;
  return rest;
}

function sendOf(session: string, [n, address, , rest]: FlatSend, event: Uint8Array): SendRequest {
  const stamp = { session, n };
  return rest === undefined
    ? { op: 'send', n, stamp, address, event }
    : { op: 'send', n, stamp, address, event, ...rest };
}

function flatReceipt({ n, receipt }: Extract<Answer, { op: 'receipt' }>): FlatReceipt {
  const { seq, state, tags, final, duplicate, reply } = receipt;
  const flags = (final ? isFinal : 0) | (duplicate ? isDuplicate : 0);
  return reply === undefined ? [n, seq, state, tags, flags] : [n, seq, state, tags, flags, reply];
}

function receiptOf([n, seq, state, tags, flags, reply]: FlatReceipt): Answer {
  const final = (flags & isFinal) !== 0;
  const duplicate = (flags & isDuplicate) !== 0;
  const receipt: WireReceipt =
    reply === undefined
      ? { seq, state, tags, final, duplicate }
      : { seq, state, tags, final, duplicate, reply };
  return { op: 'receipt', n, receipt };
}
