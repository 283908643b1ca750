/** The demonstration: everything moves, and Ctrl-C leaves nothing that lives. */
import { afterEach, expect, test, vi } from 'vitest';
import { openCrew } from '../../../runtime/cli/demo/crew.ts';
import { openTroupe } from '../../../runtime/index.ts';
import type { ListedRow } from '../../../runtime/index.ts';
import { newDirectory } from '../open.ts';
import { serve } from './kit.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const agents = new URL('../../../runtime/cli/demo/agents.ts', import.meta.url);

async function rowsOf(list: AsyncIterable<ListedRow>): Promise<readonly ListedRow[]> {
  const rows: ListedRow[] = [];
  for await (const row of list) rows.push(row);
  return rows;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

test('agents talk, use tools, ask, fail and are tried again; a parent hears; terminals work', async () => {
  // What shells read in somebody's own may wait for locks, or leave one when they are ended.
  vi.stubEnv('HOME', newDirectory());
  await using troupe = await openTroupe({ directory: newDirectory(), actors: agents });
  const left = new Set([
    'message.delta',
    'tool.progress',
    'permission.answer',
    'process.exit',
    'turn.interrupt',
    'run.prompt',
    'outbox.ack',
    'usage',
    'error',
    'command.end',
  ]);
  const notes: string[] = [];
  const crew = await openCrew(troupe, (text) => notes.push(text), 0.02);
  let hasRetried = false;
  const looked = (async () => {
    for await (const { items } of troupe.feed()) {
      for (const { event } of items) {
        left.delete(event.type);
        hasRetried ||= event.type === 'run.start' && 'continues' in event;
      }
      if (left.size === 0 && hasRetried) return;
    }
  })();
  await Promise.race([looked, crew.failed]);
  await crew.end();
  expect(notes).toEqual([]);
  const live = await rowsOf(troupe.list({ status: 'live' }));
  expect(live.map(({ address }) => address)).toEqual([]);
  expect(await troupe.verify()).toMatchObject({ ok: true, bad: [] });
});

test('Ctrl-C ends a process that serves it, with every actor sealed', async () => {
  const directory = newDirectory();
  const { url, interrupt } = await serve(directory, '--demo', '--directory', directory);
  const watched = await fetch(`${url}/v1/feed?types=message.delta&limit=3`);
  expect(await watched.text()).toContain('event: feed');
  expect(await interrupt()).toEqual({ code: 0, errors: 'Closed.\n' });
  await using troupe = await openTroupe({ directory, actors: agents });
  const rows = await rowsOf(troupe.list());
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.filter(({ status }) => status !== 'sealed')).toEqual([]);
});
