/**
 * The bytes of a commit, described field by field in docs/JOURNAL.md. All numbers are big-endian.
 *
 *   record  = flags u8 ‖ headerLength ‖ payloadLength ‖ [sealLength u32] ‖ tag(8) ‖ header ‖ payload ‖ seal
 *             (lengths are u16, or u32 where flag `wide` is set)
 *   header  = version u8 ‖ addressLength u16 ‖ address ‖ seq u48 ‖ count u16 ‖ at f64 ‖ rest (msgpack)
 *   rest    = [metas, reached, extraLength, due, usage, bodies], trailing absent ones left off
 *   payload = the packed events, one after the other ‖ extra; its SHA-256 once it was erased
 *   extra   = [intents, row], packed: what may hold a user's words and must go when they are erased
 *
 * The tag is the beginning of the chain after the commit: it lets `verify` name the first bad commit without
 * storing 32 bytes each. Whoever edits a history can edit tags; what he cannot edit is the seal's hash that
 * the parent holds.
 */
import { invariant } from '../actors/invariant.ts';
import { TroupeError, isTroupeError } from '../actors/troupeError.ts';
import { canonicalJson } from './canonical.ts';
import { chainAfter, sha256 } from './chain.ts';
import type { Commit, CommitDraft, EncodedCommit, FactDraft, Reached, RowPatch } from './commit.ts';
import type { Seal, SealDraft, StoredFact, UsageEntry } from './commit.ts';
import { commitBytesMax, digestBytesMax } from './limits.ts';
import {
  corrupt,
  fixedHeaderBytes,
  flag,
  layoutOf,
  prefixBytesOf,
  recordOf,
  tagBytes,
  writePrefix,
} from './record.ts';
import { usageFlaw } from './usageEntry.ts';
import { packPlain, unpack } from './values.ts';

export const formatVersion = 1;

/** A fact's length, or [length, at − commit's at, id, by, trace], trailing absent ones left off. */
export type Meta = number | readonly [number, number?, (string | null)?, (string | null)?, (string | null)?];
export type Rest = readonly [
  Meta | readonly Meta[],
  (readonly [readonly string[], readonly string[]] | null)?,
  (number | null)?,
  (number | false | null)?,
  (readonly UsageEntry[] | null)?,
  (readonly string[] | null)?,
];
export type Extra = readonly [(readonly unknown[] | null)?, (RowPatch | null)?];

const nothing: readonly never[] = [];

/** The commit as bytes, chained onto `previous`; its seal, if it ends the actor, holds the chain after it. */
export function encodeCommit(draft: CommitDraft, previous: Uint8Array): EncodedCommit {
  if (draft.usage !== undefined) assertUsage(draft);
  const extra = extraOf(draft);
  const unsealed = unsealedOf(draft, extra);
  const { bytes, header, payload } = unsealed;
  // Hashed where it stands: every commit is written once, and copied once into its group.
  const chain = chainAfter(previous, bytes.subarray(header, payload), sha256(bytes.subarray(payload)));
  for (let i = 0; i < tagBytes; i++) bytes[header - tagBytes + i] = chain[i] ?? 0;
  const sealed = draft.seal === undefined ? undefined : sealOf(draft.seal, chain);
  const record =
    sealed === undefined
      ? bytes
      : recordOf(bytes.subarray(header, payload), bytes.subarray(payload), chain, sealed.bytes, 0);
  if (record.length > commitBytesMax) {
    const details = { bytes: record.length, max: commitBytesMax };
    throw new TroupeError('TOO_LARGE', `A commit of ${draft.address} has ${record.length} bytes.`, details);
  }
  const to = draft.seq + draft.facts.length - 1;
  if (sealed === undefined) return { draft, to, record, chain };
  return { draft, to, record, chain, seal: sealed.seal, sealHash: sha256(sealed.bytes).toString('hex') };
}

/** A record without tag and seal, and where its header and payload begin. */
interface Unsealed {
  readonly bytes: Buffer;
  readonly header: number;
  readonly payload: number;
}

function unsealedOf(draft: CommitDraft, extra: Buffer | undefined): Unsealed {
  const { address, facts } = draft;
  invariant(facts.length > 0 && facts.length < 65_536, 'a commit holds 1 to 65535 facts');
  const at = facts[0]?.at ?? 0;
  const rest = packPlain(restOf(draft, at, extra?.length ?? null));
  const headerLength = fixedHeaderBytes + address.length + rest.length;
  let payloadLength = extra?.length ?? 0;
  for (const { event } of facts) payloadLength += event.length;
  const header = prefixBytesOf(headerLength, payloadLength, false);
  const bytes = Buffer.allocUnsafe(header + headerLength + payloadLength);
  writePrefix(bytes, headerLength, payloadLength, 0);
  bytes.set(rest, writeHeader(bytes, header, draft, at));
  let offset = header + headerLength;
  for (const { event } of facts) {
    bytes.set(event, offset);
    offset += event.length;
  }
  if (extra !== undefined) bytes.set(extra, offset);
  return { bytes, header, payload: header + headerLength };
}

/** Everything before `rest`; gives the offset behind it. */
function writeHeader(bytes: Buffer, start: number, { address, seq, facts }: CommitDraft, at: number): number {
  bytes[start] = formatVersion;
  bytes.writeUInt16BE(address.length, start + 1);
  bytes.write(address, start + 3, 'latin1');
  let offset = bytes.writeUIntBE(seq, start + 3 + address.length, 6);
  offset = bytes.writeUInt16BE(facts.length, offset);
  return bytes.writeDoubleBE(at, offset);
}

function assertUsage({ address, usage = nothing }: CommitDraft): void {
  for (const entry of usage) {
    const flaw = usageFlaw(entry);
    if (flaw === undefined) continue;
    throw new TroupeError('NOT_STORABLE', `Usage of ${address} cannot be counted: ${flaw}.`, {
      path: 'usage',
    });
  }
}

function restOf(draft: CommitDraft, at: number, extraLength: number | null): unknown[] {
  const { facts, reached, due, usage, bodies } = draft;
  const [first] = facts;
  const metas =
    facts.length === 1 && first !== undefined ? metaOf(first, at) : facts.map((f) => metaOf(f, at));
  const rest: unknown[] = [
    metas,
    reached === undefined ? null : [reached.paths, reached.tags],
    extraLength,
    due === undefined ? null : (due ?? false),
    usage ?? null,
    bodies === undefined || bodies.length === 0 ? null : bodies.map((body) => body.hash),
  ];
  return trimmed(rest);
}

function metaOf(fact: FactDraft, at: number): unknown {
  const { id, by, trace, event } = fact;
  if (fact.at === at && id === undefined && by === undefined && trace === undefined) return event.length;
  return trimmed([event.length, fact.at - at, id ?? null, by ?? null, trace ?? null]);
}

function trimmed(items: unknown[]): unknown[] {
  while (items.length > 1 && items[items.length - 1] === null) items.pop();
  return items;
}

function extraOf({ intents, row }: CommitDraft): Buffer | undefined {
  if ((intents === undefined || intents.length === 0) && row === undefined) return undefined;
  return packPlain(trimmed([intents ?? null, row ?? null]));
}

function sealOf(draft: SealDraft, chain: Buffer): { seal: Seal; bytes: Buffer } {
  const digest = Buffer.from(canonicalJson(draft.digest));
  if (digest.length > digestBytesMax) {
    throw new TroupeError('TOO_LARGE', `A digest has ${digest.length} bytes, at most ${digestBytesMax}.`, {});
  }
  const digestHash = sha256(digest).toString('hex');
  const seal: Seal = { ...draft, chain: chain.toString('hex'), digestHash };
  return { seal, bytes: Buffer.from(canonicalJson(seal)) };
}

/** Whose record stands at `offset`, and where it ends; cheap, for scans. Undefined: not a record. */
export interface Glance {
  readonly address: string;
  readonly seq: number;
  readonly to: number;
  readonly sealed: boolean;
  readonly end: number;
}

export function glanceAt(bytes: Buffer, offset: number): Glance | undefined {
  const layout = layoutOf(bytes, offset);
  if (layout === undefined) return undefined;
  const address = layout.header + 3;
  const length = bytes.readUInt16BE(layout.header + 1);
  if (bytes[layout.header] !== formatVersion || address + length + 16 > layout.payload) return undefined;
  const seq = bytes.readUIntBE(address + length, 6);
  const to = seq + bytes.readUInt16BE(address + length + 6) - 1;
  const sealed = (layout.flags & flag.sealed) !== 0;
  return { address: bytes.toString('latin1', address, address + length), seq, to, sealed, end: layout.end };
}

/** The commit of the record at `offset`; `CORRUPT` says where the bytes make no sense. */
export function decodeCommit(bytes: Buffer, offset = 0): Commit {
  try {
    return decoded(bytes, offset);
  } catch (error) {
    throw isTroupeError(error) ? error : corrupt(`its parts are of a wrong kind (${String(error)})`);
  }
}

function decoded(bytes: Buffer, offset: number): Commit {
  const layout = layoutOf(bytes, offset);
  if (layout === undefined) throw corrupt('its lengths reach beyond the stored bytes');
  const header = bytes.subarray(layout.header, layout.payload);
  if (header[0] !== formatVersion) {
    throw corrupt(`its version is ${header[0]}, this program knows ${formatVersion}`);
  }
  const addressEnd = 3 + header.readUInt16BE(1);
  if (addressEnd + 16 > header.length) throw corrupt('its header is cut');
  const seq = header.readUIntBE(addressEnd, 6);
  const count = header.readUInt16BE(addressEnd + 6);
  const at = header.readDoubleBE(addressEnd + 8);
  const rest = unpack(header.subarray(addressEnd + 16)) as Rest;
  if (!Array.isArray(rest)) throw corrupt('its header is not a list');
  const erased = (layout.flags & flag.erased) !== 0;
  const payload = bytes.subarray(layout.payload, layout.seal);
  const [metas, reached, extraLength, due, usage, bodies] = rest;
  const events = payload.subarray(0, payload.length - (extraLength ?? 0));
  const [intents, row] =
    extraLength && !erased ? (unpack(payload.subarray(events.length)) as Extra) : nothing;
  const seal = layout.end > layout.seal ? { seal: bytes.subarray(layout.seal, layout.end) } : {};
  return {
    address: header.toString('latin1', 3, addressEnd),
    seq,
    to: seq + count - 1,
    at,
    facts: factsOf(metas, seq, count, at, erased ? undefined : events),
    intents: intents ?? nothing,
    bodies: bodies ?? nothing,
    erased,
    tag: bytes.subarray(layout.tag, layout.header),
    header,
    payloadHash: () => (erased ? payload : sha256(payload)),
    ...(reached ? { reached: reachedOf(reached) } : {}),
    ...(row ? { row } : {}),
    ...(due === undefined || due === null ? {} : { due: due === false ? null : due }),
    ...(usage ? { usage } : {}),
    ...seal,
  };
}

function reachedOf([paths, tags]: readonly [readonly string[], readonly string[]]): Reached {
  return { paths, tags };
}

function factsOf(
  metas: Rest[0],
  seq: number,
  count: number,
  at: number,
  payload: Buffer | undefined,
): readonly StoredFact[] {
  // A single fact's meta stands alone: a number, or a list that begins with one.
  const parts: unknown = count === 1 ? [metas] : metas;
  const list = (Array.isArray(parts) ? parts : []) as readonly Meta[];
  if (list.length !== count) throw corrupt('its facts do not match their count');
  const facts: StoredFact[] = [];
  let start = 0;
  for (let i = 0; i < count; i++) {
    const meta = list[i] ?? 0;
    const length = typeof meta === 'number' ? meta : meta[0];
    if (!Number.isSafeInteger(length) || length < 0) throw corrupt('a fact has no length');
    const event = payload?.subarray(start, start + length);
    start += length;
    if (event !== undefined && event.length !== length) throw corrupt('its payload is cut');
    facts.push(typeof meta === 'number' ? { seq: seq + i, at, event } : factOf(meta, seq + i, at, event));
  }
  if (payload !== undefined && start !== payload.length) throw corrupt('its payload has bytes of no fact');
  return facts;
}

function factOf(meta: Exclude<Meta, number>, seq: number, at: number, event: Buffer | undefined): StoredFact {
  const [, later, id, by, trace] = meta;
  return {
    seq,
    at: at + (later ?? 0),
    event,
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof by === 'string' ? { by } : {}),
    ...(typeof trace === 'string' ? { trace } : {}),
  };
}

/** The same record without its payload: its hash stays, so that the chain still verifies. */
export function erasedRecord(bytes: Buffer, offset = 0): Buffer {
  const layout = layoutOf(bytes, offset);
  if (layout === undefined) throw corrupt('its lengths reach beyond the stored bytes');
  if ((layout.flags & flag.erased) !== 0) return Buffer.from(bytes.subarray(offset, layout.end));
  const header = bytes.subarray(layout.header, layout.payload);
  const payload = bytes.subarray(layout.payload, layout.seal);
  const tag = bytes.subarray(layout.tag, layout.header);
  const seal = layout.end > layout.seal ? bytes.subarray(layout.seal, layout.end) : undefined;
  return recordOf(header, sha256(payload), tag, seal, flag.erased);
}
