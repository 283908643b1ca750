/**
 * What does HTTP cost (V10)? A POST of one event that is durable when it is answered, beside a bare Fastify
 * route that returns a constant, under autocannon.
 */
import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { fastify } from 'fastify';
import { openServer } from '../../runtime/http.ts';
import { openTroupe } from '../../runtime/index.ts';
import type { Troupe } from '../../runtime/index.ts';
import { scratch } from '../disk.ts';
import { inTurns, median, medianRatio, processorTime, ratiosOf } from '../measure.ts';
import { bench, goal, ratioOf, short, spreadOf, times } from '../report.ts';
import type { Report } from '../report.ts';

const connections = 50;
const amount = 10_000;
const rounds = 5;
/** One a connection: the events that come at the same time are of different actors. */
const runs = connections;
const wanted = 0.6;

interface Result {
  readonly '2xx': number;
  readonly non2xx: number;
  readonly errors: number;
  readonly duration: number;
}

const autocannon = createRequire(import.meta.url)('autocannon') as (
  options: object,
) => Promise<Result> & EventEmitter;

await bench(measure);

async function measure(): Promise<Report> {
  const troupe = await openTroupe({ directory: scratch('http'), workers: 1 });
  const server = await openServer(troupe);
  const bare = fastify();
  bare.post('/', (_request, reply) => reply.send({ ok: true }));
  const bareUrl = await bare.listen({ host: '127.0.0.1', port: 0 });
  await troupe.run('bench').start({ title: 'Bench' });
  for (let i = 0; i < runs; i++) await troupe.run(`bench${i}`).start({ title: 'Bench' });
  const body = JSON.stringify({ type: 'note', text: 'The tests pass again; two files changed.' });
  const costs = { bare: [] as number[], event: [] as number[], apart: [] as number[] };
  const posting = (name: keyof typeof costs, urls: readonly string[]) => async () => {
    let perSecond = 0;
    costs[name].push(await processorTime(async () => (perSecond = await posted(urls, body))));
    return perSecond;
  };
  const urlOf = (id: string): string => `${server.url}/v1/actors/run/${id}/events`;
  const samples = await inTurns(rounds, () => ({
    bare: posting('bare', [bareUrl]),
    event: posting('event', [urlOf('bench')]),
    apart: posting(
      'apart',
      Array.from({ length: runs }, (_, i) => urlOf(`bench${i}`)),
    ),
  }));
  await assertRecorded(troupe, 'bench', amount * (rounds + 1));
  for (let i = 0; i < runs; i++) await assertRecorded(troupe, `bench${i}`, (amount / runs) * (rounds + 1));
  await server.close();
  await bare.close();
  await troupe.close();
  return reportOf(samples, costs);
}

type Figures = Readonly<Record<'bare' | 'event' | 'apart', readonly number[]>>;

function reportOf(samples: Figures, costs: Figures): Report {
  const ratio = medianRatio(samples.event, samples.bare);
  const row = (title: string, figures: readonly number[]): string[] => [
    title,
    `${short(median(figures))}/s`,
    times(medianRatio(figures, samples.bare)),
  ];
  return {
    name: 'http',
    question: 'What does HTTP cost?',
    settings: [
      `autocannon, ${connections} connections, ${short(amount)} requests a round, ${rounds} rounds; ` +
        'ratios are medians of the rounds’ ratios.',
      `The goal is that of ${connections} connections that post to one run: events that come at the same ` +
        `time share a commit. In the last row each connection posts to a run of its own: every event is a ` +
        'commit, and commits share a flush.',
      'Client and server share one process: both variants pay for that alike.',
    ],
    tables: [
      {
        columns: ['POST', 'requests', 'beside the bare route'],
        rows: [
          row('a constant, bare Fastify', samples.bare),
          row('one durable event, all to one run', samples.event),
          row(`one durable event, ${runs} runs`, samples.apart),
        ],
      },
    ],
    goals: [
      goal(
        `V10: POST one event, all to one run, ≥ ${wanted} × a bare route`,
        times(ratio, wanted),
        ratio >= wanted,
        spreadOf(ratiosOf(samples.event, samples.bare)),
      ),
    ],
    ratios: [
      ratioOf('clock', 'events beside a bare route', ratio),
      ratioOf('processor', 'an event beside a bare route', median(costs.bare) / median(costs.event)),
    ],
  };
}

/** Every event that was answered is recorded, once. */
async function assertRecorded(troupe: Troupe, id: string, events: number): Promise<void> {
  const run = troupe.run(id);
  assert.equal((await run.snapshot()).seq, 2 + events, `${id} has what was answered`);
  assert.equal((await run.verify()).ok, true);
}

/**
 * Requests a second over connections that are shared out among these, up to the last answer: autocannon
 * itself ends with a whole second.
 */
async function posted(urls: readonly string[], body: string): Promise<number> {
  const start = performance.now();
  let last = start;
  const headers = { 'content-type': 'application/json' };
  const running = autocannon({ url: urls, method: 'POST', headers, body, connections, amount });
  void running.on('response', () => (last = performance.now()));
  const result = await running;
  assert.deepEqual([result['2xx'], result.non2xx, result.errors], [amount, 0, 0]);
  return (amount / (last - start)) * 1000;
}
