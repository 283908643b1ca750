/**
 * Cases of the tail: J9.
 */
import { strict as assert } from 'node:assert';
import type { Commit } from '../commit.ts';
import type { Cursor, Journal, TailPage } from '../journal.ts';
import { pageBytesMax } from '../limits.ts';
import { assertAnswers } from './answers.ts';
import { fact, noted, start } from './drafts.ts';
import type { Scene, SceneCase } from './scene.ts';

/** Everything after a cursor, and every cursor on the way with how much came before it. */
async function follow(
  journal: Journal,
  from: Cursor | undefined,
  limit: number,
): Promise<{ names: readonly string[]; cursors: readonly (readonly [Cursor, number])[]; cursor: Cursor }> {
  const names: string[] = [];
  const cursors: (readonly [Cursor, number])[] = [];
  for (let cursor = from; ;) {
    const page = await journal.tail(cursor, limit);
    names.push(...page.commits.map(nameOf));
    assert.ok(page.end || page.cursor !== cursor, 'the tail goes on');
    ({ cursor } = page);
    cursors.push([cursor, names.length]);
    if (page.end) return { names, cursors, cursor };
  }
}

function nameOf({ address, seq }: Commit): string {
  return `${address} ${seq}`;
}

/** Every name is there, and those of one actor in order; repeats are allowed. */
function assertComplete(names: readonly string[], wanted: readonly string[], text: string): void {
  const first = [...new Set(names)];
  assert.deepEqual(first.toSorted(), wanted.toSorted(), text);
  for (const address of new Set(wanted.map((name) => name.split(' ')[0]))) {
    const seqs = first
      .filter((name) => name.startsWith(`${address} `))
      .map((name) => Number(name.split(' ')[1]));
    assert.deepEqual(
      seqs,
      seqs.toSorted((a, b) => a - b),
      `${text}: ${address} is in order`,
    );
  }
}

function written(scene: Scene): string[] {
  return [...scene.model.told.values()].flatMap(({ address, commits }) =>
    commits.map(({ draft }) => `${address} ${draft.seq}`),
  );
}

async function fill(scene: Scene, appends: number): Promise<void> {
  for (let i = 0; i < appends; i++) {
    const slot = scene.random.below(3);
    const parts = Array.from({ length: scene.random.between(1, 4) }, () =>
      noted(`run/${slot}-${scene.random.below(4)}`, { facts: [fact(start + i)] }),
    );
    await scene.append(parts, slot);
  }
}

async function resumed(scene: Scene): Promise<void> {
  await fill(scene, 40);
  for (const limit of [1, 3, 100]) {
    const { names, cursors } = await follow(scene.journal, undefined, limit);
    assertComplete(names, written(scene), `from the beginning by ${limit}`);
    for (const [cursor, before] of cursors) {
      const rest = await follow(scene.journal, cursor, 7);
      assertComplete([...names.slice(0, before), ...rest.names], written(scene), 'from a cursor in between');
    }
  }
}

async function growing(scene: Scene): Promise<void> {
  const seen: string[] = [];
  let cursor: Cursor | undefined;
  for (let i = 0; i < 12; i++) {
    await fill(scene, 5);
    const page = await follow(scene.journal, cursor, scene.random.between(1, 9));
    ({ cursor } = page);
    seen.push(...page.names);
    assertComplete(seen, written(scene), 'while it grows');
    if (i % 3 === 2) await scene.reopen();
    if (i % 4 === 3) await scene.journal.compact?.();
  }
  const page = await scene.journal.tail(cursor);
  assert.deepEqual([page.commits, page.end], [[], true], 'nothing new after the last cursor');
}

/** A cursor from before the move still leads through both slots in the order of the history. */
async function moving(scene: Scene): Promise<void> {
  await scene.append([noted('run/a')], 1);
  const early = (await follow(scene.journal, undefined, 100)).cursor;
  for (const slot of [2, 0, 1, 0]) {
    await scene.reopen();
    await scene.appendEach([noted('run/a'), noted('run/a')], slot);
    for (const limit of [1, 100]) {
      const { names } = await follow(scene.journal, undefined, limit);
      assertComplete(names, written(scene), 'after a move');
      const later = await follow(scene.journal, early, limit);
      assertComplete(['run/a 1', ...later.names], written(scene), 'from a cursor before the move');
    }
  }
  await assertAnswers(scene.journal, scene.model, scene.random);
}

async function compacted(scene: Scene): Promise<Awaited<ReturnType<SceneCase['play']>>> {
  if (scene.journal.compact === undefined) return { skipped: 'this journal does not compact' };
  await fill(scene, 40);
  const { names, cursors } = await follow(scene.journal, undefined, 3);
  await scene.reopen();
  await scene.journal.compact();
  await fill(scene, 10);
  for (const [cursor, before] of [[undefined, 0] as const, ...cursors]) {
    const rest = await follow(scene.journal, cursor, 2);
    assertComplete([...names.slice(0, before), ...rest.names], written(scene), 'over a compaction');
  }
  return undefined;
}

/** Ten commits of 300 KB: no page holds more than it takes to pass its bound. */
async function bounded(scene: Scene): Promise<void> {
  const facts = Array.from({ length: 5 }, () => fact(start, 'x'.repeat(60_000)));
  for (let i = 0; i < 10; i++) await scene.append([noted(`run/${i % 2}`, { facts })], i % 2);
  let cursor: Cursor | undefined;
  for (let given = 0, pages = 1; ; pages++) {
    const page: TailPage = await scene.journal.tail(cursor, 100);
    const sizes = page.commits.map(({ facts: own }) =>
      own.reduce((n, { event }) => n + (event?.length ?? 0), 0),
    );
    const before = sizes.slice(0, -1).reduce((sum, size) => sum + size, 0);
    assert.ok(before < pageBytesMax, `a page of ${sizes.length} commits is ${before} bytes before its last`);
    given += sizes.length;
    ({ cursor } = page);
    if (!page.end) continue;
    assert.deepEqual([given, pages], [10, 3], 'every commit is given, in as few pages as may be');
    return;
  }
}

export const tailing: readonly SceneCase[] = [
  { name: 'J9: the tail goes on from each of its cursors, over several slots', play: resumed },
  { name: 'J9: a cursor is good for what is appended later, over openings and compaction', play: growing },
  { name: 'J9: an actor that moves to another slot stays in order', play: moving },
  { name: 'J9: a cursor from before a compaction still leads to everything after it', play: compacted },
  { name: 'J9: a page of the tail is bounded in bytes', play: bounded },
];
