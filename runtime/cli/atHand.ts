/**
 * The definitions that are at hand without a directory: the built-in ones, and those of a module.
 */
import { definitionsIn, moduleUrlOf } from '../actorsModule.ts';
import { hostedWith } from '../builtIn.ts';
import type { AnyDefinition } from '../definition.ts';
import { shapesOf } from '../shape.ts';
import type { Shape } from '../shape.ts';

export async function definitionsAtHand(actors: string | undefined): Promise<readonly AnyDefinition[]> {
  return hostedWith(actors === undefined ? [] : await definitionsIn(moduleUrlOf(actors)));
}

export async function shapesAtHand(actors: string | undefined): Promise<readonly Shape[]> {
  return shapesOf(await definitionsAtHand(actors));
}
