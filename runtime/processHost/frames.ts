/**
 * What the runtime and its process host say to each other, as bytes on a pipe.
 *   Q1. A frame is its length (4 bytes, of what follows), its kind (1 byte) and its body; none is longer than
 *       `frameBytesMax`, and a longer or unknown one ends the connection.
 *   Q2. The first frame of each side is `hello` with the protocol's version; versions must be equal.
 *   Q3. Offsets count the bytes of a stream from its start; seqs are the caller's, rising. Both outlive the
 *       connection: whoever comes next goes on from what it has recorded.
 *   Q4. Credit, both ways: output flows up to a window beyond the acknowledged offset, input up to a window
 *       beyond what was reported as written.
 * Frames of every keystroke and every piece of output are binary; the rare ones are JSON.
 */
import { frameBytesMax } from './limits.ts';

/** Raise it with every change of a frame. */
export const protocolVersion = 1;

/** Of a child on a PTY everything is `out`. */
export type StreamName = 'out' | 'err';

/** What a child is started from; the environment is complete, secrets included. */
export interface StartOrder {
  /** The caller's name for the child: what a later runtime asks for. */
  readonly id: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Absent: the child has pipes. */
  readonly size?: { readonly cols: number; readonly rows: number };
}

/** How a child ended; the offsets say how much output came before. */
export interface ExitReport {
  readonly code: number | null;
  readonly signal: string | null;
  readonly outEnd: number;
  readonly errEnd: number;
  /** The last 8 KiB of stderr, base64; empty on a PTY. */
  readonly stderr: string;
}

export type Frame =
  | { readonly kind: 'hello'; readonly version: number; readonly pid: number; readonly limits?: object }
  | { readonly kind: 'open'; readonly child: number; readonly order: StartOrder }
  | { readonly kind: 'input'; readonly child: number; readonly seq: number; readonly bytes: Uint8Array }
  | { readonly kind: 'inputEnd'; readonly child: number; readonly seq: number }
  | { readonly kind: 'ack'; readonly child: number; readonly stream: StreamName; readonly offset: number }
  | { readonly kind: 'reattach'; readonly child: number; readonly out: number; readonly err: number }
  | { readonly kind: 'resize'; readonly child: number; readonly cols: number; readonly rows: number }
  | { readonly kind: 'signal'; readonly child: number; readonly signal: string }
  | { readonly kind: 'end'; readonly child: number }
  | { readonly kind: 'forget'; readonly child: number }
  | {
      readonly kind: 'opened';
      readonly child: number;
      readonly pid: number;
      readonly startTime: number | null;
    }
  | { readonly kind: 'refused'; readonly child: number; readonly code: string; readonly message: string }
  | {
      readonly kind: 'output';
      readonly child: number;
      readonly stream: StreamName;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'written'; readonly child: number; readonly seq: number; readonly taken: boolean }
  | { readonly kind: 'attached'; readonly child: number; readonly inputSeq: number }
  | { readonly kind: 'exit'; readonly child: number; readonly report: ExitReport };

type Kind = Frame['kind'];

/** A kind's number is its place here, counted from 1: append only. */
const kinds: readonly Kind[] = [
  'hello',
  'open',
  'input',
  'inputEnd',
  'ack',
  'reattach',
  'resize',
  'signal',
  'end',
  'forget',
  'opened',
  'refused',
  'output',
  'written',
  'attached',
  'exit',
];
const numberOf: ReadonlyMap<Kind, number> = new Map(kinds.map((kind, i) => [kind, i + 1]));

/** The other side does not speak this protocol: the connection is of no more use. */
export class ProtocolBroken extends Error {
  override readonly name = 'ProtocolBroken';
}

const lengthBytes = 4;
/** length, kind, child, flag, number */
const fastHeadBytes = lengthBytes + 1 + 4 + 1 + 8;
const noBytes = new Uint8Array(0);

/** The frame in pieces to be written one after the other; the bytes it carries are not copied. */
export function encodeFrame(frame: Frame): readonly Uint8Array[] {
  switch (frame.kind) {
    case 'input':
      return fast(frame.kind, frame.child, 0, frame.seq, frame.bytes);
    case 'output':
      return fast(frame.kind, frame.child, frame.stream === 'out' ? 0 : 1, frame.offset, frame.bytes);
    case 'ack':
      return fast(frame.kind, frame.child, frame.stream === 'out' ? 0 : 1, frame.offset, noBytes);
    case 'written':
      return fast(frame.kind, frame.child, frame.taken ? 1 : 0, frame.seq, noBytes);
    default: {
      const { kind, ...body } = frame;
      return slow(kind, Buffer.from(JSON.stringify(body)));
    }
  }
}

function fast(
  kind: Kind,
  child: number,
  flag: number,
  number: number,
  bytes: Uint8Array,
): readonly Uint8Array[] {
  const head = Buffer.allocUnsafe(fastHeadBytes);
  headed(head, kind, fastHeadBytes - lengthBytes + bytes.length);
  head.writeUInt32BE(child, 5);
  head.writeUInt8(flag, 9);
  head.writeDoubleBE(number, 10); // exact up to 2^53, as offsets and seqs are
  return bytes.length === 0 ? [head] : [head, bytes];
}

function slow(kind: Kind, body: Uint8Array): readonly Uint8Array[] {
  const head = Buffer.allocUnsafe(lengthBytes + 1);
  headed(head, kind, 1 + body.length);
  return [head, body];
}

function headed(head: Buffer, kind: Kind, length: number): void {
  if (length > frameBytesMax) throw new ProtocolBroken(`a frame "${kind}" of ${length} bytes`); // Q1
  head.writeUInt32BE(length, 0);
  head.writeUInt8(numberOf.get(kind) ?? 0, 4);
}

/** The frame in these bytes, without their length. */
export function decodeFrame(bytes: Buffer): Frame {
  const kind = kinds[(bytes[0] ?? 0) - 1];
  switch (kind) {
    case undefined:
      throw new ProtocolBroken(`a frame of unknown kind ${bytes[0]}`);
    case 'input': {
      const { child, number: seq, rest } = fastOf(bytes, kind);
      return { kind, child, seq, bytes: rest };
    }
    case 'output': {
      const { child, flag, number: offset, rest } = fastOf(bytes, kind);
      return { kind, child, stream: flag === 0 ? 'out' : 'err', offset, bytes: rest };
    }
    case 'ack': {
      const { child, flag, number: offset } = fastOf(bytes, kind);
      return { kind, child, stream: flag === 0 ? 'out' : 'err', offset };
    }
    case 'written': {
      const { child, flag, number: seq } = fastOf(bytes, kind);
      return { kind, child, seq, taken: flag === 1 };
    }
    default:
      return { kind, ...bodyOf(bytes, kind) } as Frame;
  }
}

function fastOf(
  bytes: Buffer,
  kind: Kind,
): { readonly child: number; readonly flag: number; readonly number: number; readonly rest: Buffer } {
  const headBytes = fastHeadBytes - lengthBytes;
  if (bytes.length < headBytes) throw new ProtocolBroken(`a frame "${kind}" of ${bytes.length} bytes`);
  const number = bytes.readDoubleBE(6);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new ProtocolBroken(`a frame "${kind}" with ${number}`);
  return {
    child: bytes.readUInt32BE(1),
    flag: bytes.readUInt8(5),
    number,
    rest: bytes.subarray(headBytes),
  };
}

/**
 * Both sides are of one package and version (Q2), so the fields are as written; damage shows as no object.
 */
function bodyOf(bytes: Buffer, kind: Kind): object {
  try {
    const body: unknown = JSON.parse(bytes.toString('utf8', 1));
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // Told below.
  }
  throw new ProtocolBroken(`a frame "${kind}" without a body`);
}
