/** Many runs end, and then their digests are read, in no order. */
import assert from 'node:assert/strict';
import { mulberry } from '../measure.ts';
import { figure, scaled } from '../scenario.ts';
import type { Ran, Scenario, Span } from '../scenario.ts';
import { fire, posting } from '../site/cannon.ts';
import type { Context, Shot } from '../site/cannon.ts';
import type { Recorded, Site } from '../site/site.ts';

const connections = 50;
/** With `--seconds 30` or more; a shorter look has as much fewer of them: they take the most time. */
const runs = 100_000;
const secondsOfAll = 30;

export const sealed: Scenario = {
  name: 'sealed',
  question: 'How fast are runs sealed, and digests of sealed runs read?',
  run,
};

async function run(site: Site, span: Span): Promise<Ran> {
  const share = Math.min(1, span.seconds / secondsOfAll);
  const count = Math.max(connections, scaled(runs * share, span));
  const { http } = site;
  let started = 0;
  const born: Shot = {
    setupRequest: (request: object, context: Context) => {
      context['id'] = started++;
      return { ...request, ...posting(`/v1/runs/${String(context['id'])}/start`, { title: 'Sealed' }) };
    },
  };
  const over: Shot = {
    setupRequest: (request: object, context: Context) => {
      return { ...request, ...posting(`/v1/runs/${String(context['id'])}/stop`, {}) };
    },
    onResponse: (_status, body) => assert.equal((JSON.parse(body) as { final: boolean }).final, true),
  };
  span.progress(`${count} runs start and end`);
  // A multiple of the connections, so that each of them ends what it began.
  const amount = 2 * connections * Math.ceil(count / connections);
  const ends = await fire({ http, connections, amount, shots: [born, over] });
  const random = mulberry(11);
  let unsealed = 0;
  const read: Shot = {
    setupRequest: (request: object) => {
      const id = Math.floor(random() * (amount / 2));
      return { ...request, method: 'GET', path: `/v1/actors/run/${id}/digest` };
    },
    onResponse: (_status, body) => {
      if (!isSealed(body)) unsealed++;
    },
  };
  span.progress('their digests are read');
  const reads = await fire({ http, connections, seconds: span.seconds, shots: [read] });
  assert.equal(unsealed, 0, 'every digest that was read is sealed');
  return {
    figures: [
      figure('sealed runs', amount / 2, ''),
      figure('started and ended', amount / 2 / ends.seconds, '/s'),
      figure('digests read', reads.answered / reads.seconds, '/s'),
    ],
    latencies: [
      { name: 'start or end', ms: ends.ms },
      { name: 'digest', ms: reads.ms },
    ],
    check: async (recorded) => [await allSealed(recorded, amount / 2)],
  };
}

function isSealed(body: string): boolean {
  const { seal } = JSON.parse(body) as { readonly seal?: unknown };
  return seal !== undefined && seal !== null;
}

async function allSealed(recorded: Recorded, count: number): Promise<string> {
  let found = 0;
  for await (const { status } of recorded.list({ kind: 'run' })) {
    assert.equal(status, 'sealed');
    found++;
  }
  assert.equal(found, count, 'every run is recorded, and no other');
  return `${found} runs are sealed`;
}
