/** What led where, for readers who see a part: what leads to somebody else's is not told. */
import { afterEach, expect, test, vi } from 'vitest';
import { openServer } from '../../../runtime/http.ts';
import type { Access } from '../../../runtime/http.ts';
import { openTroupe } from '../../../runtime/index.ts';
import { child, parent } from '../host/family.ts';
import { newDirectory } from '../open.ts';
import { askingOf } from './served.ts';

// Sockets answer slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

const kid = 'child/parent/p/kid@2';

/** A parent of tenant a whose child, which it told something, is labelled as the test says. */
async function family(tenantOfChild: string) {
  const troupe = await openTroupe({
    directory: newDirectory(),
    workers: 0,
    actors: [parent, child],
    indexLabels: ['tenant'],
  });
  const authorize = (request: Request): Access => {
    const tenant = request.headers.get('x-tenant');
    return { by: 'reader', can: ['read'], ...(tenant !== null && { labels: { tenant } }) };
  };
  const server = await openServer(troupe, { authorize });
  endings.push(async () => {
    const closed = server.close();
    server.hurry();
    await closed;
    await troupe.close();
  });
  const ref = troupe.actor('parent', 'p');
  await ref.send({ type: 'start', name: 'Ann' }, { labels: { tenant: 'a' } });
  await ref.send({ type: 'tell', text: 'x' });
  for await (const { to } of ref.subscribe({ after: 0 })) if (to >= 4) break;
  await troupe.actor('child', 'parent/p/kid@2').label({ tenant: tenantOfChild });
  return async (tenant: string | undefined, address: string): Promise<unknown> => {
    const { ask } = askingOf(server.url, tenant === undefined ? {} : { 'x-tenant': tenant });
    const [kind = '', ...id] = address.split('/');
    const { status, body } = await ask(`/v1/actors/${kind}/${encodeURIComponent(id.join('/'))}/leads`);
    if (status !== 200) return status;
    return (body['items'] as { kind: string; name: string }[])
      .map((lead) => `${lead.kind} ${lead.name}`)
      .toSorted();
  };
}

const between = ['birth birth', 'message hear', 'message report', 'message reported'];

test('leads to an actor of another tenant are not told, from neither side', async () => {
  const leadsOf = await family('b');
  expect(await leadsOf('a', 'parent/p')).toEqual([]);
  expect(await leadsOf('b', kid)).toEqual([]);
  // Nor is there an actor to ask about.
  expect(await leadsOf('b', 'parent/p')).toBe(404);
  expect(await leadsOf('a', kid)).toBe(404);
});

test('leads between actors of one tenant are told, and all of them to whoever sees all', async () => {
  const leadsOf = await family('a');
  expect(await leadsOf('a', 'parent/p')).toEqual(between);
  expect(await leadsOf('a', kid)).toEqual(between);
  expect(await leadsOf(undefined, 'parent/p')).toEqual(between);
});
