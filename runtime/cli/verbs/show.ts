/**
 * `troupe show`: where an actor stands, or stood.
 */
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';
import { pathOf } from '../way.ts';

export const show: Verb = {
  name: 'show',
  summary: 'where an actor stands, or stood after any of its facts',
  args: 'ADDRESS',
  flags: { ...reachFlags, at: { type: 'whole', value: 'SEQ', about: 'after this fact instead of now' } },
  examples: [
    ['troupe show run/fix-login', 'its state and context'],
    ['troupe show run/fix-login --at 12', 'as it stood after fact 12'],
  ],
  run: async ({ args: [address = ''], given, out, way }) => {
    const snapshot = await (await way()).get(pathOf(address, '/snapshot'), { at: given.whole('at') });
    await out.item(snapshot, () => JSON.stringify(snapshot, null, 2));
    return undefined;
  },
};
