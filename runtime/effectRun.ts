/**
 * What the runtime gives a machine's own promise source beside XState's arguments, with its types.
 */
import { TroupeError } from '../actors/troupeError.ts';
import type { EffectRun } from './effects.ts';

/** The argument of a function given to `fromPromise`, as this run of it; `UNSUPPORTED` outside a runtime. */
export function effectRun<Input>(args: {
  readonly input: Input;
  readonly signal: AbortSignal;
}): EffectRun<Input> {
  const { input, signal, attempt, effectId, address } = args as Partial<EffectRun<Input>> & typeof args;
  if (typeof attempt === 'number' && typeof effectId === 'string' && typeof address === 'string') {
    return { input, signal, attempt, effectId, address };
  }
  const text =
    'effectRun is for sources that a runtime runs: give it all that the function in fromPromise gets, ' +
    'and host the machine with openTroupe.';
  throw new TroupeError('UNSUPPORTED', text);
}
