/**
 * Directories this process has open. Bundlers and hot reloading evaluate a module more than once in a
 * process, and two copies of this package may be loaded: the registry hangs on globalThis, so that all join.
 *   E1. Opening a directory this process has open joins it; the last to leave closes it. An option that is
 *       given and says something else is `CONFLICT`, and named.
 *   E4. Nothing is opened at import.
 */
import { hostedWith } from './builtIn.ts';
import { mkdirSync, realpathSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { TroupeError } from '../actors/troupeError.ts';
import { invalidOption } from './invalidOption.ts';
import { Opened } from './opened.ts';
import type { AnyOptions, Plan } from './options.ts';
import { differingKind, shapesOf } from './shape.ts';

interface Entry {
  readonly opened: Promise<Opened>;
  users: number;
  closing?: Promise<void>;
}

interface Registry {
  /** Of what the entries hold: another copy of the package may be of another version. */
  readonly format: number;
  readonly entries: Map<string, Entry>;
}

export interface Joined {
  readonly opened: Opened;
  /** Closes what was opened once nobody uses it any more. */
  leave(): Promise<void>;
}

const name = Symbol.for('troupe');
const format = 1;

/** What the plan asks for: opened, or joined if this process has it open. */
export async function join(plan: Plan, given: AnyOptions): Promise<Joined> {
  if (!('directory' in plan.medium)) {
    const opened = await Opened.open(plan);
    return { opened, leave: async () => opened.close() };
  }
  const path = realPathOf(plan.medium.directory);
  const { entries } = registry();
  for (;;) {
    const present = entries.get(path);
    if (present?.closing === undefined) return joined(entries, path, present, { plan, given });
    await present.closing;
  }
}

function registry(): Registry {
  const home = globalThis as { [name]?: Registry };
  const found = (home[name] ??= { format, entries: new Map() });
  if (found.format === format) return found;
  const text = 'Another version of troupe is loaded in this process; they cannot share a directory.';
  throw new TroupeError('CONFLICT', text, { option: 'version' });
}

function realPathOf(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw invalidOption('directory', directory, 'there is a file where the folder would be');
  }
  return realpathSync(directory);
}

async function joined(
  entries: Map<string, Entry>,
  path: string,
  present: Entry | undefined,
  { plan, given }: { readonly plan: Plan; readonly given: AnyOptions },
): Promise<Joined> {
  const entry = present ?? { opened: Opened.open(plan), users: 0 };
  entries.set(path, entry);
  entry.users++;
  const leave = async (): Promise<void> => {
    entry.users--;
    if (entry.users > 0) return;
    entry.closing = entry.opened.then(async (opened) => opened.close()).finally(() => entries.delete(path));
    await entry.closing;
  };
  let opened: Opened;
  try {
    opened = await entry.opened;
  } catch (error) {
    if (entries.get(path) === entry) entries.delete(path);
    throw error;
  }
  if (present !== undefined) {
    try {
      assertSame(opened, plan, given);
    } catch (error) {
      await leave();
      throw error;
    }
    // A module that was evaluated again brings its functions anew, and means the new ones.
    if (given.effects !== undefined) opened.effects.replace(given.effects);
    if (given.engines !== undefined) opened.engines.replace(given.engines);
    Object.assign(opened.beforeSend, plan.beforeSend);
  }
  return { opened, leave };
}

/** Only what is given is compared: who says nothing takes what there is. A logger may differ. */
function assertSame(
  { plan: first, effects, engines, beforeSend, hosting }: Opened,
  plan: Plan,
  given: AnyOptions,
): void {
  if (given.workers !== undefined && plan.workers !== first.workers) throw conflict('workers');
  if (given.clock !== undefined && first.clock !== given.clock) throw conflict('clock');
  for (const limit of Object.keys(given.limits ?? {}) as (keyof Plan['limits'])[]) {
    if (plan.limits[limit] !== first.limits[limit]) throw conflict(`limits.${limit}`);
  }
  if (given.resourceLimits !== undefined && !isDeepStrictEqual(given.resourceLimits, first.resourceLimits)) {
    throw conflict('resourceLimits');
  }
  if (given.retention !== undefined && !isDeepStrictEqual(plan.retention, first.retention)) {
    throw conflict('retention');
  }
  if (given.spawnHost !== undefined && first.spawnHost === undefined) throw conflict('spawnHost');
  if (given.price !== undefined && beforeSend.price === undefined) throw conflict('price');
  if (given.redact !== undefined && beforeSend.redact === undefined) throw conflict('redact');
  const names = Object.keys(plan.effects).toSorted();
  if (given.effects !== undefined && String(names) !== String(effects.names)) throw conflict('effects');
  const own = Object.keys(plan.engines).toSorted();
  if (given.engines !== undefined && String(own) !== String(engines.names)) throw conflict('engines');
  if (plan.actors === undefined) return;
  if (typeof plan.actors === 'string') {
    if (plan.actors !== first.actors) throw conflict('actors');
    return;
  }
  if (typeof first.actors === 'string') throw conflict('actors');
  const kind = differingKind(shapesOf(hostedWith(plan.actors)), hosting.shapes);
  if (kind !== undefined) throw conflict('actors', ` (kind "${kind}")`);
}

function conflict(option: string, where = ''): TroupeError {
  const text =
    `This process has the directory open with another value of ${option}${where}. ` +
    'Give the same one, or leave it out to join with what there is; a changed machine needs a new process.';
  return new TroupeError('CONFLICT', text, { option });
}
