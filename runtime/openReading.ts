/**
 * A runtime that only reads: beside a living owner, or of a directory that nobody has open. It never writes,
 * and runs nothing of what is due there. What a living owner has not flushed yet may be seen.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TroupeError } from '../actors/troupeError.ts';
import { definitionsIn, moduleUrlOf } from './actorsModule.ts';
import type { AnyDefinition } from './definition.ts';
import { Opened } from './opened.ts';
import { planOf } from './options.ts';
import { Troupe } from './troupe.ts';

export interface ReadingOptions {
  readonly directory: string;
  /** Values, or the module that exports them; kinds that are not among them have facts, and no state. */
  readonly actors?: readonly AnyDefinition[] | URL | string;
}

export async function openReading({ directory, actors = [] }: ReadingOptions): Promise<Troupe<unknown>> {
  if (!existsSync(join(directory, 'data.mdb'))) {
    const text = `There is no data directory at ${directory}. Say where it is, or open one there first.`;
    throw new TroupeError('NOT_FOUND', text, { directory });
  }
  const definitions =
    typeof actors === 'string' || actors instanceof URL ? await definitionsIn(moduleUrlOf(actors)) : actors;
  const plan = planOf({ directory, actors: definitions });
  const opened = await Opened.open({ ...plan, medium: { directory, readOnly: true }, isReadOnly: true });
  return new Troupe<unknown>({ opened, leave: async () => opened.close() });
}
