/**
 * Cases of upkeep: erasing, retention, compaction, backups and damage (J9, J10, J12).
 */
import { strict as assert } from 'node:assert';
import type { Address } from '../../actors/address.ts';
import { isTroupeError } from '../../actors/troupeError.ts';
import type { Upkeep } from '../journal.ts';
import { verify } from '../verify.ts';
import { assertAnswers, walk } from './answers.ts';
import { assertRefused } from './appending.ts';
import { bulky, ended, fact, noted, randomParts, start } from './drafts.ts';
import type { AnyJournal, Outcome, Scene, SceneCase } from './scene.ts';
import { shown, written } from './shown.ts';

const [a, b, c] = ['run/a', 'run/b', 'pty/c'];

/** Now, after compaction, and after opening again. */
async function agrees(scene: Scene): Promise<void> {
  await assertAnswers(scene.journal, scene.model, scene.random);
  await scene.journal.compact?.();
  await assertAnswers(scene.journal, scene.model, scene.random);
  await scene.reopen();
  await scene.journal.compact?.();
  await assertAnswers(scene.journal, scene.model, scene.random);
}

function lacking(journal: AnyJournal, ability: keyof Upkeep): Outcome {
  return journal[ability] === undefined ? { skipped: `this journal has no ${ability}` } : undefined;
}

async function erase(scene: Scene, address: Address, what: 'bodies' | 'history'): Promise<void> {
  await scene.journal.erase?.(address, what);
  scene.model.erased(address, what);
}

/** Two actors with bodies, snapshots, everything; `a` has ended, `b` lives. */
async function lives(scene: Scene): Promise<void> {
  const { random, model } = scene;
  for (let i = 0; i < 20; i++)
    await scene.append([randomParts(random, a, start + i), randomParts(random, b, start + i)]);
  await scene.append([bulky(a, 'x').parts, bulky(b, 'x').parts]);
  await scene.append([ended(a, start + 30, { row: { title: 'kept' }, due: null })], 0, [
    model.snapshotOf(a, Buffer.from('state of a')),
    model.snapshotOf(b, Buffer.from('old state of b')),
  ]);
  await scene.append([noted(b)]);
  await scene.append([], 0, [model.snapshotOf(b, Buffer.from('state of b'))]);
}

async function erasedBodies(scene: Scene): Promise<Outcome> {
  if (scene.journal.erase === undefined) return lacking(scene.journal, 'erase');
  await lives(scene);
  await erase(scene, a, 'bodies');
  await erase(scene, b, 'bodies');
  await agrees(scene);
  const seq = scene.model.seqOf(a);
  assert.deepEqual(await verify(scene.journal, a), { ok: true, seq, erased: [[1, seq]] });
  const last = scene.model.seqOf(b);
  await scene.append([noted(b), bulky(b, 'x').parts]);
  await agrees(scene);
  assert.deepEqual(await verify(scene.journal, b), { ok: true, seq: last + 2, erased: [[1, last]] });
  await assertRefused(scene.journal.erase('run/nobody', 'bodies'), 'NOT_FOUND');
  return undefined;
}

async function erasedHistory(scene: Scene): Promise<Outcome> {
  if (scene.journal.erase === undefined) return lacking(scene.journal, 'erase');
  await lives(scene);
  const seal = await scene.journal.seal(a);
  await erase(scene, a, 'history');
  await erase(scene, b, 'history');
  await agrees(scene);
  assert.deepEqual(await walk(scene.journal, a), []);
  assert.deepEqual(
    Buffer.from((await scene.journal.seal(a)) ?? []),
    Buffer.from(seal ?? []),
    'the seal stays',
  );
  const [seq, last] = [scene.model.seqOf(a), scene.model.seqOf(b)];
  assert.deepEqual(await verify(scene.journal, a), { ok: true, seq, erased: [[1, seq]] });
  await scene.append([noted(b), noted(b)]);
  await agrees(scene);
  assert.deepEqual(await verify(scene.journal, b), { ok: true, seq: last + 2, erased: [[1, last]] });
  await assertRefused((await scene.writer()).append(scene.model.encoded([noted(a)])), 'SEALED');
  return undefined;
}

/** Erased before anything was closed, carried out or compacted; and erased twice. */
async function erasedTwice(scene: Scene): Promise<Outcome> {
  if (scene.journal.erase === undefined) return lacking(scene.journal, 'erase');
  await scene.append([noted(a), bulky(a, 'x').parts, noted(b)]);
  await erase(scene, a, 'bodies');
  await scene.append([noted(a), noted(b)]);
  await erase(scene, a, 'bodies');
  await assertAnswers(scene.journal, scene.model, scene.random);
  await erase(scene, a, 'history');
  await scene.append([noted(a, { row: { title: 'later' } })]);
  await erase(scene, a, 'bodies');
  await agrees(scene);
  await scene.append([noted(a)], 1);
  await agrees(scene);
  return undefined;
}

/** Ended at start + 10, 20, 30, 40; `lives` lives on. */
async function ages(scene: Scene): Promise<void> {
  for (const i of [1, 2, 3, 4]) {
    const usage = [{ hour: 486_111, key: ['model'], counts: [i] }];
    await scene.append([noted(`run/${i}`), ended(`run/${i}`, start + 10 * i, { usage })], i % 2);
  }
  await scene.append([noted('run/lives')]);
}

const nothing = { histories: 0, rows: 0, addresses: [] };

async function expired(scene: Scene): Promise<Outcome> {
  if (scene.journal.expire === undefined) return lacking(scene.journal, 'expire');
  await ages(scene);
  assert.deepEqual(await scene.journal.expire({ historyBefore: start + 30, since: start + 20 }), {
    histories: 1,
    rows: 0,
    addresses: ['run/2'],
  });
  assert.deepEqual((await scene.journal.expire({ historyBefore: start + 30 })).addresses, ['run/1']);
  for (const i of [1, 2]) scene.model.erased(`run/${i}`, 'history');
  await agrees(scene);
  assert.deepEqual(await scene.journal.expire({ historyBefore: start + 30 }), nothing);
  assert.equal((await scene.journal.expire({ historyBefore: start + 99, limit: 1 })).histories, 1);
  await scene.journal.expire({ historyBefore: start + 99 });
  for (const i of [3, 4]) scene.model.erased(`run/${i}`, 'history');
  await agrees(scene);
  return undefined;
}

async function forgotten(scene: Scene): Promise<Outcome> {
  if (scene.journal.expire === undefined) return lacking(scene.journal, 'expire');
  await ages(scene);
  assert.equal((await scene.journal.expire({ rowBefore: start + 20 })).rows, 1);
  scene.model.forgot('run/1');
  await assertUnborn(scene, 'run/1');
  await scene.reopen();
  assert.equal((await scene.journal.expire({ rowBefore: start + 40 })).rows, 2);
  for (const i of [2, 3]) scene.model.forgot(`run/${i}`);
  for (const i of [1, 2, 3]) await assertUnborn(scene, `run/${i}`);
  await agrees(scene);
  for (const i of [1, 2, 3]) await assertUnborn(scene, `run/${i}`);
  return undefined;
}

async function assertUnborn(scene: Scene, address: Address): Promise<void> {
  const writer = await scene.writer();
  const { journal, model } = scene;
  const next = model.encoded([noted(address)]);
  const born = model
    .encoded([noted('run/new')])
    .map((commit) => ({ ...commit, draft: { ...commit.draft, address } }));
  await assertRefused(writer.append(born), 'SEALED');
  await assertRefused(writer.append(next), 'SEALED');
  assert.equal(await journal.last(address), undefined);
  assert.deepEqual(
    (await journal.rows({ status: 'sealed' })).rows.filter((row) => row.address === address),
    [],
  );
}

/** Retention takes nobody who still owes a message. */
async function owing(scene: Scene): Promise<Outcome> {
  if (scene.journal.expire === undefined) return lacking(scene.journal, 'expire');
  await scene.append([noted(a), ended(a, start, { due: start + 5 }), noted(b), ended(b, start)]);
  assert.deepEqual((await scene.journal.expire({ historyBefore: start + 1 })).histories, 1);
  scene.model.erased(b, 'history');
  await agrees(scene);
  return undefined;
}

async function cursorGone(scene: Scene): Promise<Outcome> {
  if (scene.journal.expire === undefined) return lacking(scene.journal, 'expire');
  await scene.append([noted(a)]);
  const early = (await scene.journal.tail()).cursor;
  await scene.append([noted(a), ended(a)]);
  await scene.append([noted(b)]);
  const late = (await scene.journal.tail()).cursor;
  await scene.journal.expire({ historyBefore: start + 1 });
  scene.model.erased(a, 'history');
  for (let i = 0; i < 2; i++) {
    await assertRefused(scene.journal.tail(early), 'CURSOR_GONE');
    assert.deepEqual((await scene.journal.tail(late)).commits, []);
    await agrees(scene);
  }
  await scene.append([noted(c)]);
  assert.deepEqual(
    (await scene.journal.tail(late)).commits.map(({ address }) => address),
    [c],
  );
  return undefined;
}

async function compacted(scene: Scene): Promise<Outcome> {
  if (scene.journal.compact === undefined) return lacking(scene.journal, 'compact');
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 20; j++) {
      const slot = scene.random.below(2);
      const address = `run/${slot}-${scene.random.below(3)}`;
      await scene.append([randomParts(scene.random, address, start + 20 * i + j)], slot);
    }
    await agrees(scene);
  }
  return undefined;
}

async function backedUp(scene: Scene): Promise<Outcome> {
  const { backups } = scene.place;
  if (scene.journal.backup === undefined) return lacking(scene.journal, 'backup');
  if (backups === undefined) return { skipped: 'backup is UNSUPPORTED: this medium has no files' };
  await lives(scene);
  await erase(scene, a, 'bodies');
  const path = backups.path();
  assert.ok((await scene.journal.backup(path)).bytes > 0);
  const copy = scene.also(await backups.open(path));
  await assertAnswers(copy, scene.model, scene.random);
  await scene.append([noted(b)]);
  await assertAnswers(scene.journal, scene.model, scene.random);
  await (await copy.writer(0)).append(scene.model.encoded([noted(c)]));
  assert.equal((await copy.last(c))?.seq, 1, 'a backup is a journal of its own');
  assert.equal(await scene.journal.last(c), undefined);
  return undefined;
}

async function damaged(scene: Scene): Promise<Outcome> {
  const { place, model, random, journal } = scene;
  if (place.damage === undefined) return { skipped: 'this place cannot damage its bytes' };
  for (let i = 0; i < 30; i++) await scene.append([noted(a, { facts: [fact(start + i)] }), noted(b)]);
  await journal.close();
  await place.damage((below) => random.below(below));
  const isOpen = await orCorrupt(async () => {
    await scene.reopen();
    return true;
  });
  if (isOpen === undefined) return undefined;
  for (const address of [a, b]) {
    const wanted = (model.told.get(address)?.commits ?? []).map((commit) => written(commit));
    const found = await orCorrupt(async () => walk(scene.journal, address));
    assert.deepEqual((found ?? []).map(shown), wanted.slice(0, found?.length ?? 0));
  }
  await orCorrupt(async () => scene.journal.tail());
  return undefined;
}

/** The answer, or undefined when the damage was noticed; any other error is the case's failure. */
async function orCorrupt<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isTroupeError(error, 'CORRUPT')) return undefined;
    throw error;
  }
}

export const upkeep: readonly SceneCase[] = [
  { name: 'J10: erased payloads are read nowhere, and the chain still verifies', play: erasedBodies },
  {
    name: 'J10: an erased history is read nowhere; row and seal stay, and a live actor goes on',
    play: erasedHistory,
  },
  { name: 'J10: erasing is at once, and can be repeated', play: erasedTwice },
  { name: 'J10: retention takes the histories that ended before its bound', play: expired },
  { name: 'J4: a forgotten address is never reborn', play: forgotten },
  { name: 'J10: retention takes nobody who still owes something', play: owing },
  { name: 'J9: a cursor older than retention is CURSOR_GONE', play: cursorGone },
  { name: 'J7: every answer is the same before and after compaction', play: compacted },
  {
    name: 'J10: a backup opens by itself, with the same answers and nothing that was erased',
    play: backedUp,
  },
  { name: 'J12: damaged bytes are CORRUPT or a valid prefix', play: damaged },
];
