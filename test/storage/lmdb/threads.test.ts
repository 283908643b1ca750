/**
 * Ending threads that write: LMDB's lock dies with a thread that is ended inside a transaction, so the gate
 * keeps that from happening.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { walk } from '../../../storage/conformance/answers.ts';
import { noted } from '../../../storage/conformance/drafts.ts';
import { Model } from '../../../storage/conformance/model.ts';
import { joinLmdbJournal, openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import { verify } from '../../../storage/verify.ts';
import { continued } from '../../crash/continued.ts';
import { node } from '../../crash/puppeteer.ts';
import { Scratch } from './scratch.ts';

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** A thread that appends to its slot without end, and says so after every tenth append. */
const appends = `
  import { parentPort, workerData } from 'node:worker_threads';
  import { noted } from ${url('../../../storage/conformance/drafts.ts')};
  import { Model } from ${url('../../../storage/conformance/model.ts')};
  import { joinLmdbJournal } from ${url('../../../storage/lmdb/journal.ts')};
  import { continued } from ${url('../../crash/continued.ts')};
  const journal = joinLmdbJournal(workerData.share);
  const writer = await journal.writer(workerData.slot);
  const model = new Model();
  const address = 'run/' + workerData.slot;
  const end = await continued(journal, address);
  if (end !== undefined) model.took([end]);
  for (let i = 1; ; i++) {
    await model.append(writer, [noted(address)]);
    if (i % 10 === 0) parentPort.postMessage(model.seqOf(address));
    await new Promise((resolve) => setImmediate(resolve));
  }`;

test('threads are ended at random instants, their slots taken again, and the others go on', async () => {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  const script = new URL(`data:text/javascript,${encodeURIComponent(appends)}`);
  const start = (slot: number): Worker =>
    new Worker(script, { workerData: { share: journal.share(), slot } });
  const workers = [start(0), start(1)];
  const acknowledged = [0, 0];
  for (let round = 0; round < 8; round++) {
    const slot = round % 2;
    for (const [i, worker] of workers.entries()) {
      const [seq] = (await once(worker, 'message')) as [number];
      acknowledged[i] = Math.max(acknowledged[i]!, seq);
    }
    await journal.quietly(async () => workers[slot]!.terminate());
    workers[slot] = start(slot);
  }
  await journal.quietly(async () => Promise.all(workers.map(async (worker) => worker.terminate())));
  for (const [slot, seq] of acknowledged.entries()) {
    expect((await walk(journal, `run/${slot}`)).length).toBeGreaterThanOrEqual(seq);
    expect(await verify(journal, `run/${slot}`)).toMatchObject({ ok: true });
  }
  // The main thread takes a slot over as well.
  const model = new Model();
  const writer = await journal.writer(0);
  model.took([(await continued(journal, 'run/0'))!]);
  await model.append(writer, [noted('run/0')]);
  await journal.close();
}, 60_000);

test('a process that exits while its threads write does exit, and is opened again', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  const script = join(scratch.path, 'exits.mjs');
  writeFileSync(
    script,
    `import { Worker } from 'node:worker_threads';
     import { openLmdbJournal } from ${url('../../../storage/lmdb/journal.ts')};
     const journal = await openLmdbJournal({ directory: process.argv[2] });
     const script = new URL('data:text/javascript,' + process.argv[3]);
     const workers = [0, 1, 2].map(
       (slot) => new Worker(script, { workerData: { share: journal.share(), slot } }),
     );
     let messages = 0;
     for (const worker of workers) worker.on('message', () => { if (++messages === 20) process.exit(7); });`,
  );
  const child = spawn(node, [script, directory, encodeURIComponent(appends)], { stdio: 'inherit' });
  expect(await once(child, 'exit')).toEqual([7, null]);
  const journal = await openLmdbJournal({ directory });
  let appended = 0;
  for (const slot of [0, 1, 2]) {
    const standing = await journal.last(`run/${slot}`);
    appended += standing?.seq ?? 0;
    if (standing !== undefined) expect(await verify(journal, standing.address)).toMatchObject({ ok: true });
  }
  // Each of the twenty messages stands for ten appends.
  expect(appended).toBeGreaterThanOrEqual(200);
  await journal.close();
}, 60_000);

test('while the gate is closed the thread that closed it writes all the same', async () => {
  using scratch = new Scratch();
  const journal = await openLmdbJournal({ directory: scratch.journal() });
  const model = new Model();
  const writer = await journal.writer(0);
  await journal.quietly(async () => model.append(writer, [noted('run/a')]));
  await model.append(writer, [noted('run/a')]);
  const joined = joinLmdbJournal(journal.share());
  expect((await joined.last('run/a'))?.seq).toBe(2);
  await joined.close();
  await journal.close();
});
