/**
 * How the child of a session is started: what was recorded, what is secret, and what a shell must read to
 * tell its prompts (C1), in a folder of the session alone that is gone once the shell has read it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PtyInput } from '../../actors/ptySession/machine.ts';
import { integrationOf, shellOf } from '../../actors/ptySession/shellIntegration.ts';
import type { Shell } from '../../actors/ptySession/shellIntegration.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import { environmentOf } from '../processHost/environment.ts';
import type { Launch } from '../processHost/processHost.ts';

export interface ShellLaunch {
  readonly launch: Omit<Launch, 'id'>;
  readonly token: string;
  /** It marks its prompts. */
  readonly shell: Shell | undefined;
  /** What the shell had to read is of no more use. */
  cleanUp(): void;
}

export function shellLaunchOf(
  { launch, size }: PtyInput,
  secretEnv: Readonly<Record<string, string>>,
): ShellLaunch {
  if (launch === null) throw new TroupeError('START_FAILED', 'Nothing says what this session starts.', {});
  const { command, args = [], cwd, env = {}, ends } = launch;
  const token = randomBytes(8).toString('hex');
  const common = { command, size, secretEnv, ...(cwd !== undefined && { cwd }) };
  const shell = ends === 'prompt' ? shellOf(command) : undefined;
  if (shell === undefined) {
    return { launch: { ...common, args, env }, token, shell, cleanUp: () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), 'troupe-shell-')); // 0700
  const integration = integrationOf(shell, { token, folder, env: environmentOf({ env, secretEnv }, true) });
  for (const [name, text] of Object.entries(integration.files)) writeFileSync(join(folder, name), text);
  const cleanUp = (): void => rmSync(folder, { recursive: true, force: true });
  const all = { ...common, args: [...integration.args, ...args], env: { ...env, ...integration.env } };
  return { launch: all, token, shell, cleanUp };
}
