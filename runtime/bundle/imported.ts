/**
 * A bundle taken into a directory: first all of it is made again and held against its chain, then it is
 * written. Nothing is guessed: what does not prove itself changes nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import { isAddress } from '../../actors/address.ts';
import type { Address } from '../../actors/address.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import { chainStart, sha256 } from '../../storage/chain.ts';
import type { EncodedCommit, Seal } from '../../storage/commit.ts';
import { encodeCommit } from '../../storage/commitCodec.ts';
import type { Journal } from '../../storage/journal.ts';
import { factOf } from '../history.ts';
import { plain } from '../http/plain.ts';
import { bundleVersion, draftIn } from './bundle.ts';
import type { BundleCommit, BundleHead } from './bundle.ts';

/** Its lines, from the first one on, as often as they are asked for. */
export type Lines = () => AsyncIterable<string>;

/** Commits in one append. */
const appendMax = 256;

/** The head of a bundle that is what it says. */
export async function provenHead(lines: Lines): Promise<BundleHead> {
  const head = await headOf(lines);
  let chain: Uint8Array = chainStart;
  let seq = 0;
  let seal: Seal | undefined;
  let owes = false;
  for await (const commit of commitsIn(head, lines)) {
    ({ chain, to: seq, seal } = commit);
    const { due } = commit.draft;
    if (due !== undefined) owes = due !== null;
  }
  const isSame = Buffer.from(chain).toString('hex') === head.chain && seq === head.seq;
  if (!isSame || !isSameAsRead(seal, head.seal))
    throw unfit('its commits do not lead to the chain and the seal that it tells');
  const status = seal === undefined ? 'live' : 'sealed';
  if (head.status !== status || head.owes !== owes)
    throw unfit('its first line says otherwise than its commits whether it has ended, and what it owes');
  if (seal !== undefined && head.digest !== undefined && !isSameAsRead(seal.digest, head.digest))
    throw unfit('the digest of its first line is not the sealed one');
  return head;
}

/**
 * Durable when it resolves. Where a part of the same history stands already (an import that was cut short, an
 * older bundle), it goes on from there; `CONFLICT` where another history does.
 */
export async function imported(journal: Journal, head: BundleHead, lines: Lines): Promise<void> {
  const { address } = head;
  const here = await standingOf(journal, address);
  const writer = await journal.writer(0);
  try {
    let commits: EncodedCommit[] = [];
    let isBehind = here.seq === 0;
    for await (const commit of commitsIn(head, lines)) {
      if (isBehind) commits.push(commit);
      else isBehind = isSameTo(commit, here);
      if (commits.length === appendMax) await writer.append(commits.splice(0));
    }
    if (!isBehind) throw foreign(address);
    if (commits.length > 0) await writer.append(commits);
    commits = [];
  } finally {
    await writer.close();
  }
}

interface Standing {
  readonly seq: number;
  /** How the chain after its last commit begins. */
  readonly tag: Uint8Array;
}

async function standingOf(journal: Journal, address: Address): Promise<Standing> {
  const { seq = 0 } = (await journal.last(address)) ?? {};
  if (seq === 0) return { seq, tag: chainStart };
  const { commits } = await journal.read(address, { after: seq - 1 });
  const { tag } = commits.at(-1) ?? {};
  if (tag === undefined) throw foreign(address); // Its history was erased.
  return { seq, tag };
}

/** Whether what stands here ends with this commit, as it is in the bundle. */
function isSameTo({ to, chain, draft }: EncodedCommit, here: Standing): boolean {
  if (to < here.seq) return false;
  const isSame = to === here.seq && Buffer.from(chain.subarray(0, here.tag.length)).equals(here.tag);
  if (!isSame) throw foreign(draft.address);
  return true;
}

function foreign(address: string): TroupeError {
  const text =
    `${address} has a history here already, which is not the beginning of this one: ` +
    'a bundle goes where there is none, or a part of its own.';
  return new TroupeError('CONFLICT', text, { address });
}

async function headOf(lines: Lines): Promise<BundleHead> {
  for await (const line of lines()) {
    const head = parsed(line) as Partial<BundleHead> | null;
    if (head?.troupe !== 'bundle') throw unfit('its first line is no head of one');
    if (head.version !== bundleVersion)
      throw unfit(`its version is ${String(head.version)}, this program knows ${bundleVersion}`);
    if (!isAddress(head.address)) throw unfit('its address is none');
    return head as BundleHead;
  }
  throw unfit('it is empty');
}

/** Each made again, chained onto the one before. */
async function* commitsIn(
  { address }: BundleHead,
  lines: Lines,
): AsyncGenerator<EncodedCommit, void, undefined> {
  let [chain, next, isHead]: [Uint8Array, number, boolean] = [chainStart, 1, true];
  for await (const line of lines()) {
    if (isHead) {
      isHead = false;
      continue;
    }
    if (line === '') continue;
    const { record, facts, seq, to } = parsed(line) as Partial<BundleCommit>;
    if (typeof record !== 'string')
      throw unfit(`what was erased of it is missing from #${next} on: it can only be read`);
    const commit = encoded(record, chain, next);
    if (commit.draft.address !== address || commit.draft.seq !== next)
      throw unfit(`another commit stands where #${next} belongs`);
    if (seq !== next || to !== commit.to || !isSameAsRead(factsOf(commit), facts))
      throw unfit(`the facts that are read at #${next} are not those of its record`);
    [chain, next] = [commit.chain, commit.to + 1];
    yield commit;
  }
}

function encoded(record: string, chain: Uint8Array, seq: number): EncodedCommit {
  try {
    return encodeCommit(draftIn(record), chain);
  } catch (error) {
    throw unfit(
      `its commit at #${seq} is damaged (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

/** As a bundle has them to be read; `CORRUPT` where a large leaf is not the one that is meant. */
function factsOf({ draft }: EncodedCommit): readonly unknown[] {
  const bodies = new Map(draft.bodies?.map(({ hash, bytes }) => [hash, bytes]));
  for (const [hash, bytes] of bodies) {
    if (sha256(bytes).toString('hex') !== hash) throw unfit(`a large text at #${draft.seq} was changed`);
  }
  return draft.facts.map(({ event, at, id, by, trace }, index) => {
    const noted = { ...(id !== undefined && { id }), ...(by !== undefined && { by }) };
    const stored = { seq: draft.seq + index, at, event, ...noted, ...(trace !== undefined && { trace }) };
    return plain(factOf(stored, event, (hash) => bodies.get(hash)));
  });
}

/** Whether this, written as JSON, is what was read. */
function isSameAsRead(value: unknown, read: unknown): boolean {
  return isDeepStrictEqual(value === undefined ? undefined : JSON.parse(JSON.stringify(value)), read);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw unfit('a line of it is no JSON');
  }
}

function unfit(why: string): TroupeError {
  return new TroupeError('CORRUPT', `This is no bundle that can be taken in: ${why}.`, { why });
}
