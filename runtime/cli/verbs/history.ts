/**
 * `troupe history`: the facts of an actor.
 */
import { factLine, factsOf } from '../facts.ts';
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';

export const history: Verb = {
  name: 'history',
  summary: 'the facts of an actor',
  args: 'ADDRESS',
  flags: {
    ...reachFlags,
    after: { type: 'whole', value: 'SEQ', about: 'only behind this one' },
    before: { type: 'whole', value: 'SEQ', about: 'only before this one' },
    type: { type: 'texts', value: 'TYPE', about: 'only events of this type' },
    reverse: { type: 'switch', about: 'newest first' },
    limit: { type: 'whole', value: 'N', short: 'n', about: 'at most so many' },
  },
  examples: [
    ['troupe history run/fix-login', 'all of it'],
    ['troupe history run/fix-login --type permission.ask --json', 'what it asked'],
    ['troupe history run/fix-login --reverse -n 5', 'the last five'],
  ],
  run: async ({ args: [address = ''], given, out, way }) => {
    const facts = factsOf(await way(), address, {
      after: given.whole('after'),
      before: given.whole('before'),
      types: given.texts('type'),
      reverse: given.is('reverse') ? true : undefined,
      limit: given.whole('limit'),
    });
    for await (const fact of facts) await out.item(fact, () => factLine(out, fact));
    return undefined;
  },
};
