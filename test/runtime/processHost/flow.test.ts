/** What is on its way between a child and its driver: bounded, in order, once (H1). */
import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { drainBytesMax, outputBytesMax } from '../../../runtime/processHost/limits.ts';
import { becomes, newHost, onPty, open, piped, Recorder, statOf } from './kit.ts';
import type { Opened } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const limits = { windowBytes: 64 * 1024, windowFloorBytes: 16 * 1024 };

/** The child, which does nothing but write, sleeps. */
const isStuck = ({ child }: Opened): boolean => statOf(child.mark.pid)?.[0] === 'S';

describe('output that nobody acknowledges', () => {
  test.each([
    ['pipe', piped, 64 * 1024],
    // A PTY's reader may have one more piece in hand.
    ['PTY', onPty, 64 * 1024],
  ] as const)('stops the child on a %s, and goes on without a gap when it is', async (_, start, slack) => {
    const opened = await start(newHost({ limits }), 'stty raw 2>/dev/null; exec seq 1 200000', {
      acks: false,
    });
    const { child, heard } = opened;
    await heard.until(() => heard.ends.out >= limits.windowBytes);
    await becomes(() => isStuck(opened));
    expect(heard.ends.out).toBeLessThan(limits.windowBytes + slack);
    expect(child.isOver).toBe(false);
    heard.acks = true;
    child.ack('out', heard.ends.out);
    await heard.ending();
    expect(heard.text()).toBe(Array.from({ length: 200_000 }, (_unused, i) => `${i + 1}\n`).join(''));
  });

  test('is read of a PTY in one piece, as much as there is', async () => {
    const opened = await onPty(newHost({ limits }), 'exec seq 1 200000', { acks: false });
    const { child, heard } = opened;
    await heard.until(() => heard.ends.out >= limits.windowBytes);
    // The system holds what the host has not read.
    await becomes(() => isStuck(opened));
    heard.acks = true;
    child.ack('out', heard.ends.out);
    await heard.ending();
    // The system gives 4095 bytes at once.
    expect(Math.max(...heard.parts.out.map(({ length }) => length))).toBeGreaterThan(2 * 4095);
    expect(heard.text()).toBe(Array.from({ length: 200_000 }, (_unused, i) => `${i + 1}\r\n`).join(''));
  });

  test('of others does not keep back the end of the child, nor its own last words', async () => {
    const host = newHost({ limits });
    const script = `setsid sh -c 'echo $$; exec yes' & read line; printf "last words" >&2`;
    const { child, heard } = await piped(host, script, { acks: false });
    await heard.until(() => heard.ends.out >= limits.windowBytes);
    const escaped = Number(heard.text().split('\n')[0]);
    await child.write(1, '\n');
    expect(await heard.ending()).toMatchObject({ code: 0 });
    expect(heard.text('err')).toBe('last words');
    expect(heard.ends.out).toBeLessThan(limits.windowBytes + drainBytesMax + outputBytesMax);
    // Nobody reads what it writes.
    await becomes(() => [undefined, 'Z'].includes(statOf(escaped)?.[0]));
  });

  test('stops nobody else', async () => {
    const host = newHost({ limits: { ...limits, retainedBytes: 128 * 1024 } });
    const loud = [];
    for (let i = 0; i < 4; i++) loud.push(await piped(host, 'exec yes', { acks: false }));
    await Promise.all(loud.map(async ({ heard }) => heard.until(() => heard.ends.out >= 16 * 1024)));
    const { heard } = await piped(host, 'seq 1 100000');
    await heard.ending();
    expect(heard.text().endsWith('100000\n')).toBe(true);
  });
});

describe('input', () => {
  test('waits for the child in the order it was given, megabytes of it', async () => {
    const { child, heard } = await piped(newHost(), 'kill -STOP $$; exec md5sum');
    await becomes(() => statOf(child.mark.pid)?.[0] === 'T');
    const parts = Array.from({ length: 6 }, (_, i) => Buffer.alloc(900_000, `part ${i}`));
    const writes = parts.map(async (part, i) => child.write(i + 1, part));
    const ending = child.endInput(7);
    child.signal('SIGCONT');
    expect(new Set(await Promise.all([...writes, ending]))).toEqual(new Set([true]));
    await heard.ending();
    const expected = createHash('md5').update(Buffer.concat(parts)).digest('hex');
    expect(heard.text().slice(0, 32)).toBe(expected);
  });

  test('that comes again under its seq is not written again, and its end is told again', async () => {
    const { child, heard } = await open(newHost(), { command: 'cat' });
    expect(await child.write(5, 'a')).toBe(true);
    expect(await child.write(5, 'a')).toBe(true);
    expect(await child.write(3, 'x')).toBe(true);
    expect(await child.write(6, 'b')).toBe(true);
    await child.endInput(7);
    await heard.ending();
    expect(heard.text()).toBe('ab');
  });

  test('beyond its bounds is refused, and never cut', async () => {
    const host = newHost({ limits: { inputBytes: 1000, inputWindowBytes: 70_000, inputQueueBytes: 5000 } });
    const { child, heard } = await piped(host, 'echo ready; read line; exec sleep 1000');
    await heard.says('ready');
    await expect(child.write(1, 'x'.repeat(1001))).rejects.toMatchObject({ code: 'TOO_LARGE' });
    const outcomes = [];
    // The way takes 70 of them, the queue five.
    for (let seq = 1; seq <= 75; seq++) outcomes.push(child.write(seq, 'x'.repeat(1000)));
    const write = child.write(76, 'x'.repeat(1000));
    await expect(write).rejects.toMatchObject({ code: 'MAILBOX_FULL', retryable: true });
    child.end();
    await heard.ending();
    await Promise.all(outcomes);
    expect(await child.write(9999, 'x')).toBe(false);
  });
});

describe('a driver that takes over (H1)', () => {
  test.each(['pipe', 'pty'])(
    'goes on from the last recorded byte: no gap, nothing twice (%s)',
    async (kind) => {
      const host = newHost({ limits });
      const start = kind === 'pipe' ? piped : onPty;
      const { child, heard } = await start(host, 'stty -onlcr 2>/dev/null; seq 1 100000', { acks: false });
      let recorded = heard;
      let text = '';
      for (let lives = 0; !child.isOver && lives < 1000; lives++) {
        await recorded.until(() => recorded.ends.out > text.length || child.isOver);
        // Of what it heard it has recorded a part, when it is lost.
        const from = { out: text.length + Math.ceil((recorded.ends.out - text.length) / 2), err: 0 };
        text += recorded.text().slice(0, from.out - text.length);
        child.ack('out', from.out);
        recorded = new Recorder({ acks: false, from });
        await host.reattach(child.id, from, recorded);
      }
      await recorded.until(() => recorded.endings.length > 0);
      text += recorded.text();
      expect(text).toBe(Array.from({ length: 100_000 }, (_, i) => `${i + 1}\n`).join(''));
    },
  );

  test('learns the last input that arrived, and hears of an exit it missed', async () => {
    const host = newHost();
    const { child, heard } = await piped(host, 'read a; echo "$a"; exit 6', { acks: false });
    await child.write(41, 'one\n');
    await heard.ending();
    const next = new Recorder({ from: { out: 2, err: 0 } });
    const { inputSeq } = await host.reattach(child.id, { out: 2, err: 0 }, next);
    expect(inputSeq).toBe(41);
    expect(await next.ending()).toMatchObject({ code: 6 });
    expect(next.text()).toBe('e\n');
  });

  test('is refused what was acknowledged, and a child that is not there', async () => {
    const host = newHost();
    const { child, heard } = await piped(host, 'echo 12345; read line');
    await heard.says('5\n');
    const back = host.reattach(child.id, { out: 0, err: 0 }, new Recorder());
    await expect(back).rejects.toMatchObject({ code: 'CONFLICT' });
    // It has no driver now, and takes the next one.
    const next = new Recorder({ from: { out: 6, err: 0 } });
    await host.reattach(child.id, { out: 6, err: 0 }, next);
    await child.write(1, '\n');
    expect(await next.ending()).toMatchObject({ code: 0 });
    const unknown = host.reattach('nobody', { out: 0, err: 0 }, new Recorder());
    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
