/** What an ACP agent asks of its client: files and terminals, within its run's directory, where allowed. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { isThere } from '../processHost/kit.ts';
import { textOf } from '../pty/kit.ts';
import { eventsOf, newFolder, openRuntime, parsed, StandIn } from './kit.ts';
import type { Act } from './standIn.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const greeted: readonly Act[] = [
  { answer: 'initialize', result: {} },
  { answer: 'session/new', result: { sessionId: 'a1' } },
];

/** Requests, each sent when the one before has its answer. */
function asking(...requests: readonly (readonly [method: string, params: object])[]): readonly Act[] {
  return requests.flatMap(([method, params], i): readonly Act[] => {
    const id = i + 1;
    const say = { jsonrpc: '2.0', id, method, params: { sessionId: 'a1', ...params } };
    return [{ say }, { hear: `"id":${id},` }];
  });
}

/** What came back for them, in their order. */
function answersTo({ heard }: StandIn): readonly object[] {
  return parsed(heard)
    .filter(({ id, method }) => typeof id === 'number' && method === undefined)
    .map(({ result, error }) => (result ?? error) as object);
}

type Allows = readonly ('readFiles' | 'writeFiles' | 'terminals')[];

async function played(cwd: string, allows: Allows, acts: readonly Act[], id = 'a') {
  const troupe = await openRuntime();
  const one = new StandIn([...greeted, ...acts, { exit: 0 }]);
  const run = troupe.run(id);
  await run.start({ engine: 'acp', launch: { ...one.launch, cwd, allows: [...allows] } });
  const { cause } = await run.result();
  return { troupe, one, run, cause, answers: answersTo(one) };
}

const forbidden = { code: -32_603, message: expect.stringContaining('is not within') as string };

describe('files', () => {
  test('are read and written within the directory of the run', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'a.txt'), 'one\ntwo\nthree\n');
    mkdirSync(join(cwd, 'src'));
    symlinkSync(join(cwd, 'a.txt'), join(cwd, 'src/link'));
    const { answers, one, run } = await played(
      cwd,
      ['readFiles', 'writeFiles'],
      asking(
        ['fs/read_text_file', { path: join(cwd, 'a.txt') }],
        ['fs/read_text_file', { path: join(cwd, 'src/../src/link'), line: 2, limit: 1 }],
        ['fs/write_text_file', { path: join(cwd, 'src/new.txt'), content: 'né' }],
        ['fs/write_text_file', { path: join(cwd, 'a.txt'), content: 'short' }],
        ['fs/read_text_file', { path: join(cwd, 'none.txt') }],
        ['fs/read_text_file', { path: 7 }],
      ),
    );
    expect(answers).toEqual([
      { content: 'one\ntwo\nthree\n' },
      { content: 'two\n' },
      {},
      {},
      { code: -32_002, message: expect.stringContaining('ENOENT') as string },
      { code: -32_602, message: expect.stringContaining('"path"') as string },
    ]);
    expect(readFileSync(join(cwd, 'src/new.txt'), 'utf8')).toBe('né');
    expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe('short');
    const [greeting] = parsed(one.heard);
    expect(greeting).toMatchObject({
      params: {
        clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, terminal: false },
      },
    });
    const notes = (await eventsOf(run, 'note')) as readonly { served?: string; about?: string }[];
    expect(notes.find(({ served }) => served === 'fs/write_text_file')?.about).toBe(join(cwd, 'src/new.txt'));
  });

  test('beyond it are not, whatever the path says', async () => {
    const [cwd, beyond] = [newFolder(), newFolder()];
    const secret = join(beyond, 'secret');
    writeFileSync(secret, 'sesame');
    symlinkSync(secret, join(cwd, 'link'));
    symlinkSync(beyond, join(cwd, 'folder'));
    symlinkSync(join(beyond, 'not yet'), join(cwd, 'dangling'));
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const paths = [
      secret,
      join(cwd, 'link'),
      join(cwd, 'folder/secret'),
      `${cwd}/../${beyond.split('/').at(-1)}/secret`,
      `${cwd}-other/secret`,
      'secret',
    ];
    const { answers } = await played(
      cwd,
      ['readFiles', 'writeFiles'],
      asking(
        ...paths.map((path) => ['fs/read_text_file', { path }] as const),
        ...paths.map((path) => ['fs/write_text_file', { path, content: 'x' }] as const),
        ['fs/write_text_file', { path: join(cwd, 'folder/new'), content: 'x' }],
        ['fs/write_text_file', { path: join(cwd, 'dangling'), content: 'x' }],
        ['fs/read_text_file', { path: join(cwd, 'pipe') }],
        ['fs/read_text_file', { path: cwd }],
      ),
    );
    const refusals = Array.from({ length: 13 }, () => forbidden);
    expect(answers.slice(0, 13)).toEqual(refusals);
    for (const answer of answers.slice(13)) expect(answer).toMatchObject({ code: -32_603 });
    expect(answers).toHaveLength(16);
    expect(readFileSync(secret, 'utf8')).toBe('sesame');
    expect(() => readFileSync(join(beyond, 'new'))).toThrow('ENOENT');
    expect(() => readFileSync(join(beyond, 'not yet'))).toThrow('ENOENT');
  });

  test('are not served unless the launch allows it', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'a.txt'), 'a');
    const requests = asking(
      ['fs/read_text_file', { path: join(cwd, 'a.txt') }],
      ['fs/write_text_file', { path: join(cwd, 'a.txt'), content: 'b' }],
      ['terminal/create', { command: 'ls' }],
    );
    const { answers } = await played(cwd, [], requests);
    expect(answers).toMatchObject([{ code: -32_601 }, { code: -32_601 }, { code: -32_601 }]);
    const reading = await played(cwd, ['readFiles'], requests);
    expect(reading.answers).toMatchObject([{ content: 'a' }, { code: -32_601 }, { code: -32_601 }]);
    expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe('a');
  });
});

describe('terminals', () => {
  test('are sessions that work for the run: started, waited for, read, released', async () => {
    const cwd = newFolder();
    const terminalId = 'terminal-1';
    const script = 'echo "$WORD in $(basename "$PWD")"; exit 3';
    const { answers, troupe } = await played(
      cwd,
      ['terminals'],
      asking(
        ['terminal/create', { command: 'sh', args: ['-c', script], env: [{ name: 'WORD', value: 'né' }] }],
        ['terminal/wait_for_exit', { terminalId }],
        ['terminal/output', { terminalId }],
        ['terminal/release', { terminalId }],
        ['terminal/output', { terminalId }],
        ['terminal/create', { command: 'sh', cwd: '/' }],
        ['terminal/create', { command: 'printf', args: ['abcdefghijklmnopqrst'], outputByteLimit: 10 }],
        ['terminal/wait_for_exit', { terminalId: 'terminal-2' }],
        ['terminal/output', { terminalId: 'terminal-2' }],
        ['terminal/create', { command: 'sleep', args: ['1000'] }],
        ['terminal/kill', { terminalId: 'terminal-3' }],
        ['terminal/wait_for_exit', { terminalId: 'terminal-3' }],
      ),
    );
    const name = cwd.split('/').at(-1);
    const [created, exit, output, released, gone, elsewhere, , , tail, , killed, end] = answers;
    expect(created).toMatchObject({ terminalId });
    expect(exit).toEqual({ exitCode: 3, signal: null });
    expect(output).toEqual({
      output: `né in ${name}\r\n`,
      truncated: false,
      exitStatus: { exitCode: 3, signal: null },
    });
    expect([released, killed]).toEqual([{}, {}]);
    expect(gone).toMatchObject({ code: -32_002 });
    expect(elsewhere).toEqual(forbidden);
    expect(end).toMatchObject({ exitCode: null });
    expect(tail).toMatchObject({ truncated: true, output: 'klmnopqrst' });
    const sessions: string[] = [];
    for await (const row of troupe.list({ kind: 'pty', parent: 'run/a' })) sessions.push(row.address);
    expect(sessions).toHaveLength(3);
    const { session } = (created as { _meta: { troupe: { session: string } } })._meta.troupe;
    expect(await textOf(troupe.pty(session.slice('pty/'.length)))).toContain('né in');
  });

  test('end with their agent', async () => {
    const { troupe } = await played(
      newFolder(),
      ['terminals'],
      asking(['terminal/create', { command: 'sleep', args: ['1000'] }]),
    );
    for await (const { address } of troupe.list({ kind: 'pty', parent: 'run/a' })) {
      const session = troupe.pty(address.slice('pty/'.length));
      const opened: { pid: number }[] = [];
      for await (const { sealed } of session.subscribe({ windowMs: 0 })) if (sealed) break;
      for await (const { event } of session.history({ types: ['pty.opened'] })) opened.push(event);
      expect(opened.map(({ pid }) => isThere(pid))).toEqual([false]);
    }
  });
});
