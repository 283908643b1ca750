/** Whatever byte of a run's stored history is changed: `verify` finds it, and says where (contract S3). */
import { beforeAll, describe, expect, test } from 'vitest';
import { entryOf } from '../../../storage/memory/medium.ts';
import { newMemory, openMemoryJournal } from '../../../storage/memory.ts';
import { verify } from '../../../storage/verify.ts';
import type { Verified } from '../../../storage/verify.ts';
import { openTestTroupe } from '../../../runtime/testing.ts';

const address = 'run/a';
const memory = newMemory();
const journal = () => openMemoryJournal(memory);
const stored = () => memory.actors.get(address)!;

/** A thousand events in commits of some twenty, with a seal at the end. */
beforeAll(async () => {
  await using stage = await openTestTroupe({ memory });
  const run = stage.troupe.run('a');
  await run.start({ title: 'A long day', engine: 'claude', labels: { team: 'blue' } });
  for (let n = 0; n < 99; n++) {
    const turnId = `t${n}`;
    const messageId = `m${n}`;
    const callId = `c${n}`;
    await Promise.all([
      run.prompt(`Do part ${n}`, { promptId: `p${n}` }),
      run.send({ type: 'turn.start', turnId, promptId: `p${n}` }),
      run.send({ type: 'message.start', messageId, role: 'assistant' }),
      run.send({ type: 'message.delta', messageId, part: 'text', text: `part ${n} is being done` }),
      run.send({ type: 'tool.call', callId, name: 'shell', input: { command: `make part${n}` } }),
      run.send({ type: 'tool.end', callId, ok: n % 7 !== 0, output: `made ${n}` }),
      run.send({ type: 'message.delta', messageId, part: 'text', text: `part ${n} is done` }),
      run.send({ type: 'message.end', messageId }),
      run.send({ type: 'note', n } as { type: 'note' }),
      run.send({ type: 'turn.end', turnId, status: 'ok' }),
    ]);
  }
  for (let n = 0; n < 7; n++) await run.send({ type: 'error', class: 'network', message: `try ${n}` });
  await run.end({ cause: 'completed' });
});

/** What verify says with one byte changed; with `crc`, by somebody who knows the format of the file. */
async function withByte(index: number, offset: number, mask: number, crc: boolean): Promise<Verified> {
  const { entries } = stored();
  const entry = entries[index]!;
  const record = Buffer.from(entry.record);
  record[offset]! ^= mask;
  entries[index] = crc ? entryOf(address, entry.seq, entry.to, record) : { ...entry, record };
  try {
    return await verify(journal(), address);
  } finally {
    entries[index] = entry;
  }
}

/** Every mask comes up: what is told apart is not only one bit. */
const maskAt = (offset: number): number => 1 + (offset % 255);

async function missed(index: number, step: number, crc = true): Promise<string[]> {
  const { record, seq } = stored().entries[index]!;
  const found: string[] = [];
  for (let offset = index % step; offset < record.length; offset += step) {
    const verified = await withByte(index, offset, maskAt(offset), crc);
    const isNamed = !verified.ok && (verified.firstBadSeq === seq || verified.field !== undefined);
    if (!isNamed) found.push(`byte ${offset} of ${record.length}: ${JSON.stringify(verified)}`);
  }
  return found;
}

describe('a sealed run of a thousand events', () => {
  test('is proven as it was written', async () => {
    const { standing, entries } = stored();
    expect([standing.seq, standing.sealed]).toEqual([1000, true]);
    expect(entries.length).toBeGreaterThan(50);
    expect(await verify(journal(), address)).toEqual({ ok: true, seq: 1000 });
  });

  test('every byte of its first commit, and of one in the middle, is missed when it is another', async () => {
    const { length } = stored().entries;
    for (const index of [0, Math.floor(length / 2)]) expect(await missed(index, 1)).toEqual([]);
  });

  test('so is every third of its last, which holds the seal', async () => {
    expect(await missed(stored().entries.length - 1, 3)).toEqual([]);
  });

  test('so are samples of all others', async () => {
    for (let index = 0; index < stored().entries.length; index++) expect(await missed(index, 97)).toEqual([]);
  });

  test('so are bytes that are changed by chance, under the old checksum', async () => {
    for (let index = 0; index < stored().entries.length; index += 10)
      expect(await missed(index, 101, false)).toEqual([]);
  });

  test('so is every fifth byte of the seal beside it', async () => {
    const actor = stored();
    const seal = actor.seal!;
    const found: number[] = [];
    for (let offset = 0; offset < seal.length; offset += 5) {
      const changed = Uint8Array.from(seal);
      changed[offset]! ^= maskAt(offset);
      actor.seal = changed;
      const verified = await verify(journal(), address);
      if (verified.ok || verified.field === undefined) found.push(offset);
    }
    actor.seal = seal;
    expect(found).toEqual([]);
  });

  test('so are commits that are dropped, doubled or exchanged', async () => {
    const actor = stored();
    const { entries } = actor;
    const middle = Math.floor(entries.length / 2);
    const [one, other] = [entries[middle]!, entries[middle + 1]!];
    const around = [entries.slice(0, middle), entries.slice(middle + 2)] as const;
    for (const pair of [[one], [other], [one, one], [one, one, other], [other, one]]) {
      actor.entries = [...around[0], ...pair, ...around[1]];
      expect(await verify(journal(), address)).toMatchObject({ ok: false });
    }
    actor.entries = entries;
    expect(await verify(journal(), address)).toEqual({ ok: true, seq: 1000 });
  });
});
