/**
 * Sessions that print much, or often, or at the last moment: every byte is recorded (B1, B4, H4), and the
 * memory of the runtime and of its host stays bounded (B2).
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { Pty, PtyOpen, Troupe } from '../../../runtime/index.ts';
import { sealed } from './crowd.ts';
import { memoryOf, parentOf } from './processes.ts';
import { assertWritten, recordedBy, writtenBy } from './stream.ts';

/** Beside this file, also where it was compiled. */
const writer = fileURLToPath(new URL(`writer${import.meta.url.slice(-3)}`, import.meta.url));

/** Said when nothing is echoed any more. */
const ready = 'ready';
const megabyte = 1024 * 1024;
/**
 * As much as either process may grow while one session prints: the window of the child, a turn of it in each
 * thread, what the journal gathers, and the garbage that V8 lets lie.
 */
export const growthBytesMax = 256 * megabyte;

export interface Printing {
  readonly bytes: number;
  /** Of one write of the child. */
  readonly writeBytes: number;
  readonly seed: number;
  readonly growthBytes?: number;
}

export interface Printed {
  readonly facts: number;
  readonly seconds: number;
  /** How much the runtime and its host have grown at most. */
  readonly grownBytes: readonly [runtime: number, host: number];
}

/** One session that prints so much, in writes of this size. */
export async function printing(troupe: Troupe, options: Printing): Promise<Printed> {
  const { bytes, writeBytes, seed, growthBytes = growthBytesMax } = options;
  const session = troupe.pty();
  const text = `stty raw -echo; printf ${ready}; read line; exec "$@"`;
  const child = [process.execPath, writer, ...[seed, bytes, writeBytes].map(String)];
  await session.open({ command: 'sh', args: ['-c', text, 'sh', ...child] });
  const host = parentOf(await childOf(session));
  await session.waitFor({ text: ready });
  const before = [memoryOf('self'), memoryOf(host)] as const;
  const peak = [0, 0] as [number, number];
  const look = setInterval(() => {
    peak[0] = Math.max(peak[0], memoryOf('self') - before[0]);
    peak[1] = Math.max(peak[1], memoryOf(host) - before[1]);
  }, 20);
  const start = performance.now();
  try {
    await session.write('\n');
    await sealed(session);
  } finally {
    clearInterval(look);
  }
  const seconds = (performance.now() - start) / 1000;
  const facts = await assertWritten(session, ready, { seed, bytes });
  for (const grown of peak) {
    assert(grown <= growthBytes, `it has grown by ${grown} bytes, not by at most ${growthBytes}`);
  }
  const gathered = 2 * (1 + bytes / 65_536 + (seconds * 1000) / 16);
  assert(facts <= gathered, `${facts} facts: at most one in 16 ms, or 64 KiB (B2)`);
  return { facts, seconds, grownBytes: peak };
}

/** A child that prints and exits at once, as the whole session and in the place of a shell. */
export async function lastWords(troupe: Troupe, seed: number, bytes: number): Promise<void> {
  const payload = writtenBy(seed, bytes);
  const args = [writer, String(seed), String(bytes)];
  const script = ['-c', 'stty raw; exec "$@"', 'sh', node, ...args];
  const alone = await session({ command: 'sh', args: script });
  await sealed(alone);
  assert(payload.equals((await recordedBy(alone)).all), `a child that prints ${bytes} bytes and exits`);

  const shell = await session({ shell: 'sh', env: { PS1: '$ ' } });
  const command = `stty raw; exec ${[node, ...args].map((word) => `'${word}'`).join(' ')}`;
  const { outcome } = await shell.exec(command);
  assert.equal(outcome, 'exited');
  await sealed(shell);
  const { all, shown } = await recordedBy(shell);
  const echoed = Buffer.from(`$ ${command}\r\n`);
  assert(
    Buffer.concat([echoed, payload]).equals(shown),
    'what is shown is the prompt, the command, the rest',
  );
  assert(all.length > shown.length, 'the marker of the prompt is recorded, and hidden');

  async function session(open: PtyOpen): Promise<Pty> {
    const one = troupe.pty();
    await one.open(open);
    return one;
  }
}

const node = process.execPath;

async function childOf(session: Pty): Promise<number> {
  for await (const { event } of session.history({ types: ['pty.opened'] })) return event.pid;
  throw new Error(`${session.address} has not been opened`);
}
