/** Reading a run touches as much of the journal as ever, however long it is (counted on LMDB). */
import { expect, test, vi } from 'vitest';
import type { Run } from '../../../runtime/run.ts';
import type { Sample } from '../open.ts';
import { newDirectory, openSample } from '../open.ts';
import type { DefinitionsOf, Troupe } from '../../../runtime/index.ts';

vi.setConfig({ testTimeout: 60_000 });

type Opened = Troupe<DefinitionsOf<Sample>>;

/** Messages before the last ones. */
const lengths = { short: 0, long: 3000 } as const;
type Name = keyof typeof lengths;
const names = Object.keys(lengths) as Name[];
/** Two facts each, one a commit: with these, a page of history is the same in both. */
const lastMessages = 130;
/** A mark that is near, or not. */
const marksMax = 2;

async function talk(run: Run, messages: number): Promise<void> {
  await run.start();
  for (let n = 1; n <= messages; n++) {
    const messageId = `early ${n}`;
    run.push({ type: 'message.start', messageId, role: 'assistant' });
    run.push({ type: 'message.end', messageId });
    if (n % 100 === 0) await run.flush();
  }
  for (let n = 1; n <= lastMessages; n++) {
    const messageId = `m${n}`;
    await run.send({ type: 'message.start', messageId, role: 'assistant' });
    await run.send({ type: 'message.end', messageId });
  }
}

async function digestOf(run: Run): Promise<number> {
  return (await run.digest()).digest.messages.byRole['assistant'] ?? 0;
}

async function lastIn(run: Run): Promise<string | undefined> {
  for await (const { messages } of run.messages({ last: 3 })) return messages.at(-1)?.messageId;
  return undefined;
}

/** Journal reads of a digest and of the last page, for each length. */
async function readsOf(
  troupe: Opened,
  of: readonly Name[] = names,
): Promise<readonly (readonly [digest: number, page: number])[]> {
  const counted = async (read: () => Promise<unknown>, expected: unknown): Promise<number> => {
    const before = (await troupe.stats()).journal.reads;
    expect(await read()).toBe(expected);
    return (await troupe.stats()).journal.reads - before;
  };
  const all: (readonly [number, number])[] = [];
  for (const name of of) {
    const run = troupe.run(name);
    const digest = await counted(async () => digestOf(run), lengths[name] + lastMessages);
    all.push([digest, await counted(async () => lastIn(run), `m${lastMessages}`)]);
  }
  return all;
}

test('a digest and the last page touch as many journal keys of a long run as of a short one', async () => {
  const directory = newDirectory();
  const first = await openSample({ directory, workers: 0 });
  for (const name of names) await talk(first.run(name), lengths[name]);
  const live = await readsOf(first);
  for (const name of names) await first.run(name).end({ cause: 'completed' });
  const sealed = await readsOf(first);
  await first.close();
  const second = await openSample({ directory, workers: 0 });
  const restarted = await readsOf(second);
  for (const [short, long] of [live, sealed, restarted]) {
    expect(long![0]).toBe(short![0]);
    expect(long![1]).toBeLessThanOrEqual(short![1] + marksMax);
  }
  const digests = [live, sealed, restarted].map(([short]) => short![0]);
  // In memory; then its seal beside it; then the actor is brought back, and nothing of its history is.
  expect(digests[0]).toBe(0);
  expect(digests[1]).toBeLessThanOrEqual(4);
  expect(digests[2]).toBeLessThanOrEqual(8);
});

test('reading a whole history is seen in these counts', async () => {
  const troupe = await openSample({ workers: 0 });
  await talk(troupe.run('long'), lengths.long);
  const [[, page] = [0, 0]] = await readsOf(troupe, ['long']);
  const before = (await troupe.stats()).journal.reads;
  let facts = 0;
  for await (const { seq } of troupe.run('long').history()) facts = seq;
  expect(facts).toBeGreaterThan(2 * lengths.long);
  expect((await troupe.stats()).journal.reads - before).toBeGreaterThan(page + marksMax);
});
