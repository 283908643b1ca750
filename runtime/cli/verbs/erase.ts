/**
 * `troupe erase`: forgets what an actor that has ended was told.
 */
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';
import { pathOf } from '../way.ts';

export const erase: Verb = {
  name: 'erase',
  summary: 'forget what an actor that has ended was told; its seal stays',
  args: 'ADDRESS',
  flags: {
    ...reachFlags,
    history: { type: 'switch', about: 'the facts themselves, not only what they said' },
  },
  examples: [['troupe erase run/fix-login', 'what was said is gone; the chain still verifies']],
  run: async ({ args: [address = ''], given, out, way }) => {
    const what = given.is('history') ? 'history' : 'bodies';
    await (await way()).delete(pathOf(address), { what });
    await out.item({ address, erased: what }, () => `${address}: erased (${what})`);
    return undefined;
  },
};
