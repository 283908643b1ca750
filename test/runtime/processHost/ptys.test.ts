/** Children on a PTY: a real terminal session, nothing lost, nothing left. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { becomes, descriptorsOf, newHost, onPty, open, sessionOf, size, statOf } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('a child on a PTY', () => {
  test('has a PTY of the size it asked for, as its controlling one', async () => {
    const { child, heard } = await onPty(
      newHost(),
      'tty; stty size; stty -a; echo $TERM; exec <>/dev/tty; read line',
    );
    await heard.says('xterm-256color');
    expect(heard.text()).toMatch(/^\/dev\/pts\/\d+\r\n24 80\r\n/);
    expect(heard.text()).toContain(' iutf8');
    // Foreground group: itself.
    expect(statOf(child.mark.pid)?.[5]).toBe(String(child.mark.pid));
    expect(String(child.mark.startTime)).toBe(statOf(child.mark.pid)?.[19]);
  });

  test('ends with its code, or the signal that killed it', async () => {
    const host = newHost();
    const one = await onPty(host, 'exit 9');
    expect(await one.heard.ending()).toMatchObject({ code: 9, signal: null });
    const two = await onPty(host, 'kill -TERM $$');
    expect(await two.heard.ending()).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  test('is resized, and told so', async () => {
    const script = 'trap "stty size; exit" WINCH; echo ready; while :; do read line; done';
    const { child, heard } = await onPty(newHost(), script);
    await heard.says('ready');
    child.resize(132, 50);
    await heard.ending();
    expect(heard.text()).toContain('50 132');
  });

  test('takes a signal in its foreground group only', async () => {
    const { child, heard } = await open(newHost(), { command: 'bash', args: ['--norc', '-i'], size });
    await child.write(1, `sh -c 'echo run''ning; exec sleep 1000'; echo "status $?"\n`);
    await heard.says('running');
    await becomes(() => statOf(child.mark.pid)?.[5] !== String(child.mark.pid));
    child.signal('SIGTERM');
    await heard.says('status 143');
    expect(child.isOver).toBe(false);
  });

  test('gets what is typed, control characters and all', async () => {
    const { child, heard } = await onPty(
      newHost(),
      'trap "echo caught; exit 3" INT; echo ready; while :; do read line; done',
    );
    await heard.says('ready');
    expect(await child.write(1, '\x03')).toBe(true);
    expect(await heard.ending()).toMatchObject({ code: 3 });
    expect(heard.text()).toContain('caught');
  });

  test('passes bytes that are no text unchanged', async () => {
    const { heard } = await onPty(newHost(), String.raw`stty raw; printf '\377\376\000\303'`);
    await heard.ending();
    expect([...heard.bytes()]).toEqual([0xff, 0xfe, 0, 0xc3]);
  });

  test('sees no PTY of another', async () => {
    const host = newHost();
    const first = await onPty(host, 'echo ready; read line');
    const second = await onPty(host, 'echo ready; read line');
    await Promise.all([first.heard.says('ready'), second.heard.says('ready')]);
    for (const { child } of [first, second]) {
      const lines = descriptorsOf(child.mark.pid);
      expect(lines.filter((line) => line.includes('ptmx'))).toEqual([]);
      expect(
        new Set(lines.filter((line) => line.includes('/dev/pts')).map((l) => l.split(':')[1])).size,
      ).toBe(1);
    }
  });
});

describe('the terminal of the next child', () => {
  test('is made ready ahead: no child but those before it waits for stty', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'troupe-stty-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const log = join(folder, 'log');
    const shim = `#!/bin/sh\nPATH=\${PATH#*:}\nstty "$@"\necho "$WHO" >>${log}\n`;
    writeFileSync(join(folder, 'stty'), shim, { mode: 0o755 });
    const runs = (): readonly string[] =>
      existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
    const PATH = `${folder}:${process.env['PATH']!}`;
    vi.stubEnv('PATH', PATH);
    const host = newHost();
    const who = async (name: string): Promise<boolean> => {
      const { heard } = await onPty(host, 'stty -a; echo over; read line', { env: { PATH, WHO: name } });
      await heard.says('over');
      expect(heard.text()).toContain(' iutf8');
      return runs().filter((run) => run === name).length === 1;
    };
    // Its own `stty -a` comes last: whoever needed another has run it twice.
    expect(await who('first')).toBe(false);
    // The host's own, which nobody has named; it knows of its end a moment later.
    await becomes(() => runs().includes(''));
    for (let n = 0; !(await who(`child ${n}`)); n++);
  });

  test('has the size that the child asks for, and its own alone', async () => {
    const host = newHost();
    const sizes = [];
    for (let n = 1; n <= 5; n++) {
      const given = { size: { cols: 60 + n, rows: 20 + n } };
      const { heard } = await onPty(host, 'stty size; stty -a | grep -o iutf8', given);
      await heard.ending();
      sizes.push(heard.text());
    }
    expect(sizes).toEqual([1, 2, 3, 4, 5].map((n) => `${20 + n} ${60 + n}\r\niutf8\r\n`));
  });
});

describe('the end of the output (H4)', () => {
  test('is there for 200 children that print and exit', async () => {
    const host = newHost();
    for (let i = 0; i < 200; i++) {
      const { heard } = await onPty(host, `head -c 3000 /dev/zero | tr '\\0' x; printf END`);
      await heard.ending();
      expect(heard.bytes().length, `child ${i}`).toBe(3003);
    }
  });

  test('is there after megabytes', async () => {
    const { heard } = await onPty(newHost(), 'seq 1 300000; printf END');
    await heard.ending();
    expect(heard.text().endsWith('300000\r\nEND')).toBe(true);
    expect(heard.text().split('\r\n')).toHaveLength(300_001);
  });

  test('is there when the child was paused as it ended', async () => {
    const host = newHost({ limits: { windowBytes: 16 * 1024, windowFloorBytes: 8 * 1024 } });
    const { child, heard } = await onPty(host, 'seq 1 20000; printf END', { acks: false });
    // 128 894 bytes: it cannot end before most of that was read.
    while (!child.isOver) {
      const seen = heard.ends.out;
      child.ack('out', seen);
      await heard.until(() => heard.ends.out > seen || child.isOver);
    }
    expect(heard.text().split('\r\n')).toHaveLength(20_001);
    expect(heard.text().endsWith('END')).toBe(true);
  });

  test('comes before the exit although nobody acknowledges anything', async () => {
    const { heard } = await onPty(newHost(), 'printf END', { acks: false });
    await heard.ending();
    expect(heard.text()).toBe('END');
  });
});

describe('what a PTY leaves in the host', () => {
  test('is nothing: no descriptor, no zombie, no session', async () => {
    const host = newHost();
    await open(host, { command: 'true', size });
    const pid = (await host.pid())!;
    const shown = (): readonly string[] => descriptorsOf(pid).filter((line) => /ptmx|pts/.test(line));
    const opened = await Promise.all(Array.from({ length: 30 }, async () => onPty(host, 'read line')));
    expect(shown().length).toBeGreaterThanOrEqual(60);
    for (const { child } of opened) child.end();
    await Promise.all(opened.map(async ({ heard }) => heard.ending()));
    // The one that is made ready for the next: its master and its slave.
    await becomes(() => shown().length === 2);
    for (const { child } of opened) expect(sessionOf(child.mark.pid)).toEqual([]);
  });
});
