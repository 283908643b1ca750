/** Actors modules are imported by workers: a scripted agent, and an actor that ends its worker. */
import { hear, scriptedAgent, think, turn } from '../../../runtime/testing.ts';
import type { Script, Telling } from '../../../runtime/testing.ts';

export { counter } from '../actors/sample.ts';

async function* generated(): Telling {
  yield turn('One');
  yield hear('prompt');
  yield turn('Two');
}

/** What it does depends on the engine that its run names. */
const script: Script = ({ input }) => {
  if (input.engine === 'generated') return generated();
  if (input.engine === 'steady') return [turn('One'), hear('prompt'), turn('Two'), hear('prompt')];
  if (input.engine === 'steered') return [turn('Half of it', { steps: [hear('prompt')] })];
  return [turn('Half of it', { steps: [think(3_600_000)] })];
};

export const run = scriptedAgent(script);
