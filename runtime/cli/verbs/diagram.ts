/**
 * `troupe diagram`: the statechart of a kind, as Mermaid's text or as a picture.
 */
import { chartOfStructure } from '../../../actors/chart.ts';
import { mermaidOf } from '../../../actors/chart/mermaid.ts';
import { isTroupeError } from '../../../actors/troupeError.ts';
import type { Shape } from '../../shape.ts';
import { wrong } from '../commandLine.ts';
import { reachFlags } from '../verb.ts';
import type { Verb, VerbCall } from '../verb.ts';

export const diagram: Verb = {
  name: 'diagram',
  summary: 'the statechart of a kind',
  args: 'KIND',
  flags: {
    ...reachFlags,
    mermaid: { type: 'switch', about: 'as text of Mermaid (this, unless told otherwise)' },
    svg: { type: 'switch', about: 'as a picture' },
  },
  examples: [
    ['troupe diagram run --svg > run.svg', 'a picture'],
    ['troupe diagram order --actors ./actors.ts', 'of a kind of yours, without a directory'],
  ],
  run: async (call) => {
    const {
      args: [kind = ''],
      given,
      out,
    } = call;
    if (given.is('mermaid') && given.is('svg')) throw wrong('It is either --mermaid or --svg.');
    const { structure } = await shapeOf(call, kind);
    const chart = chartOfStructure(structure, kind);
    if (!given.is('svg')) {
      const mermaid = mermaidOf(chart);
      await out.item({ kind, mermaid }, () => mermaid.trimEnd());
      return undefined;
    }
    const [{ chartLayout }, { svgOf }] = await Promise.all([
      import('../../chart/chartLayout.ts'),
      import('../../chart/svg.ts'),
    ]);
    const svg = svgOf(chart, await chartLayout(chart));
    await out.item({ kind, svg }, () => svg.trimEnd());
    return undefined;
  },
};

/** As it is hosted; where there is no directory, of the built-in kinds and the module that is given. */
async function shapeOf({ given, way }: VerbCall, kind: string): Promise<Shape> {
  try {
    // Ours, of the route that was asked.
    const { items } = (await (await way()).get('/v1/definitions', { kind })) as { items: readonly Shape[] };
    const [shape] = items;
    if (shape !== undefined) return shape;
  } catch (error) {
    if (!isTroupeError(error, 'NOT_FOUND')) throw error;
  }
  const { shapesAtHand } = await import('../atHand.ts');
  const shapes = await shapesAtHand(given.text('actors'));
  const shape = shapes.find((one) => one.kind === kind);
  if (shape !== undefined) return shape;
  throw wrong(`No kind "${kind}" is known; these are: ${shapes.map((one) => one.kind).join(', ')}.`);
}
