/** What the inspector shows of causes: the sequence between actors, and what led to an event. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { openServer } from '../../../runtime/http.ts';
import type { Server } from '../../../runtime/http.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { child, parent } from '../host/family.ts';
import { newDirectory } from '../open.ts';
import { openServed } from '../http/served.ts';
import { hasBrowser, openPage } from './browser.ts';

// A browser starts slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

/** A parent that started a child, told it something, and heard its report and its end. */
async function servedFamily(): Promise<Server> {
  const troupe = await openTroupe({ directory: newDirectory(), workers: 0, actors: [parent, child] });
  const server = await openServer(troupe);
  endings.push(async () => {
    const closed = server.close();
    server.hurry();
    await closed;
    await troupe.close();
  });
  const ref = troupe.actor('parent', 'p');
  await ref.send({ type: 'start', name: 'Ann' }, { by: 'tester' });
  await ref.send({ type: 'tell', text: 'x' }, { by: 'tester' });
  await heardUpTo(ref, 4);
  await troupe.actor('child', 'parent/p/kid@2').send({ type: 'finish' });
  await heardUpTo(ref, 5);
  return server;
}

async function heardUpTo(ref: { subscribe(): AsyncIterable<{ readonly to: number }> }, seq: number) {
  for await (const { to } of ref.subscribe()) if (to >= seq) return;
}

/** Programs for the browser are texts: the tests know no DOM. */
const steps = `Array.from(document.querySelectorAll('.step'), (step) =>
  ['data-name', 'data-from', 'data-to'].map((name) => step.getAttribute(name)).join(' '))`;

const kept = `Array.from(document.querySelectorAll('.isolated .step.kept'), (step) =>
  step.getAttribute('data-name'))`;

const kid = 'child/parent/p/kid@2';

describe.skipIf(!hasBrowser)('the sequence', () => {
  test('shows who told whom what, in order; pointing at somebody leaves what is theirs', async () => {
    const server = await servedFamily();
    const { page, complaints } = await openPage(`${server.url}/inspector#parent/p?view=sequence`);
    await page.waitForSelector('.step[data-name="end"]');
    expect(await page.evaluate<string[]>(steps)).toEqual([
      'start tester parent/p',
      `birth parent/p ${kid}`,
      'tell tester parent/p',
      `hear parent/p ${kid}`,
      `report parent/p ${kid}`,
      `reported ${kid} parent/p`,
      `finish outside ${kid}`,
      `end ${kid} parent/p`,
    ]);
    await page.hover('.lane:text-is("tester")');
    expect(await page.evaluate<string[]>(kept)).toEqual(['start', 'tell']);
    await page.hover('.step[data-name="hear"]');
    expect(await page.evaluate<string[]>(kept)).toEqual(['birth', 'hear', 'report', 'reported', 'end']);
    expect(complaints).toEqual([]);
  });

  test('shows the span that is asked for', async () => {
    const server = await servedFamily();
    const { page } = await openPage(`${server.url}/inspector#parent/p?view=sequence`);
    await page.waitForSelector('.step[data-name="end"]');
    await page.fill('.span input >> nth=0', '4');
    await page.fill('.span input >> nth=1', '4');
    await page.click('.span button:text-is("Show")');
    await page.waitForSelector('.steps:not(:has([data-name="end"])) .step[data-name="reported"]');
    // The fact of the child that has to do with it came of the first.
    expect(await page.evaluate<string[]>(steps)).toEqual([
      `report parent/p ${kid}`,
      `reported ${kid} parent/p`,
    ]);
  });

  test('names what led to an event and what it led to, over actors', async () => {
    const server = await servedFamily();
    const { page, complaints } = await openPage(`${server.url}/inspector#parent/p@4`);
    await page.waitForSelector('.leads.cause a');
    expect(await linesOf(page)).toEqual([`←message reported of ${kid} 3`, '→nothing yet']);
    await page.click('.leads.cause a');
    await page.waitForSelector(`.actor[aria-label="${kid}"][data-seq="3"] .leads.cause a`);
    expect(await linesOf(page)).toEqual(['←message report of parent/p 3', '→message reported → parent/p 4']);
    await page.click('.leads.cause a');
    await page.waitForSelector('.actor[aria-label="parent/p"][data-seq="3"] .leads.effect a');
    expect(await linesOf(page)).toEqual([
      '←sent from outside by tester',
      `→message hear → ${kid} 2`,
      `→message report → ${kid} 3`,
    ]);
    expect(complaints).toEqual([]);
  });

  test('leads from a record of an outbox to the fact of the child that it tells of', async () => {
    const { troupe, server } = await openServed();
    await troupe.run('r').start({ title: 'R' });
    await troupe.outbox('o').post({ child: 'run/r', childSeq: 2, kind: 'waiting' });
    await troupe.outbox('o').drain();
    const { page } = await openPage(`${server.url}/inspector#outbox/o?view=sequence`);
    await page.waitForSelector('.step[data-name="outbox.drain"]');
    expect(await page.evaluate<string[]>(steps)).toContain('outbox.post run/r outbox/o');
    expect(await page.evaluate<string[]>(steps)).toContain('outbox.drain reader of outbox/o outbox/o');
    await page.click('.lane:text-is("run/r")');
    await page.waitForSelector('.actor[aria-label="run/r"]');
  });
});

async function linesOf(page: Page): Promise<readonly string[]> {
  return page.locator('.leads li').allTextContents();
}
