/**
 * How the parts of a stored commit lie in its record; what they mean is the codec's matter (commitCodec.ts).
 */
import { TroupeError } from '../actors/troupeError.ts';

export const tagBytes = 8;
export const flag = { erased: 1, sealed: 2, wide: 4 } as const;
/** A header without address and rest. */
export const fixedHeaderBytes = 19;

/** A record of its parts. */
export function recordOf(
  header: Uint8Array,
  payload: Uint8Array,
  tag: Uint8Array,
  seal: Uint8Array | undefined,
  flags: number,
): Buffer {
  const prefixBytes = prefixBytesOf(header.length, payload.length, seal !== undefined);
  const record = Buffer.allocUnsafe(prefixBytes + header.length + payload.length + (seal?.length ?? 0));
  const offset = writePrefix(record, header.length, payload.length, flags, seal?.length);
  for (let i = 0; i < tagBytes; i++) record[offset + i] = tag[i] ?? 0;
  record.set(header, prefixBytes);
  record.set(payload, prefixBytes + header.length);
  if (seal !== undefined) record.set(seal, prefixBytes + header.length + payload.length);
  return record;
}

function isWide(headerLength: number, payloadLength: number): boolean {
  return headerLength > 0xffff || payloadLength > 0xffff;
}

/** How much stands before the header. */
export function prefixBytesOf(headerLength: number, payloadLength: number, isSealed: boolean): number {
  return 1 + (isWide(headerLength, payloadLength) ? 8 : 4) + (isSealed ? 4 : 0) + tagBytes;
}

/** Flags and lengths; gives the offset of the tag. */
export function writePrefix(
  record: Buffer,
  headerLength: number,
  payloadLength: number,
  flags: number,
  sealLength?: number,
): number {
  const wide = isWide(headerLength, payloadLength);
  record[0] = flags | (wide ? flag.wide : 0) | (sealLength === undefined ? 0 : flag.sealed);
  let offset = wide ? record.writeUInt32BE(headerLength, 1) : record.writeUInt16BE(headerLength, 1);
  offset = wide ? record.writeUInt32BE(payloadLength, offset) : record.writeUInt16BE(payloadLength, offset);
  return sealLength === undefined ? offset : record.writeUInt32BE(sealLength, offset);
}

/** Where the parts of the record at `offset` lie; undefined when they would reach beyond `bytes`. */
export interface Layout {
  readonly flags: number;
  readonly tag: number;
  readonly header: number;
  readonly payload: number;
  readonly seal: number;
  readonly end: number;
}

export function layoutOf(bytes: Buffer, offset: number): Layout | undefined {
  if (offset + 13 > bytes.length) return undefined;
  const flags = bytes[offset] ?? 0;
  if (flags > (flag.erased | flag.sealed | flag.wide)) return undefined;
  const wide = (flags & flag.wide) !== 0;
  const sealed = (flags & flag.sealed) !== 0;
  const tag = offset + 1 + (wide ? 8 : 4) + (sealed ? 4 : 0);
  if (tag + tagBytes > bytes.length) return undefined;
  const header = tag + tagBytes;
  const payload = header + (wide ? bytes.readUInt32BE(offset + 1) : bytes.readUInt16BE(offset + 1));
  const seal = payload + (wide ? bytes.readUInt32BE(offset + 5) : bytes.readUInt16BE(offset + 3));
  const end = seal + (sealed ? bytes.readUInt32BE(tag - 4) : 0);
  if (end > bytes.length || payload - header < fixedHeaderBytes) return undefined;
  return { flags, tag, header, payload, seal, end };
}

export function corrupt(why: string): TroupeError {
  return new TroupeError('CORRUPT', `A stored commit cannot be read: ${why}.`, { why });
}
