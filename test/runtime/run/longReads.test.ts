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

/** Journal reads of `read`, which gives what is expected. */
async function counted<T>(troupe: Opened, read: () => Promise<T>, expected: T): Promise<number> {
  const before = (await troupe.stats()).journal.reads;
  expect(await read()).toBe(expected);
  return (await troupe.stats()).journal.reads - before;
}

interface Reads {
  readonly digest: number;
  readonly page: number;
}

async function readsOf(troupe: Opened, name: Name): Promise<Reads> {
  const run = troupe.run(name);
  const digest = await counted(troupe, async () => digestOf(run), lengths[name] + lastMessages);
  const page = await counted(troupe, async () => lastIn(run), `m${lastMessages}`);
  return { digest, page };
}

/** No digest touches more keys than that, and the long run's page no more than the short one's. */
async function assertReads(troupe: Opened, digestMax: number): Promise<Reads> {
  const [short, long] = [await readsOf(troupe, 'short'), await readsOf(troupe, 'long')];
  expect(Math.max(short.digest, long.digest)).toBeLessThanOrEqual(digestMax);
  expect(long.page).toBeLessThanOrEqual(short.page + marksMax);
  return long;
}

async function factsOf(run: Run): Promise<number> {
  let facts = 0;
  for await (const { seq } of run.history()) facts = seq;
  return facts;
}

test('a digest and the last page touch as many journal keys of a long run as of a short one', async () => {
  const directory = newDirectory();
  const first = await openSample({ directory, workers: 0 });
  for (const name of names) await talk(first.run(name), lengths[name]);
  // In memory.
  const { page } = await assertReads(first, 0);
  // The control: a read of everything is seen in these counts.
  const { seq } = await first.run('long').digest();
  const whole = await counted(first, async () => factsOf(first.run('long')), seq);
  expect(whole).toBeGreaterThan(page + marksMax);
  for (const name of names) await first.run(name).end({ cause: 'completed' });
  // Its seal beside it.
  await assertReads(first, 4);
  await first.close();
  // Its seal and its row: nobody is brought back.
  await assertReads(await openSample({ directory, workers: 0 }), 2);
});
