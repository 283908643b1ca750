/**
 * What a stored commit says of where its actor stands: all that the reading of a log's tail wants of it. A
 * restart after a crash reads a hundred thousand commits, and decoding their facts and intents as well was
 * half of what it took.
 */
import { isTroupeError } from '../actors/troupeError.ts';
import type { Reached, RowPatch, UsageEntry } from './commit.ts';
import { formatVersion } from './commitCodec.ts';
import type { Extra, Meta, Rest } from './commitCodec.ts';
import { corrupt, flag, layoutOf } from './record.ts';
import { unpack } from './values.ts';

export interface Progress {
  /** Of its last fact. */
  readonly at: number;
  readonly reached: Reached | undefined;
  readonly row: RowPatch | undefined;
  /** Absent: as before. */
  readonly due: number | null | undefined;
  readonly usage: readonly UsageEntry[] | undefined;
}

/** A packed list of one: intents, and no row. */
const intentsAlone = 0x91;

/** Of the record at `offset`, whose checksum was compared; `CORRUPT` says where the bytes make no sense. */
export function progressAt(bytes: Buffer, offset: number): Progress {
  try {
    return read(bytes, offset);
  } catch (error) {
    throw isTroupeError(error) ? error : corrupt(`its parts are of a wrong kind (${String(error)})`);
  }
}

function read(bytes: Buffer, offset: number): Progress {
  const layout = layoutOf(bytes, offset);
  if (layout === undefined) throw corrupt('its lengths reach beyond the stored bytes');
  const { flags, header, payload, seal } = layout;
  if (bytes[header] !== formatVersion) {
    throw corrupt(`its version is ${bytes[header]}, this program knows ${formatVersion}`);
  }
  const addressEnd = header + 3 + bytes.readUInt16BE(header + 1);
  if (addressEnd + 16 > payload) throw corrupt('its header is cut');
  const count = bytes.readUInt16BE(addressEnd + 6);
  const rest = unpack(bytes.subarray(addressEnd + 16, payload)) as Rest;
  if (!Array.isArray(rest)) throw corrupt('its header is not a list');
  const [metas, reached, extraLength, due, usage] = rest;
  const isErased = (flags & flag.erased) !== 0;
  return {
    at: bytes.readDoubleBE(addressEnd + 8) + laterOf(metas, count),
    reached: reached ? { paths: reached[0], tags: reached[1] } : undefined,
    row: extraLength && !isErased ? rowIn(bytes, seal - extraLength, seal) : undefined,
    due: due === undefined || due === null ? undefined : due === false ? null : due,
    usage: usage ?? undefined,
  };
}

/** How much later than the commit its last fact was. */
function laterOf(metas: Rest[0], count: number): number {
  // A single fact's meta stands alone: a number, or a list that begins with one.
  const parts: unknown = count === 1 ? [metas] : metas;
  if (!Array.isArray(parts) || parts.length !== count) throw corrupt('its facts do not match their count');
  const last = parts[count - 1] as Meta;
  return typeof last === 'number' ? 0 : (last[1] ?? 0);
}

function rowIn(bytes: Buffer, from: number, to: number): RowPatch | undefined {
  if (bytes[from] === intentsAlone) return undefined;
  const [, row] = unpack(bytes.subarray(from, to)) as Extra;
  return row ?? undefined;
}
