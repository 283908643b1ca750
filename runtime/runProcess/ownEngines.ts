/**
 * Engines of the user's own (`openTroupe({ engines })`), by their names; one that is named like one of ours
 * takes its place. A runtime that is joined takes those of whoever came last, as it does with effects.
 */
import type { AnyAdapter } from '../adapters.ts';
import { assertFunction, assertNames, assertOneOf, invalidOption, isRecord } from '../invalidOption.ts';
import type { Engine, EngineStart } from './engine.ts';
import { onePrompt } from './onePrompt.ts';
import { streamed } from './streamed.ts';

/** How a run launches an engine of your own, and understands it. */
export interface OwnEngine {
  readonly adapter: AnyAdapter;
  /**
   * `many`, unless told: one process for many prompts; it reads what the adapter has words for (`say`), as
   * lines. `one`: a process for each prompt, which is the text on its stdin.
   */
  readonly prompts?: 'many' | 'one';
  /** All of its arguments; those of the launch unless told. */
  readonly args?: (start: EngineStart) => readonly string[];
}

export type OwnEngineOptions = Readonly<Record<string, OwnEngine>>;

export class OwnEngines {
  #engines: ReadonlyMap<string, Engine> = new Map();

  constructor(given: OwnEngineOptions) {
    this.replace(given);
  }

  /** Those that are asked for from now on. */
  replace(given: OwnEngineOptions): void {
    this.#engines = new Map(Object.entries(given).map(([name, one]) => [name, engineBy(one)]));
  }

  get names(): readonly string[] {
    return [...this.#engines.keys()].toSorted();
  }

  of(name: string | null): Engine | undefined {
    return name === null ? undefined : this.#engines.get(name);
  }
}

function engineBy({ adapter, prompts = 'many', args = (start) => start.args }: OwnEngine): Engine {
  return { adapter, prompts, args, dialect: prompts === 'many' ? streamed : onePrompt };
}

/** Throws `INVALID_OPTION`. */
export function assertEngines(engines: unknown): void {
  if (engines === undefined) return;
  if (!isRecord(engines)) throw invalidOption('engines', engines, 'it is an object of engines by name');
  for (const [name, engine] of Object.entries(engines)) {
    assertNames(`engines["${name}"]`, engine, { adapter: true, prompts: true, args: true });
    const { adapter, prompts, args } = engine as { [of in keyof OwnEngine]?: unknown };
    const { name: own, start, frame } = (adapter ?? {}) as { [of in keyof AnyAdapter]?: unknown };
    const isAdapter = typeof own === 'string' && typeof start === 'function' && typeof frame === 'function';
    const allowed = 'it has a name, and functions start and frame';
    if (!isAdapter) throw invalidOption(`engines["${name}"].adapter`, adapter, allowed);
    if (prompts !== undefined) assertOneOf(`engines["${name}"].prompts`, prompts, ['many', 'one']);
    assertFunction(`engines["${name}"].args`, args, 'it is a function of { args, cwd, model, … }');
  }
}
