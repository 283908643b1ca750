/** Many runs are started at once, each under an id of its own. */
import assert from 'node:assert/strict';
import { figure } from '../scenario.ts';
import type { Ran, Scenario, Span } from '../scenario.ts';
import { fire, posting } from '../site/cannon.ts';
import type { Context, Shot } from '../site/cannon.ts';
import type { Recorded, Site } from '../site/site.ts';

const connections = 50;

export const startStorm: Scenario = {
  name: 'startStorm',
  question: 'How many runs can be started a second?',
  run,
};

async function run(site: Site, { seconds, progress }: Span): Promise<Ran> {
  const answered = new Set<string>();
  let sent = 0;
  const start: Shot = {
    setupRequest: (request: object, context: Context) => {
      const id = `storm-${sent++}`;
      context['id'] = id;
      return { ...request, ...posting(`/v1/runs/${id}/start`, { title: `Run ${id}` }) };
    },
    onResponse: (_status, _body, context) => answered.add(String(context['id'])),
  };
  progress(`${connections} connections start runs`);
  const hits = await fire({ http: site.http, connections, seconds, shots: [start] });
  assert.equal(answered.size, hits.answered, 'each answer is for a run of its own');
  return {
    figures: [figure('starts', hits.answered / hits.seconds, '/s')],
    latencies: [{ name: 'start', ms: hits.ms }],
    check: async (recorded) => [await started(recorded, answered, sent)],
  };
}

async function started(recorded: Recorded, answered: Set<string>, sent: number): Promise<string> {
  const found = new Set<string>();
  for await (const { id, status, title } of recorded.list({ kind: 'run' })) {
    assert(!found.has(id), `${id} is listed once`);
    assert.deepEqual([status, title], ['live', `Run ${id}`]);
    assert(Number(id.slice('storm-'.length)) < sent, `${id} was sent`);
    found.add(id);
  }
  assert.deepEqual(
    [...answered].filter((id) => !found.has(id)),
    [],
    'a run whose start was answered is there',
  );
  for (const id of [...answered].slice(0, 100)) {
    assert.equal((await recorded.run(id).snapshot()).seq, 2, `${id} was born and started, once`);
  }
  return `${answered.size} runs were answered, ${found.size} are recorded, each once`;
}
