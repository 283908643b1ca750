/**
 * Cases of appending: J1 to J7.
 */
import { strict as assert } from 'node:assert';
import { addressLengthMax } from '../../actors/address.ts';
import { isTroupeError } from '../../actors/troupeError.ts';
import type { ErrorCode } from '../../actors/troupeError.ts';
import { encodeCommit } from '../commitCodec.ts';
import { pack } from '../values.ts';
import { assertAnswers, walk } from './answers.ts';
import { bulky, ended, fact, noted, start } from './drafts.ts';
import type { Parts } from './model.ts';
import type { Outcome, Scene, SceneCase } from './scene.ts';

const [a, b, c] = ['run/a', 'run/b', 'pty/c'];

/** The promise fails with this code and no other error. */
export async function assertRefused(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(isTroupeError(error, code), `${code} was expected, not: ${String(error)}`);
    return true;
  });
}

async function agrees(scene: Scene): Promise<void> {
  await assertAnswers(scene.journal, scene.model, scene.random);
}

async function numbers(scene: Scene): Promise<void> {
  await scene.append([noted(a), { address: a, facts: [fact(), fact(), fact()] }, noted(a)]);
  const commits = await walk(scene.journal, a);
  assert.deepEqual(
    commits.map(({ seq, to }) => [seq, to]),
    [
      [1, 1],
      [2, 4],
      [5, 5],
    ],
  );
  assert.deepEqual(
    commits.flatMap(({ facts }) => facts.map(({ seq }) => seq)),
    [1, 2, 3, 4, 5],
  );
  assert.equal((await scene.journal.last(a))?.seq, 5);
}

async function together(scene: Scene): Promise<void> {
  await scene.append([noted(a), noted(b), noted(a)]);
  const { journal, model } = scene;
  const writer = await scene.writer();
  const [good] = model.encoded([noted(a)]);
  const bad = encodeCommit({ ...noted(b), seq: 7 }, Buffer.alloc(32));
  assert.ok(good !== undefined);
  await assertRefused(writer.append([good, bad], [model.snapshotOf(a, Buffer.from('state'))]), 'CONFLICT');
  assert.equal((await journal.last(a))?.seq, 2);
  await agrees(scene);
}

async function reopened(scene: Scene): Promise<void> {
  await scene.append([noted(a), noted(b)]);
  await scene.append([ended(b)], 0, [scene.model.snapshotOf(a, Buffer.from('state'))]);
  await scene.reopen();
  await agrees(scene);
  await scene.append([noted(a)]);
  await agrees(scene);
}

async function wrongPlace(scene: Scene): Promise<void> {
  await scene.append([noted(a), noted(a)]);
  const writer = await scene.writer();
  for (const seq of [1, 2, 4, 5]) {
    const commit = encodeCommit({ ...noted(a), seq }, Buffer.alloc(32));
    await assertRefused(writer.append([commit]), 'CONFLICT');
  }
  await assertRefused(writer.append([encodeCommit({ ...noted(b), seq: 2 }, Buffer.alloc(32))]), 'CONFLICT');
  const [third] = scene.model.encoded([noted(a)]);
  assert.ok(third !== undefined);
  await assertRefused(writer.append([third, third]), 'CONFLICT');
  await agrees(scene);
  // A refusal is an answer, not a failure of the writer: it goes on.
  await scene.append([noted(a), noted(b)]);
  await agrees(scene);
}

async function sealed(scene: Scene): Promise<void> {
  await scene.append([noted(a), ended(a), noted(b)]);
  const writer = await scene.writer();
  await assertRefused(writer.append(scene.model.encoded([noted(a)])), 'SEALED');
  await assertRefused(writer.append(scene.model.encoded([noted(b), ended(b), noted(b)])), 'SEALED');
  await agrees(scene);
  await scene.append([ended(b)]);
  await scene.reopen();
  await assertRefused((await scene.writer()).append(scene.model.encoded([noted(a)])), 'SEALED');
  await agrees(scene);
}

async function failed(scene: Scene): Promise<Outcome> {
  const { place, model } = scene;
  if (place.failNextWrite === undefined) return { skipped: 'this place cannot make a write fail' };
  await scene.append([noted(a)]);
  const writer = await scene.writer();
  place.failNextWrite();
  const failure = await writer.append(model.encoded([noted(a), noted(b)])).catch((error: unknown) => error);
  assert.ok(isTroupeError(failure), 'a failed write is a coded error');
  await assertRefused(writer.append(model.encoded([noted(a)])), failure.code);
  await assertRefused(writer.append(model.encoded([noted(b)])), failure.code);
  await agrees(scene);
  await writer.resume();
  await scene.append([noted(a), noted(b)]);
  await agrees(scene);
  await scene.reopen();
  await agrees(scene);
  return undefined;
}

async function fenced(scene: Scene): Promise<void> {
  const { journal, model } = scene;
  await scene.append([noted(a)], 3);
  const old = await scene.writer(3);
  const other = await scene.writer(4);
  const newer = await journal.writer(3);
  await assertOver(scene, old);
  await model.append(newer, [noted(a)]);
  await assertOver(scene, old);
  await model.append(other, [noted(b)]);
  await agrees(scene);
}

async function assertOver(scene: Scene, old: Awaited<ReturnType<Scene['writer']>>): Promise<void> {
  await assertRefused(old.append(scene.model.encoded([noted(a)])), 'FENCED');
  await assertRefused(old.append(scene.model.encoded([noted('run/unborn')])), 'FENCED');
  await assertRefused(old.resume(), 'FENCED');
}

async function takenOver(scene: Scene): Promise<Outcome> {
  const { place, model } = scene;
  if (place.takeOver === undefined) return { skipped: 'this place has no second owner' };
  await scene.append([noted(a)]);
  const old = await scene.writer();
  const journal = scene.also(await place.takeOver());
  const newer = await journal.writer(0);
  await assertOver(scene, old);
  await model.append(newer, [noted(a), noted(b)]);
  await assertOver(scene, old);
  await assertAnswers(journal, model, scene.random);
  return undefined;
}

async function atOnce(scene: Scene): Promise<void> {
  const { place, journal, model } = scene;
  const other = place.join === undefined ? undefined : scene.also(await place.join(journal));
  const usage = [{ hour: 486_111, key: ['model'], counts: [1, 2] }];
  const steps: [slot: number, parts: Parts[]][] = [
    [0, [noted(a, { due: start + 5, row: { title: 'first', labels: { team: 'red' } } })]],
    [1, [noted(b), noted(c, { usage })]],
    [0, [noted(a, { usage }), noted(a, { due: null, reached: reachedDeep })]],
    [1, [bulky(b, 'x').parts, noted(c, { due: start + 3 })]],
    [0, [ended(a, start + 9, { due: start + 7 })]],
    [1, [noted(b, { usage })]],
  ];
  for (const [slot, parts] of steps) {
    await scene.append(parts, slot);
    await scene.append([], slot, [model.snapshotOf(parts[0]?.address ?? a, Buffer.from(`state ${slot}`))]);
    await agrees(scene);
    if (other !== undefined) await assertAnswers(other, model, scene.random);
  }
}

async function interleaved(scene: Scene): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const slot = scene.random.below(3);
    await scene.append(
      [noted(`run/of-${slot}`, { facts: [fact(start + i)] }), noted(`pty/of-${slot}`)],
      slot,
    );
  }
  await agrees(scene);
  await scene.reopen();
  await agrees(scene);
}

/** Between two openings the shards may be dealt anew: a history then goes on in another slot. */
async function moved(scene: Scene): Promise<void> {
  for (const slot of [2, 0, 1, 2, 0]) {
    await scene.appendEach([noted(a), noted(b, { due: start + slot })], slot);
    await agrees(scene);
    await scene.reopen();
    await agrees(scene);
  }
  await scene.append([ended(a)], 1);
  await agrees(scene);
}

async function everyField(scene: Scene): Promise<void> {
  const longest = `run/${'x'.repeat(addressLengthMax - 4)}`;
  const marked = {
    event: pack({ type: 'marked' }).bytes,
    at: start,
    id: 'id €',
    by: 'somebody',
    trace: '00-ab',
  };
  const wide = {
    event: pack({ type: 'wide', parts: ['y'.repeat(60_000), 'z'.repeat(60_000)] }).bytes,
    at: start,
  };
  await scene.append([
    noted(longest, { facts: [marked, fact(start + 1), { ...fact(start + 2), by: 'me' }] }),
  ]);
  await scene.append([noted(a, { facts: [wide] }), ended(longest, start + 3, { facts: [wide, marked] })]);
  await scene.append([
    noted(b, { intents: [['timer', 'x', 1], { sent: 4 }], due: start, reached: reachedDeep }),
  ]);
  await agrees(scene);
  await scene.reopen();
  await agrees(scene);
}

const reachedDeep = { paths: ['a.b.c', 'a.d'], tags: ['busy', 'asks'] };

async function many(scene: Scene): Promise<void> {
  const facts = Array.from({ length: 1000 }, (_, i) => fact(start + i));
  await scene.append([{ address: a, facts }]);
  // Far more than one group holds.
  await scene.append(
    Array.from({ length: 600 }, (_, i) => noted(`run/${i % 7}`, { facts: [fact(start, 'z'.repeat(i))] })),
  );
  await agrees(scene);
  await scene.reopen();
  await agrees(scene);
}

async function counted(scene: Scene): Promise<void> {
  const before = scene.journal.stats();
  await scene.append([noted(a), noted(b)]);
  await scene.append([noted(a)]);
  const after = scene.journal.stats();
  assert.equal(after.commits - before.commits, 3);
  assert.equal(after.groups - before.groups, 2);
  assert.ok(after.flushes - before.flushes >= 2, 'each append is flushed');
  assert.ok(after.bytes > before.bytes);
}

async function closed(scene: Scene): Promise<void> {
  await scene.append([noted(a)]);
  const writer = await scene.writer();
  await scene.journal.close();
  await scene.journal.close();
  await assertRefused(writer.append(scene.model.encoded([noted(a)])), 'CLOSED');
  await assertRefused(scene.journal.read(a), 'CLOSED');
  await assertRefused(scene.journal.tail(), 'CLOSED');
  await assertRefused(scene.journal.writer(0), 'CLOSED');
  await scene.reopen();
  await agrees(scene);
}

async function nothing(scene: Scene): Promise<void> {
  await agrees(scene);
  const { journal } = scene;
  assert.deepEqual(await journal.read('run/nobody'), { commits: [], next: undefined });
  assert.equal(await journal.last('run/nobody'), undefined);
  assert.equal(await journal.seal('run/nobody'), undefined);
  assert.equal(await journal.snapshot('run/nobody'), undefined);
  assert.equal((await journal.bodies('run/nobody', ['00']))('00'), undefined);
  await (await scene.writer()).append([]);
  await agrees(scene);
}

export const appending: readonly SceneCase[] = [
  { name: 'J1: the facts of an actor are numbered 1, 2, 3, … over all its commits', play: numbers },
  { name: 'J2: the commits of one append appear together or not at all', play: together },
  { name: 'J2: what an append wrote is there after closing and opening again', play: reopened },
  {
    name: 'J3: a commit at the wrong seq is CONFLICT, changes nothing, and the writer goes on',
    play: wrongPlace,
  },
  { name: 'J4: a sealed history takes no further commit', play: sealed },
  { name: 'J5: after a failed write the writer refuses everything until it resumes', play: failed },
  { name: 'J6: a newer writer of a slot fences the older for ever', play: fenced },
  { name: 'J6: a newer owner fences the writers of the older', play: takenOver },
  { name: 'J7: every read agrees with every append at once', play: atOnce },
  { name: 'J2, J7: writers of several slots do not disturb each other', play: interleaved },
  { name: 'J1, J7: a history goes on in another slot after opening again', play: moved },
  { name: 'J2: every field of a commit comes back, at its largest', play: everyField },
  { name: 'J2: commits of many facts and appends of many commits come back', play: many },
  { name: 'J2: each append is counted and flushed', play: counted },
  { name: 'J2: a closed journal answers CLOSED', play: closed },
  { name: 'J7: an empty journal has an answer to everything', play: nothing },
];
