/**
 * `troupe feed`: every fact of every actor, for search indexes and databases.
 */
import { factLine } from '../facts.ts';
import type { PlainFact } from '../facts.ts';
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';

interface Page {
  readonly cursor: string;
  readonly items: readonly PlainFact[];
}

export const feed: Verb = {
  name: 'feed',
  summary: 'every fact of every actor, at least once, until Ctrl-C or --limit',
  args: '',
  flags: {
    ...reachFlags,
    after: { type: 'text', value: 'CURSOR', about: 'go on behind this cursor' },
    kind: { type: 'text', value: 'KIND', short: 'k', about: 'only actors of this kind' },
    type: { type: 'texts', value: 'TYPE', about: 'only events of this type' },
    limit: {
      type: 'whole',
      value: 'N',
      short: 'n',
      about: 'end after so many facts; with --json, with the commit of the last',
    },
  },
  examples: [
    ['troupe feed --json', 'pages with the cursor to go on from'],
    ['troupe feed --type permission.ask', 'who asks for something'],
  ],
  run: async ({ given, out, way }) => {
    const to = await way();
    const query = {
      after: given.text('after'),
      kind: given.text('kind'),
      types: given.texts('type'),
      limit: given.whole('limit'),
    };
    let left = query.limit ?? Infinity;
    for await (const { data } of to.follow('/v1/feed', query)) {
      const page = data as Page; // Ours, of the route that was asked.
      // Whole commits, as its cursor stands between two.
      if (out.isJson) await out.line(JSON.stringify(page));
      else for (const fact of page.items.slice(0, left)) await out.line(factLine(out, fact));
      left -= page.items.length;
    }
    if (to.isReadOnly) out.note('Nobody has it open: this is all there is now.');
    return undefined;
  },
};
