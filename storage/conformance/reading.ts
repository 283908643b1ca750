/**
 * Cases of reading: pages of histories, rows, due work, usage, snapshots, seals and bodies (J7, J8, J11).
 */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { pageBytesMax, pageFactsMax } from '../limits.ts';
import { unpack } from '../values.ts';
import { assertAnswers, assertRange, assertRows, walk } from './answers.ts';
import { assertRefused } from './appending.ts';
import { bulky, ended, fact, hour, noted, start } from './drafts.ts';
import type { Parts, Told } from './model.ts';
import type { Scene, SceneCase } from './scene.ts';

const [a, b, c] = ['run/a', 'run/b', 'pty/c'];

async function agrees(scene: Scene): Promise<void> {
  await assertAnswers(scene.journal, scene.model, scene.random);
  await scene.reopen();
  await assertAnswers(scene.journal, scene.model, scene.random);
}

function toldOf(scene: Scene, address: string): Told {
  const told = scene.model.told.get(address);
  assert.ok(told !== undefined, `${address} was written`);
  return told;
}

/** Commits of 1, 2, 3, 1, 2, 3, … facts, so that ranges cut through them. */
async function ranges(scene: Scene): Promise<void> {
  for (let i = 0; i < 12; i++) {
    const facts = Array.from({ length: (i % 3) + 1 }, (_, j) => fact(start + i, `fact ${j}`));
    await scene.append([{ address: a, facts }, noted(b)]);
  }
  const told = toldOf(scene, a);
  for (let after = 0; after <= 25; after++) {
    for (let before = 0; before <= 26; before++) {
      for (const limit of [1, 2, 5, 100]) {
        await assertRange(scene.journal, told, { after, before, limit });
        await assertRange(scene.journal, told, { after, before, limit, reverse: true });
      }
    }
  }
}

async function longHistory(scene: Scene): Promise<void> {
  const count = 3 * pageFactsMax + 7;
  const step = 50;
  for (let i = 0; i < count; i += step) {
    const more = Array.from({ length: Math.min(step, count - i) }, (_, j) =>
      noted(a, { facts: [fact(start + i + j)] }),
    );
    await scene.append([...more, noted(b)]);
  }
  const told = toldOf(scene, a);
  for (const range of [{}, { after: count - 1 }, { before: 300, limit: 50 }, { after: 254, before: 259 }]) {
    await assertRange(scene.journal, told, range);
    await assertRange(scene.journal, told, { ...range, reverse: true });
  }
  const { commits } = await scene.journal.read(a, { limit: 10 * pageFactsMax });
  assert.equal(commits.length, pageFactsMax, 'a page has a bound of its own');
  await agrees(scene);
}

async function byteBound(scene: Scene): Promise<void> {
  for (let i = 0; i < 6; i++) {
    // Short of a body of its own, each: a commit of about 600 kB.
    const facts = Array.from({ length: 10 }, (_, j) =>
      fact(start, String.fromCharCode(97 + j).repeat(60_000)),
    );
    await scene.append([{ address: a, facts }]);
  }
  for (const reverse of [false, true]) {
    const page = await scene.journal.read(a, { reverse });
    const bytes = page.commits
      .flatMap(({ facts }) => facts)
      .reduce((sum, { event }) => sum + (event?.length ?? 0), 0);
    assert.ok(page.commits.length === 1 || bytes <= pageBytesMax, `a page of ${bytes} bytes is too large`);
    assert.ok(page.next !== undefined);
  }
  await agrees(scene);
}

/** Rows that differ in every column, and change afterwards. */
async function rows(scene: Scene): Promise<void> {
  const births: Parts[] = [];
  for (let i = 0; i < 40; i++) {
    const row = {
      ...(i % 3 === 0 ? { parent: `run/parent-${i % 2}` } : {}),
      labels: { team: i % 2 === 0 ? 'red' : 'blue', ...(i % 4 === 0 ? { stage: 'two' } : {}) },
      title: `actor ${i}`,
    };
    const reached = { paths: ['working'], tags: i % 5 === 0 ? ['busy', 'asks'] : ['busy'] };
    births.push({
      address: `${i % 3 === 0 ? 'pty' : 'run'}/${i}`,
      facts: [fact(start + 10 * (i >> 1))],
      row,
      reached,
    });
  }
  await scene.appendEach(births);
  await agrees(scene);
  const [first, second, third] = ['pty/0', 'run/1', 'run/2'];
  await scene.append([noted(first, { row: { labels: { team: null, stage: 'one' }, title: 'renamed' } })]);
  await scene.append([
    noted(second, { reached: { paths: ['idle'], tags: ['idle'] }, row: { costMicroUsd: 7 } }),
  ]);
  await scene.append([
    ended(third, start + 15),
    noted(second, { row: { asks: [{ id: 1 }], parent: 'run/parent-1' } }),
  ]);
  await agrees(scene);
  for (const limit of [1, 7, 40]) await assertRows(scene.journal, scene.model, { limit });
}

/** A page read before an update and one after it: whoever did not move in the order is seen once. */
async function pagesBetween(scene: Scene): Promise<void> {
  await scene.appendEach(
    Array.from({ length: 10 }, (_, i) => noted(`run/${i}`, { facts: [fact(start + i)] })),
  );
  const page = await scene.journal.rows({ order: 'oldest', limit: 4 });
  await scene.append([
    noted('run/2', { row: { title: 'changed' } }),
    noted('run/8', { row: { title: 'changed' } }),
  ]);
  assert.ok(page.next !== undefined);
  const rest = await scene.journal.rows({ order: 'oldest', limit: 100, after: page.next });
  assert.deepEqual(
    [...page.rows, ...rest.rows].map(({ id, title }) => [id, title]),
    Array.from({ length: 10 }, (_, i) => [String(i), i === 8 ? 'changed' : undefined]),
  );
}

async function due(scene: Scene): Promise<void> {
  const births = Array.from({ length: 30 }, (_, i) => noted(`run/${i}`, { due: start + ((i * 7) % 30) }));
  await scene.append(births);
  await agrees(scene);
  await scene.append([noted('run/3', { due: null }), noted('run/4', { due: start - 1 }), noted('run/5')]);
  // An ended actor may owe something still: messages that nobody took yet.
  await scene.append([ended('run/6', start, { due: start + 100 }), ended('run/7', start, { due: null })]);
  await agrees(scene);
  const [earliest] = await scene.journal.due({ limit: 1 });
  assert.deepEqual(earliest, { at: start - 1, address: 'run/4' });
}

async function usage(scene: Scene): Promise<void> {
  const of = (more: number, name: string, counts: readonly number[]): Partial<Parts> => ({
    usage: [{ hour: Math.floor(start / hour) + more, key: ['model', name], counts }],
  });
  await scene.append([noted(a, of(0, 'small', [1, 2])), noted(b, of(0, 'small', [10]))], 0);
  await scene.append([noted(c, of(0, 'small', [100, 200, 300])), noted(c, of(1, 'large', [5]))], 1);
  await scene.append([noted(a, of(2, 'small', [7]))], 0);
  await agrees(scene);
  const first = Math.floor(start / hour);
  const found = await scene.journal.usage(first, first + 1);
  assert.deepEqual(
    found.map(({ key, counts }) => [[...key], [...counts]]),
    [
      [
        ['model', 'small'],
        [111, 202, 300],
      ],
    ],
  );
}

async function snapshots(scene: Scene): Promise<void> {
  const { model } = scene;
  const bytesOf = (text: string): Buffer => Buffer.from(text.repeat(1000));
  await scene.append([noted(a), noted(b)]);
  await scene.append([noted(a)], 0, [model.snapshotOf(a, bytesOf('one')), model.snapshotOf(b, bytesOf('b'))]);
  await scene.append([noted(a)]);
  await scene.append([], 0, [model.snapshotOf(a, bytesOf('three'))]);
  await agrees(scene);
  assert.equal((await scene.journal.snapshot(a, 2))?.seq, 1);
  assert.equal((await scene.journal.snapshot(a, 3))?.seq, 3);
  for (let i = 0; i < 60; i++) await scene.append([noted(a)], 0, [model.snapshotOf(a, bytesOf(`${i}`))]);
  await scene.append([], 0, [model.snapshotOf(a, bytesOf('again'))]);
  await agrees(scene);
}

async function ahead(scene: Scene): Promise<void> {
  await scene.append([noted(a)]);
  const snapshot = { ...scene.model.snapshotOf(a, Buffer.from('state')), seq: 3 };
  const commits = scene.model.encoded([noted(a)]);
  await assertRefused((await scene.writer()).append(commits, [snapshot]), 'CONFLICT');
  await agrees(scene);
}

async function seals(scene: Scene): Promise<void> {
  await scene.append([noted(a), ended(a, start + 5), noted(b)]);
  const bytes = await scene.journal.seal(a);
  assert.ok(bytes !== undefined);
  const commits = await walk(scene.journal, a);
  assert.deepEqual(
    Buffer.from(commits.at(-1)?.seal ?? []),
    Buffer.from(bytes),
    'the commit carries the same bytes',
  );
  const digestHash = createHash('sha256').update('{"facts":1,"names":["a","b"]}').digest('hex');
  const chain = toldOf(scene, a).commits.at(-1)?.chain.toString('hex');
  assert.deepEqual(JSON.parse(Buffer.from(bytes).toString()), {
    cause: 'done',
    chain,
    digest: { facts: 1, names: ['a', 'b'] },
    digestHash,
    schema: 1,
    sealedAt: start + 5,
    version: 1,
  });
  await agrees(scene);
}

async function bodies(scene: Scene): Promise<void> {
  const { parts, packed } = bulky(a, 'x');
  await scene.append([parts, bulky(a, 'y').parts, bulky(b, 'x').parts, parts]);
  await agrees(scene);
  const [body] = packed.bodies;
  const [commit] = await walk(scene.journal, a);
  assert.ok(body !== undefined && commit?.facts[0]?.event !== undefined);
  const bodyOf = await scene.journal.bodies(a, commit.bodies);
  assert.deepEqual(unpack(commit.facts[0].event, bodyOf), { type: 'said', text: 'x'.repeat(70_000) });
  assert.equal(
    (await scene.journal.bodies(c, [body.hash]))(body.hash),
    undefined,
    'a body belongs to its actor',
  );
}

export const reading: readonly SceneCase[] = [
  { name: 'J8: every range, limit and direction gives the commits that reach into it', play: ranges },
  { name: 'J8: a long history is read in pages of bounded facts', play: longHistory },
  { name: 'J8: pages are bounded in bytes', play: byteBound },
  { name: 'J7: rows are filtered, ordered and paged, and follow every change', play: rows },
  { name: 'J7: an update between two pages of rows repeats and loses nobody', play: pagesBetween },
  { name: 'J7: due work is in order of time and follows every change', play: due },
  { name: 'J7: usage adds up over writers and hours', play: usage },
  { name: 'J11: the newest snapshot at or before a seq is found', play: snapshots },
  { name: 'J11: a snapshot ahead of its history is CONFLICT and changes nothing', play: ahead },
  { name: 'J7: a seal holds the chain and the hash of the digest', play: seals },
  { name: 'J7: bodies belong to one actor and are found by their hash', play: bodies },
];
