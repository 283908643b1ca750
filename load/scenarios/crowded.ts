/**
 * More senders than a mailbox has room for: whoever is refused is told so, and nothing of theirs is
 * recorded.
 */
import assert from 'node:assert/strict';
import { figure } from '../scenario.ts';
import type { Ran, Scenario, Span } from '../scenario.ts';
import { fire } from '../site/cannon.ts';
import { Ledger } from '../site/ledger.ts';
import type { Site } from '../site/site.ts';

const connections = 200;
const room = 16;

export const crowded: Scenario = {
  name: 'crowded',
  question: 'What becomes of two hundred senders at a mailbox for sixteen?',
  settings: () => ({ limits: { mailboxEvents: room, turnEvents: room } }),
  refusals: true,
  run,
};

async function run(site: Site, { seconds, progress }: Span): Promise<Ran> {
  const ledger = new Ledger(1);
  const refused = new Set<string>();
  const shot = ledger.shot();
  progress(`${connections} connections crowd one actor`);
  const hits = await fire({
    http: site.http,
    connections,
    seconds,
    refusals: true,
    shots: [
      {
        ...shot,
        onResponse: (status, body, context) => {
          shot.onResponse?.(status, body, context);
          if (status === 429) refused.add(String(context['key']));
        },
      },
    ],
  });
  assert(hits.refused > 0, 'the mailbox was full now and then');
  return {
    figures: [
      figure('taken', hits.answered / hits.seconds, '/s'),
      figure('refused with 429, on purpose', hits.refused / hits.seconds, '/s'),
    ],
    latencies: [{ name: 'taken', ms: hits.ms }],
    check: async (recorded) => {
      const checked = await ledger.check(recorded);
      for await (const { id } of recorded.actor('tally', '0').history()) {
        assert(id === undefined || !refused.has(id), `${id} was refused`);
      }
      return [checked, `${refused.size} refused notes are not recorded`];
    },
  };
}
