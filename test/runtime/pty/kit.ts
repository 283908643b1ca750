/**
 * What the tests of sessions share: runtimes that drive them, which shells there are, and what /proc says of
 * the processes that are left.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openTroupe } from '../../../runtime/index.ts';
import type { ModuleOptions, Pty, PtyOpen, Troupe } from '../../../runtime/index.ts';
import { becomes, statOf } from '../processHost/kit.ts';

export const programs = ['bash', 'dash', 'zsh', 'fish'] as const;
export type Program = (typeof programs)[number];

export const isHere = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)));

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-pty-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Closed after its test. */
export async function openRuntime(options: ModuleOptions = {}): Promise<Troupe> {
  const directory = options.directory ?? newFolder();
  const troupe = await openTroupe({ ...options, directory });
  onTestFinished(async () => troupe.close());
  return troupe;
}

/** A session of a user who has no files of his own, so that nothing but the shell itself decides. */
export async function openSession(troupe: Troupe, options: PtyOpen = {}): Promise<Pty> {
  const session = troupe.pty();
  await session.open({ env: { HOME: newFolder(), PS1: '$ ' }, cwd: tmpdir(), ...options });
  return session;
}

/** The pid of its child. */
export async function pidOf(session: Pty): Promise<number> {
  for await (const { event } of session.history({ types: ['pty.opened'] })) return event.pid;
  throw new Error('it has not been opened');
}

/** All that the session printed so far, as text, less what is hidden. */
export async function textOf(session: Pty): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const { bytes } of session.output()) parts.push(bytes);
  return Buffer.concat(parts).toString();
}

/** Resolves when the session has printed this behind the fact `after`. */
export async function printed(session: Pty, pattern: RegExp, after = 0): Promise<void> {
  let text = '';
  for await (const { bytes } of session.output({ after, follow: true })) {
    text += Buffer.from(bytes).toString('latin1');
    if (pattern.test(text)) return;
  }
  throw new Error(`it ended without ${pattern}: ${text}`);
}

/** Resolves when the session is sealed. */
export async function ended(session: Pty): Promise<void> {
  for await (const { sealed } of session.subscribe({ windowMs: 0 })) if (sealed) return;
}

/** Resolves when this program is in the foreground of the session's PTY. */
export async function foreground(session: Pty, program: string): Promise<void> {
  const pid = await pidOf(session);
  await becomes(() => nameOf(statOf(pid)?.[5]) === program);
}

function nameOf(pid: string | undefined): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined; // It has gone.
  }
}

/** Every fact of its output begins where the one before ends. */
export async function expectNoGap(session: Pty): Promise<void> {
  let end = 0;
  for await (const { event } of session.history({ types: ['pty.output'] })) {
    expect(event.offset).toBe(end);
    end += event.bytes.length;
  }
  expect((await session.digest()).digest.output.bytes).toBe(end);
}
