/**
 * Opening after a crash reads the tail of the log, which is bounded, and not the log. Counted in reads.
 */
import { expect, test } from 'vitest';
import { groupBytesMax, slotsMax, tailBytesMax } from '../../../storage/limits.ts';
import { openLmdbJournal } from '../../../storage/lmdb/journal.ts';
import { Puppeteer, smallLimits } from '../../crash/puppeteer.ts';
import { Scratch } from './scratch.ts';

const actors = 100;

interface Life {
  readonly commits: number;
  readonly flags?: readonly string[];
  readonly closes?: boolean;
}

/** Reads until the slot is taken again and an actor is found. */
async function readsAfter({ commits, flags = [], closes = false }: Life): Promise<number> {
  using scratch = new Scratch();
  const directory = scratch.journal();
  await using puppet = await Puppeteer.start([], flags);
  await puppet.call('open', { directory });
  await puppet.call('fill', { actors, commits, perAppend: 500 });
  if (closes) await puppet.call('close');
  await puppet.kill();
  const journal = await openLmdbJournal({ directory });
  await journal.writer(0);
  expect((await journal.last('run/7'))?.seq).toBe(commits / actors);
  const { reads } = journal.stats();
  await journal.close();
  return reads;
}

/** What opening reads of every slot, and of every actor that is still in the tail. */
const always = 10 * slotsMax + 4 * actors;

test('with small bounds, opening reads as little after 200 000 commits as after 10 000', async () => {
  const few = await readsAfter({ commits: 10_000, flags: smallLimits });
  const many = await readsAfter({ commits: 200_000, flags: smallLimits });
  console.log(`reads at opening after a kill: ${few} (10 000 commits), ${many} (200 000 commits)`);
  expect(many).toBeLessThan(few + 100);
  expect(many).toBeLessThan(always + 200_000 / 100);
}, 60_000);

test('with the real bounds, opening reads at most the tail', async () => {
  const reads = await readsAfter({ commits: 200_000 });
  const tailGroups = Math.ceil(tailBytesMax / (groupBytesMax / 2));
  console.log(`reads at opening after a kill: ${reads}, at most ${tailGroups} groups`);
  expect(reads).toBeLessThan(always + tailGroups);
}, 60_000);

test('after a clean end there is no tail to read', async () => {
  const few = await readsAfter({ commits: 10_000, closes: true });
  const many = await readsAfter({ commits: 50_000, closes: true });
  expect(many).toBe(few);
  expect(few).toBeLessThan(always);
}, 60_000);
