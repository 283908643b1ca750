/** Sending from the inspector: a form of what an event holds, as its schema says. */
import { describe, expect, test, vi } from 'vitest';
import { openServed } from '../http/served.ts';
import { hasBrowser, openPage } from './browser.ts';

// A browser starts slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

/** Programs for the browser are texts: the tests know no DOM. */
const fields = `Array.from(document.querySelectorAll('.fields .field'), (field) =>
  field.querySelector('span').textContent + ': ' + field.children[1].localName)`;

describe.skipIf(!hasBrowser)('the form', () => {
  test('is made of the schema of the event, and sends what its fields say', async () => {
    const { troupe, server } = await openServed({ inspector: 'send' });
    const run = troupe.run('r');
    await run.start({ title: 'R' });
    const { page, complaints } = await openPage(`${server.url}/inspector#run/r?tab=send`);
    await page.waitForSelector('.fields');
    await page.selectOption('.sendtab select >> nth=0', 'run.stop');
    await page.waitForSelector('.field:has-text("drainMs")');
    expect(await page.evaluate<string[]>(fields)).toEqual([
      'cause: select',
      'by: textarea',
      'reason: textarea',
      'drainMs: input',
    ]);
    await page.selectOption('.field:has-text("cause") select', { label: 'terminated' });
    await page.fill('.field:has-text("reason") textarea', 'It is late.');
    await page.fill('.field:has-text("drainMs") input', '5');
    await page.click('.sendtab button[type=submit]');
    await page.waitForSelector('.verdict.good');
    const facts = [];
    for await (const { event } of run.history()) facts.push(event);
    expect(facts).toContainEqual({
      type: 'run.stop',
      cause: 'terminated',
      reason: 'It is late.',
      drainMs: 5,
      // Whoever sends over HTTP is named by the server.
      by: 'local',
    });
    expect(complaints).toEqual([]);
  });

  test('becomes JSON where a field cannot say it; what is refused is told', async () => {
    const { troupe, server } = await openServed({ inspector: 'send' });
    await troupe.run('r').start({ title: 'R' });
    const { page } = await openPage(`${server.url}/inspector#run/r?tab=send`);
    await page.waitForSelector('.fields');
    await page.selectOption('.sendtab select >> nth=0', 'run.prompt');
    await page.fill('.field:has-text("promptId") input', 'p1');
    await page.fill('.field:has-text("content") textarea', 'no JSON');
    await page.click('.sendtab button[type=submit]');
    await page.waitForSelector('.verdict.bad:has-text("content is no JSON")');
    await page.fill('.field:has-text("content") textarea', '"Hello"');
    await page.click('.sendtab button:text-is("As JSON")');
    const text = await page.inputValue('.fieldplace textarea');
    expect(JSON.parse(text)).toEqual({ promptId: 'p1', content: 'Hello' });
    await page.fill('.fieldplace textarea', '{ "promptId": 1, "content": "Hello" }');
    await page.click('.sendtab button[type=submit]');
    await page.waitForSelector('.verdict.bad:has-text("INVALID_EVENT")');
    await page.fill('.fieldplace textarea', text);
    await page.click('.sendtab button[type=submit]');
    await page.waitForSelector('.verdict.good');
  });
});

describe.skipIf(!hasBrowser)('what is offered', () => {
  test('is what somebody may send in this state; a pattern asks for its name', async () => {
    const { troupe, server } = await openServed({ inspector: 'send' });
    const run = troupe.run('r');
    await run.start({ title: 'R' });
    const { accepts } = await run.snapshot();
    expect(accepts).toEqual(expect.arrayContaining(['x.*', 'run.pause']));
    expect(accepts.filter((type) => type.startsWith('timer.'))).toEqual([]);
    const { page, complaints } = await openPage(`${server.url}/inspector#run/r?tab=send`);
    await page.waitForSelector('.sendtab option', { state: 'attached' });
    const offered = await page.locator('.sendtab > select option').allTextContents();
    expect(offered).toEqual(accepts);
    const name = page.getByLabel('Type that fits');
    expect(await name.isVisible()).toBe(false);
    await page.selectOption('.sendtab > select', 'x.*');
    expect(await name.inputValue()).toBe('x.');
    await name.fill('x.deployed');
    await page.fill('.fieldplace textarea', '{ "to": "production" }');
    await page.click('.sendtab button[type=submit]');
    await page.waitForSelector('.verdict.good');
    const facts = [];
    for await (const { event } of run.history()) facts.push(event);
    expect(facts.at(-1)).toEqual({ type: 'x.deployed', to: 'production' });
    expect(complaints).toEqual([]);
  });
});

test('of every kind it is told what nobody may send', async () => {
  const { troupe } = await openServed();
  const own = async (kind: string): Promise<readonly string[]> =>
    (await troupe.definitions(kind))[0]?.own ?? [];
  const host = ['actor.born', 'effect.done', 'timer.fired', 'send.refused'];
  expect(await own('order')).toEqual(expect.arrayContaining(host));
  expect(await own('order')).not.toContain('order.pay');
  expect(await own('run')).toEqual(expect.arrayContaining([...host, 'timer.stall', 'timer.deadline']));
  expect(await own('outbox')).toContain('outbox.expired');
  expect(await own('pty')).toContain('pty.output');
});

test('events of a kind are told as JSON Schema, and those without a schema are not', async () => {
  const { troupe } = await openServed();
  const [run] = await troupe.definitions('run');
  expect(run?.events).toMatchObject({
    'run.pause': { type: 'object', properties: { type: { const: 'run.pause' } } },
  });
  // Only a timer says it.
  expect(run?.events).not.toHaveProperty(['timer.stall']);
  expect((await troupe.definitions('order'))[0]?.events).toEqual({});
});
