/**
 * Opening a runtime: definitions as values are hosted in this thread, as a module in workers.
 */
import type { AnyDefinition, DefinitionsOf } from './definition.ts';
import { planOf } from './options.ts';
import type { AnyOptions, ModuleOptions, ValueOptions } from './options.ts';
import { join } from './registry.ts';
import { Troupe } from './troupe.ts';

/** A module that exports nothing of ours. */
type NoActors = Readonly<Record<string, never>>;

/** Opens a directory, or joins it if this process has it open already. `close()` it when you are done. */
export async function openTroupe<const A extends readonly AnyDefinition[]>(
  options: ValueOptions<A>,
): Promise<Troupe<A[number]>>;
export async function openTroupe<Module = NoActors>(
  options: ModuleOptions,
): Promise<Troupe<DefinitionsOf<Module>>>;
export async function openTroupe(options: AnyOptions): Promise<Troupe<unknown>> {
  return new Troupe<unknown>(await join(planOf(options), options));
}
