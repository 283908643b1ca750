/**
 * The module with a user's definitions: found by path or URL, imported where its actors are hosted.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TroupeError, isTroupeError } from '../actors/troupeError.ts';
import { isDefinition } from './definition.ts';
import type { AnyDefinition } from './definition.ts';

/** Where a module is: a URL as it is, a path from the current directory. */
export function moduleUrlOf(actors: URL | string): string {
  if (typeof actors !== 'string') return actors.href;
  return /^[a-z][a-z0-9+.-]+:/i.test(actors) && URL.canParse(actors)
    ? actors
    : pathToFileURL(resolve(actors)).href;
}

/** The definitions among a module's exports, each once however often it is exported. */
export async function definitionsIn(url: string): Promise<readonly AnyDefinition[]> {
  const exports = await imported(url);
  const definitions = [...new Set(Object.values(exports).filter(isDefinition))];
  if (definitions.length > 0) return definitions;
  const text = `The actors module ${url} exports no definition. Export what defineActor returns.`;
  throw new TroupeError('ACTORS_NOT_LOADED', text, { url, exports: Object.keys(exports) });
}

async function imported(url: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(url)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (isTroupeError(error)) throw error; // A definition was refused, by its own code.
    const why = error instanceof Error ? error.message : String(error);
    const text =
      `The actors module ${url} cannot be imported: ${why}. ` +
      'It must exist where the application runs, with file extensions in its imports; ' +
      'in a bundled application pass the definitions themselves: openTroupe({ actors: [order] }).';
    throw new TroupeError('ACTORS_NOT_LOADED', text, { url }, error);
  }
}
