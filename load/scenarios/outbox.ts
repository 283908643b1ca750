/**
 * Children post to one outbox, and several clients lease and acknowledge what is there, until all is gone.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { figure } from '../scenario.ts';
import type { Ran, Scenario, Span } from '../scenario.ts';
import { fire, posting } from '../site/cannon.ts';
import type { Context, Shot } from '../site/cannon.ts';
import type { HttpClient } from '../site/httpClient.ts';
import type { Site } from '../site/site.ts';

const connections = 20;
const drains = 4;
const id = 'parent';
const emptyMs = 5;

interface Leased {
  readonly leaseId: number | null;
  readonly records: readonly { readonly position: number; readonly childSeq: number }[];
}

export const outbox: Scenario = {
  name: 'outbox',
  question: 'How many records a second go from children to their parent?',
  run,
};

async function run(site: Site, { seconds, progress }: Span): Promise<Ran> {
  const answered = new Set<number>();
  let sent = 0;
  const post: Shot = {
    setupRequest: (request: object, context: Context) => {
      const childSeq = ++sent;
      context['childSeq'] = childSeq;
      const record = { child: `run/${childSeq % 50}`, childSeq, kind: 'finished', summary: 'Done.' };
      return { ...request, ...posting(`/v1/outboxes/${id}/records`, record) };
    },
    onResponse: (_status, _body, context) => answered.add(Number(context['childSeq'])),
  };
  // Before anybody asks for it, it is there.
  const first = { http: site.http, connections: 1, shots: [post], amount: 1 };
  await fire(first);
  const desk = new Desk(site.http);
  progress(`${connections} connections post, ${drains} drain`);
  const start = performance.now();
  const draining = Array.from({ length: drains }, async () => desk.drain());
  const hits = await fire({ http: site.http, connections, seconds, shots: [post] });
  desk.isLast = true;
  await Promise.all(draining);
  const took = (performance.now() - start) / 1000;
  const lost = [...answered].filter((childSeq) => !desk.acked.has(childSeq));
  assert.deepEqual(lost, [], 'what was posted was drained');
  return {
    figures: [
      figure('posted', hits.answered / hits.seconds, '/s'),
      figure('drained and acknowledged', desk.acked.size / took, '/s'),
    ],
    latencies: [
      { name: 'post', ms: hits.ms },
      { name: 'lease and ack', ms: desk.ms },
    ],
    check: async (recorded) => {
      const { ready, leased, dead } = await recorded.outbox(id).pending();
      assert.deepEqual({ leased, dead }, { leased: 0, dead: 0 });
      // A post that was cut off may have come after the last drain.
      assert(desk.acked.size + ready <= sent, 'no record is there that nobody posted');
      for (const childSeq of desk.acked) assert(childSeq <= sent, `${childSeq} was posted`);
      return [`${answered.size} answered records were acknowledged, each once`];
    },
  };
}

/** What all drains together have had. */
class Desk {
  readonly acked = new Set<number>();
  readonly ms: number[] = [];
  /** Nobody posts any more: an empty lease is the end. */
  isLast = false;
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  async drain(): Promise<void> {
    for (;;) {
      const wasLast = this.isLast;
      const start = performance.now();
      const answer = await this.#http.post(`/v1/outboxes/${id}/leases`, { max: 25, leaseMs: 600_000 });
      assert.equal(answer.status, 200, answer.body);
      const { leaseId, records } = JSON.parse(answer.body) as Leased;
      if (leaseId === null) {
        if (wasLast) return;
        await pause(emptyMs);
        continue;
      }
      const positions = records.map(({ position }) => position);
      const acked = await this.#http.post(`/v1/outboxes/${id}/leases/${leaseId}/ack`, { positions });
      assert.equal(acked.status, 204, acked.body);
      this.ms.push(performance.now() - start);
      for (const { childSeq } of records) {
        assert(!this.acked.has(childSeq), `the record of ${childSeq} is one drain's alone`);
        this.acked.add(childSeq);
      }
    }
  }
}
