/**
 * `troupe digest`: the running summary of an actor, with its seal once it has ended.
 */
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';
import { pathOf } from '../way.ts';

export const digest: Verb = {
  name: 'digest',
  summary: 'the running summary of an actor, with its seal once it has ended',
  args: 'ADDRESS',
  flags: reachFlags,
  examples: [['troupe digest run/fix-login --json | jq .digest.usage', 'what it used']],
  run: async ({ args: [address = ''], out, way }) => {
    const told = await (await way()).get(pathOf(address, '/digest'));
    await out.item(told, () => JSON.stringify(told, null, 2));
    return undefined;
  },
};
