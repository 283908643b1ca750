/** The verbs beside a living owner, over its socket, and on a directory that nobody has open. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { openOwnerSocket, openServer } from '../../../runtime/http.ts';
import type { Server } from '../../../runtime/http.ts';
import { openTroupe } from '../../../runtime/index.ts';
import type { Troupe } from '../../../runtime/index.ts';
import { said } from './kit.ts';
import type { Told } from './kit.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const start = { type: 'run.start', title: 'Fix the login' };
const noted = ['--id', 's1', '--label', 'team=core', '--json'] as const;

const jsonIn = ({ out }: Told): unknown => JSON.parse(out) as unknown;

const linesIn = ({ out }: Told): readonly unknown[] =>
  out
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('beside a living owner', () => {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-cli-'));
  let troupe: Troupe;
  let servers: readonly Server[] = [];
  const verb = async (...words: readonly string[]): Promise<Told> => said(...words, '-d', directory);

  beforeAll(async () => {
    troupe = await openTroupe({ directory, workers: 0 });
    servers = [await openOwnerSocket(troupe), await openServer(troupe, { token: 'sesame' })];
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
    await troupe.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test('an event is sent once, however often, and what it led to can be looked at', async () => {
    const first = await verb('send', 'run/fix-login', JSON.stringify(start), ...noted);
    expect(jsonIn(first)).toMatchObject({ seq: 2, duplicate: false });
    const again = await verb('send', 'run/fix-login', JSON.stringify(start), ...noted);
    expect(jsonIn(again)).toMatchObject({ seq: 2, duplicate: true });
    expect(await verb('ls', '--label', 'team=core')).toEqual({
      out: 'run/fix-login  live  idle  #2  Fix the login\n',
      errors: '',
      code: 0,
    });
    expect((await verb('ls', '--label', 'team=web')).errors).toBe('No actors.\n');
    expect(jsonIn(await verb('show', 'run/fix-login', '--json'))).toMatchObject({ seq: 2, status: 'live' });
    expect(jsonIn(await verb('show', 'run/fix-login', '--at', '1', '--json'))).toMatchObject({ seq: 1 });
    expect((await verb('describe', 'run/fix-login')).out).toContain('Fix the login');
    expect(jsonIn(await verb('digest', 'run/fix-login'))).toMatchObject({ seq: 2 });
    const types = linesIn(await verb('history', 'run/fix-login', '--json'));
    expect(types).toMatchObject([{ seq: 1 }, { seq: 2, event: { type: 'run.start' } }]);
    expect((await verb('history', 'run/fix-login', '--type', 'run.start')).out).toMatch(
      /^2 \S+Z run\.start \{"title":"Fix the login".*\} by local\n$/,
    );
    expect(jsonIn(await verb('stats'))).toMatchObject({ journal: { commits: expect.any(Number) as number } });
    expect((await verb('usage')).errors).toBe('Nothing was used.\n');
  });

  test('tail gives what is there, then what comes, and ends with the actor', async () => {
    await troupe.run('tailed').start({ title: 'Tailed' });
    const tailing = verb('tail', 'run/tailed', '--json', '-n', '1');
    const pushed = await verb('send', 'run/tailed', 'run.pause');
    expect(pushed.code).toBe(0);
    await troupe.run('tailed').end({ cause: 'completed' });
    const facts = linesIn(await tailing) as readonly { readonly seq: number }[];
    const seqs = facts.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
    expect(facts.at(-1)).toMatchObject({ event: { type: 'run.end' } });
  });

  test('what is refused, unknown or wrong has its own exit code', async () => {
    await troupe.run('over').start();
    await troupe.run('over').end({ cause: 'completed' });
    expect(await verb('send', 'run/over', 'run.pause')).toMatchObject({
      code: 4,
      errors: expect.stringContaining('(SEALED)') as string,
    });
    expect((await verb('show', 'run/nobody')).code).toBe(3);
    expect((await verb('show', 'robot/a')).code).toBe(3);
    expect((await verb('show', 'nonsense')).code).toBe(2);
    expect((await verb('send', 'run/a', '{"type"')).code).toBe(2);
    const { errors } = await verb('show', 'run/nobody', '--json');
    expect(JSON.parse(errors)).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });

  test('an outbox is drained and acknowledged', async () => {
    await troupe.outbox('conductor').post({ child: 'run/a', childSeq: 1, kind: 'waiting', summary: 'Waits' });
    expect(jsonIn(await verb('outbox', 'conductor', 'pending'))).toEqual({ ready: 1, leased: 0, dead: 0 });
    const lease = jsonIn(await verb('outbox', 'conductor', 'drain', '--max', '5')) as {
      readonly leaseId: number;
      readonly records: readonly { readonly position: number }[];
    };
    expect(lease.records).toMatchObject([{ child: 'run/a', summary: 'Waits' }]);
    const position = String(lease.records[0]?.position);
    expect((await verb('outbox', 'conductor', 'ack', String(lease.leaseId), position)).code).toBe(0);
    expect(jsonIn(await verb('outbox', 'conductor', 'pending'))).toEqual({ ready: 0, leased: 0, dead: 0 });
    expect((await verb('outbox', 'conductor', 'dran')).errors).toContain('Did you mean "drain"?');
  });

  test('the feed ends after so many facts, with the cursor to go on from', async () => {
    await troupe.run('fed').start();
    const pages = linesIn(await verb('feed', '--limit', '1', '--json'));
    expect(pages.at(-1)).toMatchObject({ cursor: expect.any(String) as string });
  });

  test('an ended actor is erased, and its chain still verifies', async () => {
    await troupe.run('erased').start({ title: 'Secret' });
    expect((await verb('erase', 'run/erased')).code).toBe(4);
    await troupe.run('erased').end({ cause: 'completed' });
    expect((await verb('erase', 'run/erased')).code).toBe(0);
    expect((await verb('history', 'run/erased')).out).toBe('');
    expect((await verb('verify', 'run/erased')).out).toContain('some of it erased');
  });

  test('a server is reached by its URL, with its token', async () => {
    const url = servers[1]?.url ?? '';
    expect((await said('ls', '--url', url)).code).toBe(4);
    expect((await said('ls', '--url', url, '--token', 'sesame')).code).toBe(0);
    expect((await said('ls', '--url', 'http://127.0.0.1:1')).code).toBe(6);
    expect((await said('ls', '--url', 'ftp://x')).code).toBe(2);
  });
});
