/**
 * Which way a verb goes: a URL if one is given, else the owner of the directory, else reading by itself.
 */
import { liveSocketIn } from '../http/liveSocket.ts';
import { socketCarrier, urlCarrier } from './httpCarrier.ts';
import { wrong } from './commandLine.ts';
import { directoryDefault } from './places.ts';
import type { VerbCall } from './verb.ts';
import { Way } from './way.ts';

/** What the command line and the environment say, the command line first. */
export async function wayTo(call: Pick<VerbCall, 'given' | 'env'>): Promise<Way> {
  const { given, env } = call;
  const url = urlIn(call);
  if (url !== undefined) return new Way(urlCarrier(url, given.text('token') ?? env['TROUPE_TOKEN']));
  return wayInto(directoryIn(call), given.text('actors'));
}

function urlIn({ given, env }: Pick<VerbCall, 'given' | 'env'>): string | undefined {
  const url = given.text('url') ?? (given.text('directory') === undefined ? env['TROUPE_URL'] : undefined);
  return url === '' ? undefined : url;
}

function directoryIn({ given, env }: Pick<VerbCall, 'given' | 'env'>): string {
  return given.text('directory') ?? env['TROUPE_DIRECTORY'] ?? directoryDefault;
}

/** The directory itself, for what works on its files; a server has none for us. */
export function directoryOf(call: Pick<VerbCall, 'given' | 'env'>, what: string): string {
  const url = urlIn(call);
  if (url !== undefined)
    throw wrong(`${what} works on a directory of this machine, not on ${url}: say which with --directory.`);
  return directoryIn(call);
}

export async function wayInto(directory: string, actors: string | undefined): Promise<Way> {
  const path = await liveSocketIn(directory);
  if (path !== undefined) return new Way(socketCarrier(path, directory));
  // It loads the whole runtime: beside an owner nobody needs that.
  const { readingCarrier } = await import('./readingCarrier.ts');
  return new Way(await readingCarrier(directory, actors));
}
