/**
 * The conformance suite of the journal port: numbered cases that every implementation passes. It knows no
 * test runner. Each case opens a fresh place, plays, and throws where the journal breaks its contract; a case
 * that needs an ability which the place lacks gives the reason instead.
 *
 *   for (const { name, run } of journalConformance(() => newPlace(), { seed: 42 })) {
 *     test(name, async (context) => {
 *       const outcome = await run();
 *       if (outcome !== undefined) context.skip(outcome.skipped);
 *     });
 *   }
 */
import { appending } from './conformance/appending.ts';
import { Random } from './conformance/random.ts';
import { randomRun } from './conformance/randomRun.ts';
import { reading } from './conformance/reading.ts';
import { Scene } from './conformance/scene.ts';
import type { Outcome, Place, SceneCase } from './conformance/scene.ts';
import { tailing } from './conformance/tailing.ts';
import { upkeep } from './conformance/upkeep.ts';

export type { AnyJournal, Outcome, Place, Skipped } from './conformance/scene.ts';

/** What the journal under test has, and the seed of the random cases. */
export interface ConformanceOptions {
  /** Of everything random; absent: a new one. It stands in the name of the random case and in its failure. */
  readonly seed?: number;
  /** Comparisons of everything in the random case. */
  readonly rounds?: number;
}

/** One promise of a journal, as a test. */
export interface ConformanceCase {
  /** Begins with the number of the rule it proves. */
  readonly name: string;
  /** Rejects when the journal breaks the rule. */
  readonly run: () => Promise<Outcome>;
}

const roundsDefault = 25;

/** The cases for journals at the places that `newPlace` gives; each has a place of its own. */
export function journalConformance(
  newPlace: () => Place | Promise<Place>,
  options: ConformanceOptions = {},
): readonly ConformanceCase[] {
  const { seed = Math.floor(Math.random() * 2 ** 31), rounds = roundsDefault } = options;
  const random: SceneCase = { ...randomRun, name: `${randomRun.name} (seed ${seed})` };
  return [...appending, ...reading, ...tailing, ...upkeep, random].map(({ name, play }) => ({
    name,
    run: async () => {
      const scene = await Scene.at(await newPlace(), new Random(seed), rounds);
      try {
        return (await play(scene)) ?? undefined;
      } finally {
        await scene.end();
      }
    },
  }));
}
