/**
 * Latency where requests come by a timetable, not when the last answer is there: half and four fifths of
 * what a closed loop of the same client gets through, once it is warm, as the median of three; a lighter
 * client gets more through, and of that four fifths were more than this one can send. A request counts from
 * when it was due, so that a stall is told by all it delays.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { median } from '../measure.ts';
import { figure, scaled } from '../scenario.ts';
import type { Latency, Ran, Scenario, Span } from '../scenario.ts';
import { Ledger } from '../site/ledger.ts';
import type { Site } from '../site/site.ts';

const lanes = 50;
const shares = [0.5, 0.8] as const;
const loops = 3;

export const openLoop: Scenario = {
  name: 'openLoop',
  question: 'How long does a durable note take at half, and at four fifths of capacity?',
  run,
};

async function run(site: Site, span: Span): Promise<Ran> {
  const tallies = scaled(100, span);
  const ledger = new Ledger(tallies);
  await ledger.open(site.http);
  const closed = await closedLoops(site, ledger, span);
  const capacity = median(closed.map(({ perSecond }) => perSecond));
  const closedMs = closed.flatMap(({ ms }) => ms);
  const latencies: Latency[] = [{ name: 'closed loops', ms: closedMs }];
  const figures = [figure(`closed loop, median of ${loops}`, capacity, '/s')];
  const byShare: (readonly number[])[] = [];
  for (const share of shares) {
    const rate = Math.max(1, Math.floor(capacity * share));
    span.progress(`${rate} notes/s by a timetable`);
    const ms = await byTimetable(site, ledger, rate, span.seconds);
    byShare.push(ms);
    latencies.push({ name: `${share * 100} % of it`, ms });
    figures.push(figure(`timetable at ${share * 100} %`, rate, '/s'));
  }
  const [atHalf = [], atMost = []] = byShare;
  const remarks = remarksOn(atHalf, atMost);
  return { figures, latencies, remarks, check: async (recorded) => [await ledger.check(recorded)] };
}

/** Where more load took less time, the capacity is another one than it was taken for: it is said. */
export function remarksOn(atHalf: readonly number[], atMost: readonly number[]): string[] {
  if (median(atMost) >= median(atHalf)) return [];
  return [
    '80 % of capacity was answered quicker than 50 %: the capacity of this machine changed meanwhile, ' +
      'and neither is the share that it is called.',
  ];
}

/** What a closed loop got through. */
interface Loop {
  readonly perSecond: number;
  readonly ms: readonly number[];
}

/** The first warms up and is dropped. */
async function closedLoops(site: Site, ledger: Ledger, { seconds, progress }: Span): Promise<Loop[]> {
  const found: Loop[] = [];
  for (let loop = 0; loop <= loops; loop++) {
    progress(loop === 0 ? 'a closed loop warms up' : `closed loop ${loop} of ${loops} finds the capacity`);
    found.push(await closedLoop(site, ledger, seconds / 2));
  }
  return found.slice(1);
}

/** Lanes that each send the next note when they have the answer to the last. */
async function closedLoop(site: Site, ledger: Ledger, seconds: number): Promise<Loop> {
  const ms: number[] = [];
  const start = performance.now();
  const lane = async (): Promise<void> => {
    while (performance.now() - start < seconds * 1000) {
      const sentAt = performance.now();
      await sendNote(site, ledger);
      ms.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { perSecond: (ms.length / (performance.now() - start)) * 1000, ms };
}

async function sendNote(site: Site, ledger: Ledger): Promise<void> {
  const { key, path, body } = ledger.note();
  const { status } = await site.http.post(path, body, key);
  assert.equal(status, 200, 'every note is taken');
  ledger.hasAnswer(key);
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
    await sendNote(site, ledger);
    ms.push(performance.now() - dueAt);
  }
}
