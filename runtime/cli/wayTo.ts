/**
 * Which way a verb goes: a URL if one is given, else the owner of the directory, else reading by itself.
 */
import { liveSocketIn } from '../http/liveSocket.ts';
import { socketCarrier, urlCarrier } from './httpCarrier.ts';
import { directoryDefault } from './places.ts';
import type { VerbCall } from './verb.ts';
import { Way } from './way.ts';

/** What the command line and the environment say, the command line first. */
export async function wayTo({ given, env }: Pick<VerbCall, 'given' | 'env'>): Promise<Way> {
  const directory = given.text('directory');
  const url = given.text('url') ?? (directory === undefined ? env['TROUPE_URL'] : undefined);
  if (url !== undefined && url !== '') {
    return new Way(urlCarrier(url, given.text('token') ?? env['TROUPE_TOKEN']));
  }
  return wayInto(directory ?? env['TROUPE_DIRECTORY'] ?? directoryDefault, given.text('actors'));
}

export async function wayInto(directory: string, actors: string | undefined): Promise<Way> {
  const path = await liveSocketIn(directory);
  if (path !== undefined) return new Way(socketCarrier(path, directory));
  // It loads the whole runtime: beside an owner nobody needs that.
  const { readingCarrier } = await import('./readingCarrier.ts');
  return new Way(await readingCarrier(directory, actors));
}
