/** Reads beside writes: notes to a hundred tallies, and where they stand, their digests, pages and rows. */
import { figure, scaled } from '../scenario.ts';
import type { Ran, Scenario, Span } from '../scenario.ts';
import { fire } from '../site/cannon.ts';
import type { Shot } from '../site/cannon.ts';
import { Ledger } from '../site/ledger.ts';
import type { Site } from '../site/site.ts';

const connections = 50;

export const mixed: Scenario = {
  name: 'mixed',
  question: 'How many requests a second are answered, of which a third is durable?',
  run,
};

async function run(site: Site, span: Span): Promise<Ran> {
  const tallies = scaled(100, span);
  const ledger = new Ledger(tallies);
  await ledger.open(site.http);
  const reads = ['/snapshot', '/digest', '/events?limit=20&reverse=true'].map((what) =>
    spread(what, tallies),
  );
  const gets: readonly Shot[] = [...reads, { method: 'GET', path: '/v1/actors?limit=20' }];
  const shots = [ledger.shot(), ...gets.slice(0, 2), ledger.shot(), ...gets.slice(2)];
  span.progress(`${connections} connections read and write`);
  const hits = await fire({ http: site.http, connections, seconds: span.seconds, shots });
  return {
    figures: [
      figure('answers', hits.answered / hits.seconds, '/s'),
      figure('of which durable notes', (ledger.answered - tallies) / hits.seconds, '/s'),
    ],
    latencies: [{ name: 'reads and writes', ms: hits.ms }],
    check: async (recorded) => [await ledger.check(recorded)],
  };
}

/** Of one tally after the other: what is read of a single one comes from wherever that was last. */
function spread(what: string, tallies: number): Shot {
  let next = 0;
  return {
    setupRequest: (request: object) => {
      return { ...request, method: 'GET', path: `/v1/actors/tally/${next++ % tallies}${what}` };
    },
  };
}
