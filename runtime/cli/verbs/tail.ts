/**
 * `troupe tail`: the newest facts of an actor, and then what comes, until it is sealed.
 */
import { factLine, factsOf } from '../facts.ts';
import type { PlainFact } from '../facts.ts';
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';
import { pathOf } from '../way.ts';

const lastDefault = 10;

interface Notice {
  readonly to: number;
  readonly facts: readonly PlainFact[];
}

export const tail: Verb = {
  name: 'tail',
  summary: 'the newest facts of an actor, then what comes, until it is sealed',
  args: 'ADDRESS',
  flags: {
    ...reachFlags,
    last: { type: 'whole', value: 'N', short: 'n', about: `begin with so many (${lastDefault})` },
    after: { type: 'whole', value: 'SEQ', about: 'begin behind this fact instead' },
  },
  examples: [
    ['troupe tail run/fix-login', 'until it ends'],
    ['troupe tail run/fix-login --after 0 --json', 'everything, for scripts'],
  ],
  run: async ({ args: [address = ''], given, out, way }) => {
    const to = await way();
    const said = async (fact: PlainFact): Promise<void> => out.item(fact, () => factLine(out, fact));
    let after = given.whole('after') ?? 0;
    if (given.text('after') === undefined) {
      const newest: PlainFact[] = [];
      const limit = Math.max(1, given.whole('last') ?? lastDefault);
      for await (const fact of factsOf(to, address, { reverse: true, limit })) newest.push(fact);
      after = newest[0]?.seq ?? 0;
      if (given.whole('last') !== 0) for (const fact of newest.toReversed()) await said(fact);
    }
    if (to.isReadOnly) {
      for await (const fact of factsOf(to, address, { after })) await said(fact);
      out.note('Nobody that can be asked has the directory open: this is all there is now.');
      return undefined;
    }
    for await (const { event, data } of to.follow(pathOf(address, '/stream'), { after, until: 'sealed' })) {
      // Ours, of the route that was asked.
      const notice = data as Notice;
      // Too far behind for what the server holds: what was missed is read in pages.
      const missed =
        event === 'reset' ? factsOf(to, address, { after, before: notice.to + 1 }) : notice.facts;
      for await (const fact of missed) await said(fact);
      after = notice.to;
    }
    return undefined;
  },
};
