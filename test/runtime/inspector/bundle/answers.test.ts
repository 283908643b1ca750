/** A bundle answers what its page asks as the server it was taken from does, and says what it cannot. */
import { expect, test, vi } from 'vitest';
import { Recorded } from '../../../../runtime/inspector/page/bundle/recorded.ts';
import type { Access } from '../../../../runtime/http.ts';
import { askingOf, openServed } from '../../http/served.ts';
import { bundleOf, sealedRun } from './file.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const questions = [
  'events?after=2&before=9&limit=500',
  'events?before=9&reverse=true&limit=3',
  'events?reverse=true&limit=500',
  'snapshot',
  ...Array.from({ length: 14 }, (_, i) => `snapshot?at=${i + 1}`),
  'leads?after=2&before=4',
  'leads?after=0&before=99',
  'visits?until=14',
  'visits?until=5',
  'visits?until=1',
  'digest',
];

test('of a sealed run it answers every question as the server does', async () => {
  const served = await openServed();
  await sealedRun(served);
  const { bundled } = await bundleOf(served, 'run/r');
  const recorded = new Recorded(bundled.actors[0]!, bundled.takenAt);
  for (const question of questions) {
    const [path = '', query = ''] = question.split('?');
    const { body, status } = await served.ask(`/v1/actors/run/r/${question}`);
    expect([question, status]).toEqual([question, 200]);
    const { next: _, prev: __, from: ___, ...wanted } = body;
    expect([question, recorded.answer(path, new URLSearchParams(query))]).toEqual([question, wanted]);
  }
  const { body } = await served.ask('/v1/runs/r/messages?last=50');
  expect(bundled.actors[0]?.messages).toEqual({ messages: body['messages'], asks: body['asks'] });
  expect(body['messages']).toHaveLength(2);
});

test('a bundle of the last facts says so, and knows no earlier moment', async () => {
  const served = await openServed();
  await sealedRun(served);
  const { bundled } = await bundleOf(served, 'run/r', '?facts=4');
  const [actor] = bundled.actors;
  expect(actor?.facts.map(({ seq }) => seq)).toEqual([11, 12, 13, 14]);
  expect(bundled.left).toEqual(['Of run/r it holds the facts from 11 on.']);
  const recorded = new Recorded(actor!, bundled.takenAt);
  const at = (seq: number): unknown => recorded.answer('snapshot', new URLSearchParams({ at: String(seq) }));
  expect(at(11)).toMatchObject({ seq: 11 });
  expect(() => at(10)).toThrow('How run/r stood at seq 10 is not in this bundle.');
});

test('of a long history, too, every moment is the one that the runtime tells', async () => {
  const served = await openServed();
  const order = served.troupe.actor('order', '1');
  // Several facts a commit, over the snapshots that are taken of an actor.
  await Promise.all(
    Array.from({ length: 600 }, async (_, i) => order.send({ type: 'order.note', text: `${i}` })),
  );
  for (let i = 0; i < 10; i++) await order.send({ type: 'order.note', text: `later ${i}` });
  await order.send({ type: 'order.pay', cents: 7 });
  const { bundled } = await bundleOf(served, 'order/1');
  const recorded = new Recorded(bundled.actors[0]!, bundled.takenAt);
  expect(bundled.actors[0]?.head).toBe(612);
  for (const at of [612, 611, 610, 600, 513, 512, 511, 485, 484, 483, 257, 256, 255, 128, 2, 1]) {
    const { body } = await served.ask(`/v1/actors/order/1/snapshot?at=${at}`);
    expect(recorded.answer('snapshot', new URLSearchParams({ at: String(at) }))).toEqual(body);
  }
});

test('children come along while there is room, and are counted where there is none', async () => {
  const served = await openServed();
  const { troupe } = served;
  await troupe.run('parent').start({ title: 'Parent' });
  for (const id of ['a', 'b']) await troupe.run(id).start({ title: id, parent: 'run/parent' });
  await troupe.run('a1').start({ title: 'A 1', parent: 'run/a' });
  const addressesOf = async (query = ''): Promise<readonly string[]> => {
    const { bundled } = await bundleOf(served, 'run/parent', query);
    return [...bundled.actors.map(({ row }) => row.address), ...bundled.left];
  };
  expect(await addressesOf()).toEqual(['run/parent', 'run/a', 'run/b', 'run/a1']);
  expect(await addressesOf('?facts=2')).toEqual(['run/parent', 'For 2 of its children there was no room.']);
});

test('what was erased stays erased', async () => {
  const served = await openServed();
  const run = await sealedRun(served);
  await run.erase({ bodies: true });
  const { text, bundled } = await bundleOf(served, 'run/r');
  expect(text).not.toContain('theirs');
  expect(text).not.toContain('src/login.ts');
  expect(bundled.actors[0]?.row.status).toBe('sealed');
});

test('whoever may not see an actor gets no bundle of it, and none of its children', async () => {
  const authorize = (request: Request): Access => {
    const tenant = request.headers.get('x-tenant') ?? '';
    return { by: tenant, labels: { tenant }, can: ['read'] };
  };
  const { troupe, server } = await openServed({ authorize }, { indexLabels: ['tenant'] });
  await troupe.run('parent').start({ title: 'Parent', labels: { tenant: 'a' } });
  await troupe.run('mine').start({ title: 'Mine', parent: 'run/parent', labels: { tenant: 'a' } });
  await troupe.run('theirs').start({ title: 'Theirs', parent: 'run/parent', labels: { tenant: 'b' } });
  const [a, b] = ['a', 'b'].map((tenant) => askingOf(server.url, { 'x-tenant': tenant }));
  const { text, bundled } = await bundleOf(a!, 'run/parent');
  expect(bundled.actors.map(({ row }) => row.address)).toEqual(['run/parent', 'run/mine']);
  expect(text).not.toContain('Theirs');
  expect(await b!.ask('/v1/actors/run/parent/bundle.html')).toMatchObject({
    status: 404,
    body: { code: 'NOT_FOUND' },
  });
});

test('served by itself its programs do not run where the API is', async () => {
  const served = await openServed();
  await sealedRun(served);
  const { headers } = await served.ask('/v1/actors/run/r/bundle.html');
  expect(headers.get('content-security-policy')).toBe('sandbox');
  expect(headers.get('content-disposition')).toMatch(/^attachment;/);
});
