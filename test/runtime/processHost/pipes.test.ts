/** Children with pipes: their streams, their ends, their surroundings. */
import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test, vi } from 'vitest';
import { isAlive } from '../../../runtime/processHost/processTable.ts';
import { becomes, descriptorsOf, newHost, onPty, open, parentOf, piped, sessionOf, statOf } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('a child with pipes', () => {
  test('has its three streams apart, and its exit code', async () => {
    const { child, heard } = await piped(newHost(), 'read line; echo "out $line"; echo err >&2; exit 7');
    expect(await child.write(1, 'hello\n')).toBe(true);
    expect(await heard.ending()).toMatchObject({ code: 7, signal: null });
    expect(heard.text('out')).toBe('out hello\n');
    expect(heard.text('err')).toBe('err\n');
  });

  test('that is killed says by which signal', async () => {
    const { child, heard } = await piped(newHost(), 'echo ready; exec sleep 1000');
    await heard.says('ready');
    child.signal('SIGKILL');
    expect(await heard.ending()).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('hands on the last 8 KiB of its stderr with its exit', async () => {
    const script =
      'i=0; while [ $i -lt 3000 ]; do echo "line $i" >&2; i=$((i+1)); done; echo "no credit" >&2; exit 1';
    const { heard } = await piped(newHost(), script);
    const { code, stderr } = await heard.ending();
    expect(code).toBe(1);
    expect(stderr).toHaveLength(8192);
    expect(heard.bytes('err').subarray(-8192).equals(Buffer.from(stderr))).toBe(true);
    expect(Buffer.from(stderr).toString().endsWith('no credit\n')).toBe(true);
  });

  test('reads the end of its input', async () => {
    const { child, heard } = await open(newHost(), { command: 'cat' });
    const bytes = randomBytes(700_000);
    await child.write(1, bytes);
    expect(await child.endInput(2)).toBe(true);
    expect(await heard.ending()).toMatchObject({ code: 0 });
    expect(heard.bytes().equals(bytes)).toBe(true);
  });

  test('loses nothing of megabytes it wrote just before its exit', async () => {
    const { heard } = await piped(newHost(), 'head -c 5000000 /dev/zero; echo end >&2');
    expect(await heard.ending()).toMatchObject({ code: 0 });
    expect(heard.ends).toEqual({ out: 5_000_000, err: 4 });
  });

  test('that ends at once, a hundred times, loses nothing', async () => {
    const host = newHost();
    for (let i = 0; i < 100; i++) {
      const { heard } = await piped(host, `printf 'end ${i}'`);
      await heard.ending();
      expect(heard.text()).toBe(`end ${i}`);
    }
  });

  test('that closed its input tells so, and goes on', async () => {
    const { child, heard } = await piped(
      newHost(),
      'exec <&-; echo closed; while [ ! -e /proc/self/fd/9 ]; do :; done',
    );
    await heard.says('closed');
    // The first write may still fit into the pipe's buffer.
    let seq = 0;
    let taken = true;
    while (taken) taken = await child.write((seq += 1), 'x'.repeat(1000));
    expect(child.isOver).toBe(false);
    child.end();
    await heard.ending();
  });

  test('is told of with its start time, by which it is alive or not', async () => {
    const { child, heard } = await piped(newHost(), 'read line');
    const { pid, startTime } = child.mark;
    expect(String(startTime)).toBe(statOf(pid)?.[19]);
    expect(isAlive(child.mark)).toBe(true);
    expect(isAlive({ pid, startTime: (startTime ?? 0) - 1 })).toBe(false);
    await child.write(1, '\n');
    await heard.ending();
    expect(isAlive(child.mark)).toBe(false);
  });

  test('leads a session of its own in its folder, and belongs to the host', async () => {
    const host = newHost();
    const { child, heard } = await piped(host, 'echo ready; read line', { cwd: tmpdir() });
    await heard.says('ready');
    expect(readlinkSync(`/proc/${child.mark.pid}/cwd`)).toBe(tmpdir());
    expect(sessionOf(child.mark.pid)).toEqual([child.mark.pid]);
    expect(parentOf(child.mark.pid)).toBe(await host.pid());
    expect(parentOf((await host.pid())!)).toBe(process.pid);
  });
});

describe('what a child is given', () => {
  test('is its environment: the minimum, its own, and its secrets', async () => {
    vi.stubEnv('TROUPE_TEST_KEY', 'of the runtime');
    vi.stubEnv('TZ', 'Europe/Berlin');
    const { heard } = await open(newHost(), {
      command: 'env',
      env: { OWN: '1', BOTH: 'open' },
      secretEnv: { SECRET: '2', BOTH: 'secret' },
    });
    await heard.ending();
    vi.unstubAllEnvs();
    const lines = heard.text().trim().split('\n');
    expect(lines).toEqual(expect.arrayContaining(['OWN=1', 'SECRET=2', 'BOTH=secret', 'TZ=Europe/Berlin']));
    expect(heard.text()).not.toContain('TROUPE_TEST_KEY');
    expect(heard.text()).not.toMatch(/^(NODE_|npm_|VITEST)/m);
  });

  test('is no descriptor but its own, however many PTYs are open', async () => {
    const host = newHost();
    for (let i = 0; i < 3; i++) await onPty(host, 'read line');
    const { child, heard } = await piped(host, 'echo ready; read line');
    await heard.says('ready');
    const others = descriptorsOf(child.mark.pid).filter((line) => !/^[012]:/.test(line));
    // Nothing of the host's, and nothing of this process or whoever started it.
    expect(others.filter((line) => !line.endsWith(':/dev/null'))).toEqual([]);
    // They would be there: the host has them open, and soon the one that is made ready for the next.
    const pid = (await host.pid())!;
    await becomes(() => descriptorsOf(pid).filter((line) => line.includes('ptmx')).length === 4);
  });
});

describe('a child that cannot start', () => {
  const failure = { code: 'START_FAILED', retryable: false };

  test.each([{}, { size: { cols: 80, rows: 24 } }])('names what is wrong (%o)', async (kind) => {
    const host = newHost();
    const opening = open(host, { command: 'no-such-program', ...kind });
    await expect(opening).rejects.toMatchObject({ ...failure, message: /no-such-program/ });
    const elsewhere = open(host, { command: 'sh', cwd: '/no/such/folder', ...kind });
    await expect(elsewhere).rejects.toMatchObject({ ...failure, message: /no\/such\/folder/ });
    const folder = open(host, { command: '/tmp', ...kind });
    await expect(folder).rejects.toMatchObject(failure);
  });

  test('leaves no descriptor open, and every other child alone', async () => {
    const host = newHost();
    const { child, heard } = await onPty(host, 'echo ready; read line');
    await heard.says('ready');
    const pid = (await host.pid())!;
    const before = descriptorsOf(pid).length;
    for (const args of [['\u0000'], ['x'.repeat(200_000)]]) {
      for (const kind of [{}, { size: { cols: 80, rows: 24 } }]) {
        await expect(open(host, { command: 'echo', args, ...kind })).rejects.toMatchObject(failure);
      }
    }
    await becomes(() => descriptorsOf(pid).length === before);
    expect(() => child.resize(0, 10)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
    const tooLarge = open(host, { command: 'echo', env: { SECRET: 'hush'.repeat(2_000_000) } });
    await expect(tooLarge).rejects.toMatchObject({ code: 'TOO_LARGE', message: /^Arguments/ });
    await child.write(1, '\n');
    expect(await heard.ending()).toMatchObject({ code: 0 });
  });

  test('leaves its name free', async () => {
    const host = newHost();
    await expect(open(host, { id: 'a', command: 'no-such-program' })).rejects.toMatchObject(failure);
    await open(host, { id: 'a', command: 'cat' });
    await expect(open(host, { id: 'a', command: 'cat' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('what a child leaves behind', () => {
  test('is ended with it, and its exit does not wait for that', async () => {
    const { child, heard } = await piped(newHost(), `sh -c 'trap "" HUP; echo left; sleep 1000' & read line`);
    await heard.says('left');
    await child.write(1, '\n');
    expect(await heard.ending()).toMatchObject({ code: 0 });
    expect(sessionOf(child.mark.pid)).not.toEqual([]); // it takes no HUP
    await becomes(() => sessionOf(child.mark.pid).length === 0);
  });

  test('may have escaped with a pipe: the exit comes all the same', async () => {
    const host = newHost();
    const { heard } = await piped(host, `setsid sh -c 'echo $$; exec sleep 1000' & read line`);
    await heard.says('\n');
    const escaped = Number(heard.text());
    await heard.child!.write(1, '\n');
    expect(await heard.ending()).toMatchObject({ code: 0 });
    await becomes(() => statOf(escaped)?.[0] === 'S');
    process.kill(escaped, 'SIGKILL');
  });

  test.each([
    ['as much as is read', 'exec yes'],
    ['a little, again and again', 'while :; do echo x; sleep 0.01; done'],
  ])('may go on writing %s into it: the exit comes all the same', async (_, writing) => {
    // A look sees something of it each time.
    const host = newHost({ limits: { lookMs: 200, drainMs: 600 } });
    const script = `setsid sh -c 'echo $$; ${writing}' & read line; printf "last words" >&2; exit 3`;
    const { heard } = await piped(host, script);
    await heard.until(() => heard.text().length > 100);
    const escaped = Number(heard.text().split('\n')[0]);
    await heard.child!.write(1, '\n');
    expect(await heard.ending()).toMatchObject({ code: 3, stderr: Buffer.from('last words') });
    expect(heard.text('err')).toBe('last words');
    // Nobody reads what it writes.
    await becomes(() => [undefined, 'Z'].includes(statOf(escaped)?.[0]));
  });
});
