/**
 * `troupe usage`: what runs used.
 */
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';

export const usage: Verb = {
  name: 'usage',
  summary: 'what runs used, told apart by hour, model, engine or index labels',
  args: '',
  flags: {
    ...reachFlags,
    since: { type: 'text', value: 'TIME', about: 'from here on: 2026-11-21T08:00Z' },
    until: { type: 'text', value: 'TIME', about: 'before this time' },
    by: { type: 'texts', value: 'PART', about: 'hour, model, engine or an index label' },
  },
  examples: [['troupe usage --by model', 'tokens and cost by model']],
  run: async ({ given, out, way }) => {
    const query = { since: given.text('since'), until: given.text('until'), by: given.texts('by') };
    // Ours, of the route that was asked.
    const { items } = (await (await way()).get('/v1/usage', query)) as { readonly items: readonly object[] };
    for (const item of items) await out.item(item, () => JSON.stringify(item));
    if (!out.isJson && items.length === 0) out.note('Nothing was used.');
    return undefined;
  },
};
