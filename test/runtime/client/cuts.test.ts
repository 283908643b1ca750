/**
 * The client behind a proxy that cuts connections at random: what it sends is applied once, what it reads is
 * the history. `CUTS=1000 SEED=42` of the environment makes it a campaign.
 */
import { expect, test, vi } from 'vitest';
import { connect } from '../../../runtime/client.ts';
import type { Client } from '../../../runtime/client.ts';
import type { DefinitionsOf, ListedRow } from '../../../runtime/index.ts';
import type { Sample } from '../open.ts';
import { listOf, openServed } from '../http/served.ts';
import { openCutting } from './cutting.ts';
import { Random } from '../../../storage/conformance/random.ts';

const wanted = Number(process.env['CUTS'] ?? 40);
const seed = Number(process.env['SEED'] ?? Date.now() % 1e9);

// A campaign takes as long as it takes.
vi.setConfig({ testTimeout: wanted > 100 ? 3_600_000 : 60_000 });

const patience = { patienceMs: 600_000, retryMs: 1, retryMsMax: 20 };
const client = (url: string): Client<DefinitionsOf<Sample>> => connect<Sample>(url, patience);

/** Mostly few bytes, seldom many: what is large comes through at last. */
function passingOf(random: Random): () => number {
  return () => Math.floor(1000 / (random.below(1000) / 1000 + 0.001)) - 900;
}

test('every send is applied once, and the transcript of a subscriber is the history', async () => {
  console.log(`SEED=${seed} CUTS=${wanted}`);
  const { troupe, server } = await openServed();
  const cutting = await openCutting(server.port, passingOf(new Random(seed)));
  const order = client(cutting.url).actor('order', '1');
  const reading = listOf(
    client(cutting.url).actor('order', '1').subscribe({ after: 0, windowMs: 0, maxBytes: 4096, wait: true }),
  );
  let sent = 0;
  for (; cutting.cuts() < wanted; sent++) {
    const { duplicate, seq } = await order.send({ type: 'order.note', text: `${sent} ${'x'.repeat(200)}` });
    expect({ duplicate, seq }).toEqual({ duplicate: false, seq: sent + 2 });
  }
  await order.send({ type: 'order.pay', cents: 1 });
  await order.send({ type: 'order.ship' });
  const history = await listOf(troupe.actor('order', '1').history());
  const texts = history.slice(1, -2).map(({ event }) => (event as { text: string }).text.split(' ')[0]);
  expect(texts).toEqual(Array.from({ length: sent }, (_, i) => `${i}`));
  const notifications = await reading;
  let next = 1;
  const transcript = notifications.flatMap(({ from, to, facts, reset }) => {
    expect(from).toBe(next);
    next = to + 1;
    // Of a reader that was too slow the history has what it let go.
    return reset === undefined ? facts : history.slice(from - 1, to);
  });
  expect(transcript).toEqual(history);
  expect(notifications.at(-1)?.sealed).toBe(true);
  // Not through the proxy: a page of a thousand facts would seldom pass.
  expect(await listOf(client(server.url).actor('order', '1').history())).toEqual(history);
});

test('messages and rows that were told are those that are there', async () => {
  const { troupe, server } = await openServed();
  const cutting = await openCutting(server.port, passingOf(new Random(seed + 1)));
  const run = troupe.run('1');
  await run.start({ title: 'Cut' });
  const shown = new Map<string, unknown>();
  const reading = (async () => {
    for await (const { messages } of client(cutting.url).run('1').messages({ windowMs: 0, last: 2 })) {
      for (const message of messages) shown.set(message.messageId, message);
    }
  })();
  const rows = new Map<string, unknown>();
  const watching = (async () => {
    for await (const { changed } of client(cutting.url).watch({ kind: 'run' }, { windowMs: 0 })) {
      for (const row of changed) rows.set(row.address, row);
      if (rows.size === 4 && [...rows.values()].every((row) => (row as ListedRow).status === 'sealed'))
        return;
    }
  })();
  const cuts = Math.min(wanted, 40);
  for (let i = 0; i < 20 || cutting.cuts() < cuts; i++) {
    const messageId = `m${i}`;
    await run.send({ type: 'message.start', messageId, role: 'assistant' });
    await run.send({ type: 'message.delta', messageId, part: 'text', text: `${i} ${'y'.repeat(300)}` });
    // One stays open for long, and changes late.
    if (i > 0) await run.send({ type: 'message.end', messageId, finish: 'stop' });
    if (i < 3) await troupe.run(`other-${i}`).start({});
  }
  await run.send({ type: 'message.end', messageId: 'm0', finish: 'stop' });
  for (const one of [run, ...[0, 1, 2].map((i) => troupe.run(`other-${i}`))])
    await one.end({ cause: 'completed' });
  await Promise.all([reading, watching]);
  const expected: string[] = [];
  for await (const page of run.messages({ last: 1000 })) {
    for (const message of page.messages) expected.push(JSON.stringify(message));
  }
  expect(expected.length).toBeGreaterThanOrEqual(20);
  expect([...shown.values()].map((message) => JSON.stringify(message)).toSorted()).toEqual(
    expected.toSorted(),
  );
  expect(new Set(rows.values())).toEqual(new Set(await listOf(troupe.list({ kind: 'run' }))));
});
