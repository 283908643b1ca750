/**
 * The socket of a directory's owner: every other process of the same user reaches the runtime by it, beside
 * whatever port it serves. It lies in the directory, for its owner alone (0600 within 0700).
 */
import { existsSync, rmSync } from 'node:fs';
import { invalidOption } from '../invalidOption.ts';
import type { Troupe } from '../troupe.ts';
import { openServer } from './openServer.ts';
import type { Server, ServerOptions } from './openServer.ts';
import { pathBytesMax, socketIn } from './socketPath.ts';

/** Serves a runtime on the socket of its directory, until it is closed: for `troupe` and other processes. */
export async function openOwnerSocket<D>(
  troupe: Troupe<D>,
  options: Pick<ServerOptions, 'closeMs' | 'limits'> = {},
): Promise<Server> {
  const { medium } = troupe.opened.plan;
  const directory = 'directory' in medium ? medium.directory : undefined;
  const path = directory === undefined ? undefined : socketIn(directory);
  if (path === undefined) {
    const allowed = `it is on disk, and its path short enough for a socket (${pathBytesMax} bytes)`;
    throw invalidOption('the directory', directory, allowed);
  }
  // Only the owner of the directory gets here: what lies there is an earlier owner's, who was killed.
  if (existsSync(path)) rmSync(path);
  return openServer(troupe, { ...options, path });
}
