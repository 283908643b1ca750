/**
 * `troupe stats`: what the runtime counts.
 */
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';

export const stats: Verb = {
  name: 'stats',
  summary: 'what the runtime counts since it was opened',
  args: '',
  flags: reachFlags,
  examples: [['troupe stats --json | jq .journal', 'commits, flushes, bytes']],
  run: async ({ out, way }) => {
    const told = await (await way()).get('/v1/stats');
    await out.item(told, () => JSON.stringify(told, null, 2));
    return undefined;
  },
};
