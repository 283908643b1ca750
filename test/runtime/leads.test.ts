/** What led from one fact to another, over actors: found again in what commits recorded. */
import { expect, test } from 'vitest';
import { leadsOf } from '../../runtime/leads.ts';
import type { Lead, LeadEnd } from '../../runtime/leads.ts';
import { box, child, parent, writer } from './host/family.ts';
import { openStage } from './host/kit.ts';
import type { Stage } from './host/kit.ts';
import { refOf, stageOf } from './host/runs.ts';

const everything = { after: 0, before: 1000 };

/** `kind name: from → to`, in the order of where they end. */
async function told({ opened }: Pick<Stage<unknown>, 'opened'>, address: string, range = everything) {
  const leads = await leadsOf(opened.journal, address, range);
  return leads.map(lineOf).toSorted();
}

function lineOf({ kind, name, from, to }: Lead): string {
  return `${kind} ${name}: ${placeOf(from)} → ${placeOf(to)}`;
}

function placeOf(end: LeadEnd | undefined): string {
  if (end === undefined) return '?';
  return `${end.address}@${end.seq}${end.to > end.seq ? `–${end.to}` : ''}`;
}

const kid = 'child/parent/p/kid@2';

async function family(): Promise<Stage<typeof parent | typeof child>> {
  const stage = await openStage([parent, child]);
  const ref = stage.troupe.actor('parent', 'p');
  await ref.send({ type: 'start', name: 'Ann' });
  await stage.idle();
  await ref.send({ type: 'tell', text: 'x' });
  await stage.idle();
  await stage.troupe.actor('child', 'parent/p/kid@2').send({ type: 'finish' });
  await stage.idle();
  return stage;
}

test('a child: its birth, what it hears and says, its end', async () => {
  const stage = await family();
  // The parent's first commit holds its birth and the start.
  const expected = [
    `birth birth: parent/p@1–2 → ${kid}@1`,
    `end end: ${kid}@4 → parent/p@5`,
    `message hear: parent/p@3 → ${kid}@2`,
    `message report: parent/p@3 → ${kid}@3`,
    `message reported: ${kid}@3 → parent/p@4`,
  ];
  expect(await told(stage, 'parent/p')).toEqual(expected);
  expect(await told(stage, kid)).toEqual(expected);
});

test('a range tells what starts or ends in it, and nothing else', async () => {
  const stage = await family();
  expect(await told(stage, 'parent/p', { after: 3, before: 5 })).toEqual([
    `message reported: ${kid}@3 → parent/p@4`,
  ]);
  expect(await told(stage, 'parent/p', { after: 5, before: 1000 })).toEqual([]);
});

test('a child that is stopped was stopped by its parent', async () => {
  const stage = await openStage([parent, child]);
  const ref = stage.troupe.actor('parent', 'p');
  await ref.send({ type: 'start', name: 'Ann' });
  await stage.idle();
  await ref.send({ type: 'leave' });
  await stage.idle();
  expect(await told(stage, kid)).toEqual([
    `birth birth: parent/p@1–2 → ${kid}@1`,
    `stop stop: parent/p@3 → ${kid}@2`,
  ]);
});

test('a message among thousands of facts, in the middle of both histories', async () => {
  const stage = await openStage([writer, box]);
  const letters = stage.troupe.actor('box', 'b');
  for (let n = 0; n < 2500; n++) letters.push({ type: 'letter', text: String(n) });
  await letters.flush();
  stage.clock.advance(60_000);
  await stage.troupe.actor('writer', 'w').send({ type: 'write', to: 'box/b', text: 'a' });
  await stage.idle();
  stage.clock.advance(60_000);
  for (let n = 0; n < 2500; n++) letters.push({ type: 'letter', text: String(n) });
  await letters.flush();
  // The letters of others are facts 2 to 2501: the two of the writer follow.
  const expected = ['writer/w@1–2 → box/b@2502', 'writer/w@1–2 → box/b@2503'];
  expect(await told(stage, 'writer/w')).toEqual(expected.map((line) => `message letter: ${line}`));
  expect(await told(stage, 'box/b', { after: 2501, before: 2503 })).toEqual([
    'message letter: writer/w@1–2 → box/b@2502',
  ]);
});

test('a message that nobody took leads nowhere yet', async () => {
  const stage = await openStage([writer, box]);
  await stage.troupe.actor('writer', 'w').send({ type: 'write', to: 'nobody/b', text: 'a' });
  await stage.idle();
  const [lead] = await leadsOf(stage.opened.journal, 'writer/w', everything);
  expect(lead).toMatchObject({ kind: 'message', name: 'letter', peer: 'nobody/b' });
  expect(lead).not.toHaveProperty('to');
});

test('a timer leads from where it was set to where it fired', async () => {
  const stage = await openStage([writer, box]);
  await stage.troupe.actor('writer', 'w').send({ type: 'later', to: 'box/b', ms: 500 });
  await stage.troupe.actor('writer', 'w').send({ type: 'mute' });
  stage.clock.advance(500);
  await stage.idle();
  const lines = await told(stage, 'writer/w');
  expect(lines).toEqual([
    'message letter: writer/w@4 → box/b@2',
    expect.stringMatching(/^timer .+: writer\/w@1–2 → writer\/w@4$/),
  ]);
});

test('a task leads from the fact that started it to its end', async () => {
  const { stage, work } = await stageOf();
  (await work('the dishes')).resolve('clean');
  await refOf(stage).until('idle');
  expect(await told(stage, 'worker/a')).toEqual(['task job: worker/a@2 → worker/a@3']);
});
