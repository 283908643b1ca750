/**
 * Latency where requests come by a timetable, not when the last answer is there: half and four fifths of
 * what a closed loop gets through. A request counts from when it was due, so that a stall is told by all
 * it delays.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { figure, scaled } from '../scenario.ts';
import type { Latency, Ran, Scenario, Span } from '../scenario.ts';
import { fire } from '../site/cannon.ts';
import { Ledger } from '../site/ledger.ts';
import type { Site } from '../site/site.ts';

const connections = 50;
const shares = [0.5, 0.8] as const;

export const openLoop: Scenario = {
  name: 'openLoop',
  question: 'How long does a durable note take at half, and at four fifths of capacity?',
  run,
};

async function run(site: Site, span: Span): Promise<Ran> {
  const tallies = scaled(100, span);
  const ledger = new Ledger(tallies);
  await ledger.open(site.http);
  span.progress('a closed loop finds the capacity');
  const shots = [ledger.shot()];
  const closed = await fire({ http: site.http, connections, seconds: span.seconds, shots });
  const capacity = closed.answered / closed.seconds;
  const latencies: Latency[] = [{ name: 'closed loop', ms: closed.ms }];
  const figures = [figure('closed loop', capacity, '/s')];
  for (const share of shares) {
    const rate = Math.max(1, Math.floor(capacity * share));
    span.progress(`${rate} notes/s by a timetable`);
    const ms = await byTimetable(site, ledger, rate, span.seconds);
    latencies.push({ name: `${share * 100} % of it`, ms });
    figures.push(figure(`timetable at ${share * 100} %`, rate, '/s'));
  }
  return { figures, latencies, check: async (recorded) => [await ledger.check(recorded)] };
}

async function byTimetable(site: Site, ledger: Ledger, rate: number, seconds: number): Promise<number[]> {
  const total = Math.round(rate * seconds);
  const ms: number[] = [];
  const sent: Promise<void>[] = [];
  const start = performance.now();
  while (sent.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * rate));
    while (sent.length < due) sent.push(send(start + (sent.length / rate) * 1000));
    await pause(1);
  }
  await Promise.all(sent);
  return ms;

  async function send(dueAt: number): Promise<void> {
    const { key, path, body } = ledger.note();
    const { status } = await site.http.post(path, body, key);
    assert.equal(status, 200, 'every note is taken');
    ledger.hasAnswer(key);
    ms.push(performance.now() - dueAt);
  }
}
