/**
 * `troupe export`: one actor's whole history, to be read elsewhere or taken into another directory; or as a
 * page, to be looked at anywhere.
 */
import { kindOf } from '../../../actors/address.ts';
import { isTroupeError } from '../../../actors/troupeError.ts';
import { openJournal } from '../../../storage/open.ts';
import { exported } from '../../bundle/exported.ts';
import type { Known } from '../../bundle/exported.ts';
import { wrong } from '../commandLine.ts';
import { assertDirectory } from '../dataFile.ts';
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';
import { pathOf } from '../way.ts';
import type { Query, Way } from '../way.ts';
import { directoryOf } from '../wayTo.ts';

export const exportVerb: Verb = {
  name: 'export',
  summary: 'an actor as a bundle: its events, its definition, its digest',
  args: 'ADDRESS',
  flags: {
    ...reachFlags,
    html: { type: 'switch', about: 'as a page to look at, with its children, which needs no server' },
    facts: { type: 'whole', value: 'N', about: 'with --html: of the last N facts (2000)' },
  },
  examples: [
    ['troupe export run/fix-login > fix-login.ndjson', 'lines of JSON, each commit with its facts'],
    ['troupe export run/fix-login --html > fix-login.html', 'a page that a browser opens as a file'],
    ['troupe import fix-login.ndjson -d elsewhere', 'the same history, to the last bit'],
  ],
  run: async (call) => {
    const { out } = call;
    const [address = ''] = call.args;
    const path = pathOf(address);
    if (call.given.is('html')) {
      const page = await (await call.way()).get(`${path}/bundle.html`, { facts: call.given.whole('facts') });
      await out.line(String(page).trimEnd());
      return undefined;
    }
    if (call.given.whole('facts') !== undefined)
      throw wrong('--facts goes with --html: lines hold all facts.');
    const directory = directoryOf(call, 'An export');
    assertDirectory(directory);
    const known = await knownOf(await call.way(), address, path);
    const journal = await openJournal({ directory, readOnly: true });
    try {
      if (((await journal.last(address))?.erased?.bodiesTo ?? 0) > 0)
        out.note('Some of it was erased, and is in no bundle: this one can be read, and not be imported.');
      for await (const line of exported(journal, address, known)) await out.line(JSON.stringify(line));
    } finally {
      await journal.close();
    }
    if (known.definition === undefined)
      out.note('Its definition is not known here, and not in the bundle: say where it is with --actors.');
    return undefined;
  },
};

interface Defined {
  readonly items: readonly unknown[];
}

/** Of a kind that nobody here knows there are facts and a seal, and nothing else. */
async function knownOf(way: Way, address: string, path: string): Promise<Known> {
  const told = async (target: string, query: Query = {}): Promise<unknown> => {
    try {
      return await way.get(target, query);
    } catch (error) {
      if (!isTroupeError(error, 'UNKNOWN_KIND')) throw error;
      return undefined;
    }
  };
  // Ours, of the routes that are asked.
  const found = (await told('/v1/definitions', { kind: kindOf(address) })) as Defined | undefined;
  const standing = (await told(`${path}/digest`)) as { readonly digest: unknown } | undefined;
  const [definition] = found?.items ?? [];
  return { ...(definition !== undefined && { definition }), ...(standing && { digest: standing.digest }) };
}
