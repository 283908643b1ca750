/**
 * `verify` names the first commit that is not what was written, whatever was done to it.
 */
import { describe, expect, test } from 'vitest';
import { isTroupeError } from '../../actors/troupeError.ts';
import type { Commit } from '../../storage/commit.ts';
import { decodeCommit, encodeCommit, erasedRecord } from '../../storage/commitCodec.ts';
import { ended, fact, noted, sealAt, start } from '../../storage/conformance/drafts.ts';
import { Model } from '../../storage/conformance/model.ts';
import { newMemory, openMemoryJournal } from '../../storage/memory.ts';
import type { Memory } from '../../storage/memory.ts';
import { entryOf } from '../../storage/memory/medium.ts';
import type { Entry } from '../../storage/memory/medium.ts';
import { pack } from '../../storage/values.ts';
import { verify } from '../../storage/verify.ts';
import type { Verified } from '../../storage/verify.ts';

const address = 'run/a';

/** Eight commits with facts 1, 2–4, 5, 6–8, 9, 10–12, 13, 14; a snapshot after seq 8; sealed if asked for. */
async function history(isSealed: boolean): Promise<{ memory: Memory; model: Model }> {
  const memory = newMemory();
  const model = new Model();
  const writer = await openMemoryJournal(memory).writer(0);
  for (let i = 0; i < 7; i++) {
    const facts = i % 2 === 0 ? [fact(start + i)] : [fact(start + i), fact(start + i), fact(start + i)];
    await model.append(writer, [{ address, facts, row: { title: `step ${i}` } }, noted('run/other')]);
    if (i === 3) await model.append(writer, [], [model.snapshotOf(address, Buffer.from('state'))]);
  }
  await model.append(writer, [isSealed ? ended(address, start + 9) : noted(address)]);
  return { memory, model };
}

function entriesOf(memory: Memory): Entry[] {
  return memory.actors.get(address)!.entries;
}

/** The entry with other bytes, checksum and all: as somebody would edit them who knows the format. */
function exchanged(memory: Memory, i: number, record: Buffer): void {
  const { seq, to } = entriesOf(memory)[i]!;
  entriesOf(memory)[i] = entryOf(address, seq, to, record);
}

async function verdict(memory: Memory): Promise<Verified> {
  return verify(openMemoryJournal(memory), address);
}

describe('a history as it was written', () => {
  test('is proven to its last seq', async () => {
    expect(await verdict((await history(true)).memory)).toEqual({ ok: true, seq: 14 });
    expect(await verdict((await history(false)).memory)).toEqual({ ok: true, seq: 14 });
  });

  test('of more than one page is proven', async () => {
    const memory = newMemory();
    const model = new Model();
    const writer = await openMemoryJournal(memory).writer(0);
    for (let i = 0; i < 700; i++) await model.append(writer, [noted(address)]);
    expect(await verdict(memory)).toEqual({ ok: true, seq: 700 });
    const [one, other] = [entriesOf(memory)[600]!, entriesOf(memory)[601]!];
    exchanged(memory, 600, other.record);
    exchanged(memory, 601, one.record);
    expect(await verdict(memory)).toEqual({ ok: false, firstBadSeq: 601 });
  });

  test('that does not exist is NOT_FOUND', async () => {
    const error = await verify(openMemoryJournal(), address).catch((reason: unknown) => reason);
    expect(isTroupeError(error, 'NOT_FOUND')).toBe(true);
  });
});

const firstSeqs = [1, 2, 5, 6, 9, 10, 13, 14];

describe.each(firstSeqs.map((seq, i) => ({ seq, i })))('the commit at seq $seq', ({ seq, i }) => {
  test('is named when any byte of it was changed', async () => {
    const { memory } = await history(false);
    const { record } = entriesOf(memory)[i]!;
    for (let at = 0; at < record.length; at++) {
      const changed = Buffer.from(record);
      changed[at] = changed[at]! ^ 0x10;
      exchanged(memory, i, changed);
      expect(await verdict(memory)).toEqual({ ok: false, firstBadSeq: seq });
    }
  });

  test('is named when its checksum is wrong', async () => {
    const { memory } = await history(true);
    entriesOf(memory)[i]!.record[20]! ^= 1;
    expect(await verdict(memory)).toEqual({ ok: false, firstBadSeq: seq });
  });

  test('is named when it is gone', async () => {
    const { memory } = await history(true);
    entriesOf(memory).splice(i, 1);
    expect(await verdict(memory)).toEqual({ ok: false, firstBadSeq: seq });
  });

  test('is named when another stands in its place', async () => {
    const { memory } = await history(true);
    const other = encodeCommit(
      { ...noted(address, { facts: [fact(start, 'forged')] }), seq },
      Buffer.alloc(32, 1),
    );
    exchanged(memory, i, other.record);
    expect(await verdict(memory)).toEqual({ ok: false, firstBadSeq: seq });
  });

  test('is named when it is there twice', async () => {
    const { memory } = await history(false);
    entriesOf(memory).splice(i + 1, 0, entriesOf(memory)[i]!);
    expect(await verdict(memory)).toEqual({ ok: false, firstBadSeq: firstSeqs[i + 1] ?? 15 });
  });

  test('is named when the next one stands before it', async () => {
    const { memory } = await history(false);
    const entries = entriesOf(memory);
    if (i === 7) return;
    [entries[i], entries[i + 1]] = [entries[i + 1]!, entries[i]!];
    expect(await verdict(memory)).toEqual({ ok: false, firstBadSeq: seq });
  });

  test('is named when its text was edited and its own tag made anew', async () => {
    const { memory, model } = await history(false);
    const commits = model.told.get(address)!.commits;
    const { draft } = commits[i]!;
    const facts = draft.facts.map(({ at }) => fact(at, 'nothing happened here'));
    const edited = encodeCommit({ ...draft, facts }, commits[i - 1]?.chain ?? Buffer.alloc(32));
    exchanged(memory, i, edited.record);
    // Its own tag fits; what cannot fit is the next one, or for the last one nothing but a seal.
    const next = firstSeqs[i + 1];
    expect(await verdict(memory)).toEqual(
      next === undefined ? { ok: true, seq: 14 } : { ok: false, firstBadSeq: next },
    );
  });

  test('is erased without breaking anything', async () => {
    const { memory } = await history(true);
    const { record, to } = entriesOf(memory)[i]!;
    exchanged(memory, i, erasedRecord(record));
    expect(await verdict(memory)).toEqual({ ok: true, seq: 14, erased: [[seq, to]] });
  });
});

describe('the seal', () => {
  /** The last record with another text for its seal, and the same as the actor's seal. */
  async function withSeal(edit: (text: string) => string, isStoredToo = true): Promise<Verified> {
    const { memory } = await history(true);
    const { record } = entriesOf(memory).at(-1)!;
    const seal = decodeCommit(record).seal!;
    const text = edit(Buffer.from(seal).toString());
    const head = Buffer.from(record.subarray(0, record.length - seal.length));
    head.writeUInt32BE(Buffer.byteLength(text), 5);
    exchanged(memory, 7, Buffer.concat([head, Buffer.from(text)]));
    if (isStoredToo) memory.actors.get(address)!.seal = Buffer.from(text);
    return verdict(memory);
  }

  test('as it was written is proven', async () => {
    expect(await withSeal((text) => text)).toEqual({ ok: true, seq: 14 });
  });

  test('with another digest is told by the digest hash', async () => {
    const verified = await withSeal((text) => text.replace('"facts":1', '"facts":2'));
    expect(verified).toEqual({ ok: false, field: 'seal.digestHash' });
  });

  test('with another chain is told by the chain', async () => {
    const verified = await withSeal((text) => text.replace(/"chain":"./, '"chain":"x'));
    expect(verified).toEqual({ ok: false, field: 'seal.chain' });
  });

  test('that is no JSON, or not the one of the commit, is told', async () => {
    expect(await withSeal(() => '{')).toEqual({ ok: false, field: 'seal' });
    expect(await withSeal((text) => text.replace('done', 'fail'), false)).toEqual({
      ok: false,
      field: 'seal',
    });
  });

  test('before the end makes its commit a bad one', async () => {
    const { memory, model } = await history(false);
    const { draft } = model.told.get(address)!.commits[2]!;
    const previous = model.told.get(address)!.commits[1]!.chain;
    exchanged(memory, 2, encodeCommit({ ...draft, seal: sealAt(start) }, previous).record);
    expect(await verdict(memory)).toEqual({ ok: false, firstBadSeq: 5 });
  });

  test('is compared with a digest folded anew', async () => {
    const { memory } = await history(true);
    const journal = openMemoryJournal(memory);
    const counting = (digest: unknown, { facts }: Commit): unknown =>
      ((digest as number | undefined) ?? 0) + facts.length;
    expect(await verify(journal, address, { fold: counting })).toEqual({ ok: false, field: 'digest' });
    const fold = (): unknown => ({ names: ['a', 'b'], facts: 1 });
    expect(await verify(journal, address, { fold })).toEqual({ ok: true, seq: 14, isRefolded: true });
    expect(await verify(journal, address, { fold: counting, schema: 999 })).toEqual({ ok: true, seq: 14 });
    await journal.erase(address, 'bodies');
    expect(await verify(journal, address, { fold: counting })).toMatchObject({ ok: true });
  });
});

describe('a history of which the beginning was erased', () => {
  async function cut(commits: number, isSnapshotKept: boolean): Promise<Memory> {
    const { memory } = await history(true);
    const actor = memory.actors.get(address)!;
    const gone = actor.entries.splice(0, commits).at(-1)!.to;
    actor.standing = { ...actor.standing, erased: { bodiesTo: gone, historyTo: gone } };
    if (!isSnapshotKept) actor.snapshots = [];
    return memory;
  }

  test('is proven from a snapshot at the cut', async () => {
    expect(await verdict(await cut(4, true))).toEqual({ ok: true, seq: 14, erased: [[1, 8]] });
  });

  test('is proven from the first snapshot behind it, and says what no chain reaches', async () => {
    const memory = await cut(2, true);
    expect(await verdict(memory)).toEqual({ ok: true, seq: 14, erased: [[1, 4]], unchecked: [5, 8] });
    const { record } = entriesOf(memory)[3]!;
    exchanged(memory, 3, Buffer.concat([record.subarray(0, -1), Buffer.of(0)]));
    expect(await verdict(memory)).toMatchObject({ ok: false, firstBadSeq: 10 });
  });

  test('without a snapshot is only checked for gaps and by its seal', async () => {
    const memory = await cut(4, false);
    expect(await verdict(memory)).toEqual({ ok: true, seq: 14, erased: [[1, 8]], unchecked: [9, 14] });
    entriesOf(memory).splice(1, 1);
    expect(await verdict(memory)).toEqual({ ok: false, firstBadSeq: 10 });
  });

  test('takes no snapshot of another history for its own', async () => {
    const memory = await cut(2, true);
    const [snapshot] = memory.actors.get(address)!.snapshots;
    memory.actors.get(address)!.snapshots = [{ ...snapshot!, chain: Buffer.alloc(32, 1) }];
    expect(await verdict(memory)).toMatchObject({ ok: true, unchecked: [5, 14] });
  });

  test('and nothing of it left still has a seal to prove', async () => {
    const { memory } = await history(true);
    await openMemoryJournal(memory).erase(address, 'history');
    expect(await verdict(memory)).toEqual({ ok: true, seq: 14, erased: [[1, 14]] });
    const seal = Buffer.from(memory.actors.get(address)!.seal!).toString();
    memory.actors.get(address)!.seal = Buffer.from(seal.replace('"facts":1', '"facts":2'));
    expect(await verdict(memory)).toEqual({ ok: false, field: 'seal.digestHash' });
  });
});

test('a fact that was appended while it ran is left to the next time', async () => {
  const { memory, model } = await history(false);
  const journal = openMemoryJournal(memory);
  const writer = await journal.writer(0);
  const running = verify(journal, address);
  await model.append(writer, [{ address, facts: [{ event: pack('late').bytes, at: start }] }]);
  expect(await running).toEqual({ ok: true, seq: 14 });
  expect(await verify(journal, address)).toEqual({ ok: true, seq: 15 });
});
