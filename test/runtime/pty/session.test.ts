/** A session from its opening to its end, on a real shell, recorded by a worker. */
import { expect, test, vi } from 'vitest';
import { refusalOf } from '../host/kit.ts';
import { descriptorsOf } from '../processHost/kit.ts';
import { ended, openRuntime, openSession, pidOf, printed, textOf } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

test('a command in a session gives its output, its code and the facts it consists of', async () => {
  const troupe = await openRuntime();
  const session = await openSession(troupe, { shell: 'bash' });
  const result = await session.exec('echo hello; exit_code() { return 3; }; exit_code');
  expect(result).toMatchObject({ outcome: 'completed', exitCode: 3 });
  expect(result.text).toContain('hello\r\n');
  const types: string[] = [];
  for await (const { event } of session.history({ after: result.seqFrom - 1, before: result.seqTo + 1 })) {
    types.push(event.type);
  }
  expect(types[0]).toBe('command.start');
  expect(types.at(-1)).toBe('command.end');
  await session.write('echo by hand\n');
  await printed(session, /by hand\r\n.*by hand\r\n/s);
  await session.close();
  const { digest, sealed, seal } = await session.digest();
  expect([sealed, seal?.cause, digest.end]).toEqual([
    true,
    'killed',
    { by: 'exit', code: null, signal: 'SIGHUP' },
  ]);
  expect(await textOf(session)).not.toContain('7737');
  expect(await session.verify()).toMatchObject({ ok: true });
});

test('a program that prints and exits at once is recorded whole', async () => {
  const troupe = await openRuntime();
  const session = troupe.pty();
  await session.open({ command: 'sh', args: ['-c', 'printf tail; exit 7'] });
  await ended(session);
  const { digest, seal } = await session.digest();
  expect([digest.end, seal?.cause]).toEqual([{ by: 'exit', code: 7, signal: null }, 'exited']);
  expect(await textOf(session)).toBe('tail');
});

test('a child has no descriptor of the runtime: not its journal', async () => {
  const troupe = await openRuntime();
  // They would be inherited: LMDB opens its file without close-on-exec.
  expect(descriptorsOf(process.pid).join()).toContain('data.mdb');
  const session = await openSession(troupe, { command: 'sh' });
  const others = descriptorsOf(await pidOf(session)).filter((line) => !/pts|:\/dev\/(null|tty)$/.test(line));
  expect(others).toEqual([]);
});

test('what only the driver knows is refused from anybody else', async () => {
  const troupe = await openRuntime();
  const session = await openSession(troupe, { shell: 'sh' });
  const { seq } = await session.snapshot();
  await expect(session.send({ type: 'pty.exit', code: 0, signal: null })).rejects.toMatchObject({
    code: 'INVALID_EVENT',
  });
  await expect(
    session.send({ type: 'pty.output', offset: 0, bytes: Uint8Array.of(1) }),
  ).rejects.toMatchObject({ code: 'INVALID_EVENT' });
  expect((await session.snapshot()).seq).toBeGreaterThanOrEqual(seq);
  for await (const { by } of session.history({ types: ['pty.output'] })) {
    expect(by).toBe(`${session.address}#pty@2`);
  }
});

test('input that nobody reads is bounded: what is too much is refused, and not recorded', async () => {
  const troupe = await openRuntime();
  const session = troupe.pty();
  await session.open({ command: 'sh', args: ['-c', 'stty raw -echo; echo ready; exec sleep 1000'] });
  await printed(session, /ready/);
  const part = new Uint8Array(1024 * 1024).fill(0x61);
  await expect(session.write(new Uint8Array(9 * 1024 * 1024))).rejects.toMatchObject({ code: 'TOO_LARGE' });
  let written = 0;
  const fill = async (): Promise<void> => {
    for (; written < 40; written++) await session.write(part);
  };
  await expect(fill()).rejects.toMatchObject({ code: 'MAILBOX_FULL', retryable: true });
  expect(written).toBeGreaterThanOrEqual(8);
  const { inputs } = (await session.digest()).digest;
  expect(inputs.bytes).toBe(written * part.length);
  const event = { type: 'pty.input' as const, bytes: part };
  await expect(session.send(event)).rejects.toMatchObject({
    code: 'MAILBOX_FULL',
  });
  // Another one is not kept waiting.
  const other = await openSession(troupe, { shell: 'sh' });
  expect(await other.exec('true')).toMatchObject({ outcome: 'completed', exitCode: 0 });
  await session.close();
});

test('a caller who stops waiting for a recorded command takes nothing from it', async () => {
  const troupe = await openRuntime();
  const session = await openSession(troupe, { shell: 'sh' });
  const asked = 'echo ready; read word; echo "<$word>"; (exit 5)';
  const { signal, abort } = stopping();
  const waited = session.exec(asked, { signal, commandId: 'asked' });
  await printed(session, /\r\nready\r\n/);
  abort();
  const left = await waited;
  expect(left).toMatchObject({ commandId: 'asked', outcome: 'aborted' });
  expect(left).not.toHaveProperty('exitCode');
  expect(left.text).toContain('\r\nready\r\n');
  await session.write('given\n');
  const again = await session.exec(asked, { commandId: 'asked' });
  expect(again).toMatchObject({ outcome: 'completed', exitCode: 5, seqFrom: left.seqFrom });
  expect(again.text).toContain('<given>\r\n');
  const { started, byOutcome } = (await session.digest()).digest.commands;
  expect([started, byOutcome]).toEqual([1, { completed: 1 }]);
});

test('a caller who stops waiting for what a session shows is told so, and holds nothing', async () => {
  const troupe = await openRuntime();
  const session = await openSession(troupe, { shell: 'sh' });
  const { signal, abort } = stopping();
  const never = session.waitFor({ text: 'never shown' }, { signal });
  const late = session.waitFor({ text: 'shown <late>' });
  await session.exec('echo shown; echo again');
  abort();
  await expect(never).rejects.toMatchObject({ code: 'ABORTED' });
  await expect(session.waitFor({ text: 'shown' }, { signal })).rejects.toMatchObject({ code: 'ABORTED' });
  await session.exec('word=late; echo "shown <$word>"');
  expect((await late).lines.join('\n')).toContain('shown <late>');
  await session.close();
  expect((await troupe.stats()).subscriptions).toMatchObject({ subscribers: 0, channels: 0 });
});

test('of a command that printed megabytes no more is read than its caller wants', async () => {
  const troupe = await openRuntime();
  const session = await openSession(troupe, { shell: 'sh' });
  const read: number[] = [];
  const history = session.history.bind(session);
  vi.spyOn(session, 'history').mockImplementation(async function* (options) {
    for await (const fact of history(options)) {
      if (fact.event.type === 'pty.output') read.push(fact.event.bytes.length);
      yield fact;
    }
  });
  const { text, output } = await session.exec('seq 500000', { maxOutputBytes: 16 });
  expect([text, output.length]).toEqual(['499999\r\n500000\r\n', 16]);
  // 3.9 MB were printed; one fact has at most 64 KiB.
  expect(read.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(4 * 64 * 1024);
  vi.restoreAllMocks();
  const whole = await session.exec('seq 500000', { maxOutputBytes: 8e6 });
  expect(whole.text.split('\r\n').slice(0, -1)).toHaveLength(500_001);
  await session.close();
});

function stopping(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

test('a signal that this system does not know is refused, and nothing of it is recorded', async () => {
  const troupe = await openRuntime();
  const session = await openSession(troupe, { shell: 'sh' });
  for (const refused of [
    session.kill('SIGFOO' as never),
    session.send({ type: 'pty.signal', signal: 'SIGFOO' }),
  ]) {
    const refusal = await refusalOf(refused);
    expect(refusal).toMatchObject({ code: 'INVALID_EVENT', details: { signal: 'SIGFOO' } });
    expect(refusal.message).toContain('SIGTERM');
  }
  await session.kill('SIGTERM');
  const recorded: string[] = [];
  for await (const { event } of session.history({ types: ['pty.signal'] })) recorded.push(event.signal);
  expect(recorded).toEqual(['SIGTERM']);
});

test('an output of more than maxOutputBytes is told to be cut, one of as many or less is not', async () => {
  const session = await openSession(await openRuntime(), { shell: 'sh' });
  const whole = await session.exec('printf 1234567890', { maxOutputBytes: 10_000 });
  expect(whole).not.toHaveProperty('truncated');
  const { length } = whole.output;
  const exact = await session.exec('printf 1234567890', { maxOutputBytes: length });
  expect(exact).not.toHaveProperty('truncated');
  const cut = await session.exec('printf 1234567890', { maxOutputBytes: 4 });
  expect(cut).toMatchObject({ truncated: true, text: whole.text.slice(-4) });
});
