/**
 * The inside of a process in which one peer is driven: it takes orders from the benchmark, one after the
 * other, sends with so many in flight and tells how long it took. All peers, Troupe and the floor are driven
 * by this very loop.
 */
import assert from 'node:assert/strict';
import { note } from '../crowd.ts';
import { percentile } from '../measure.ts';
import { actors } from './roster.ts';

export type Note = ReturnType<typeof note>;

/** One system, opened in a directory of its own. */
export interface Seat {
  /** Sends this event to this actor; what it returns is settled when the system says that it is kept. */
  send(actor: number, event: Note): unknown;
  /** How many events are stored, by reading the store. */
  stored(): Promise<number> | number;
  close(): Promise<void> | void;
}

export interface Order {
  readonly number: number;
  readonly ask: 'send' | 'stored' | 'close';
  readonly sends?: number;
  readonly inFlight?: number;
}

/** How long sends took, in milliseconds. */
export interface Took {
  readonly all: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Answer {
  readonly number: number;
  readonly answer: unknown;
}

/** Opens the peer of this process and obeys; an error ends the process, which the benchmark notices. */
export async function seated(open: (directory: string) => Promise<Seat> | Seat): Promise<void> {
  const directory = process.argv[2];
  assert(directory !== undefined && process.send !== undefined, 'started by the benchmark');
  const seat = await open(directory);
  let sent = 0;
  const obey = async ({ ask, sends = 0, inFlight = 1 }: Order): Promise<unknown> => {
    if (ask === 'stored') return seat.stored();
    if (ask === 'close') return seat.close();
    const took = await sendAll(seat, { from: sent, sends, inFlight });
    sent += sends;
    return took;
  };
  const reply = (answer: Answer): void => void process.send?.(answer);
  const answer = async (order: Order): Promise<void> => {
    reply({ number: order.number, answer: await obey(order) });
    if (order.ask === 'close') process.disconnect();
  };
  // The benchmark sends nothing else, and nothing before the last answer.
  process.on('message', (order) => void answer(order as Order));
  // Whoever started this is gone: so is the reason to go on.
  process.on('disconnect', () => process.exit());
  reply({ number: 0, answer: 'open' });
}

/**
 * So many lanes, each of which sends, waits and goes on. With as many lanes as actors every actor has one in
 * flight; with a single lane the actors take turns.
 */
async function sendAll(
  seat: Seat,
  { from, sends, inFlight }: { readonly from: number; readonly sends: number; readonly inFlight: number },
): Promise<Took> {
  const took: number[] = [];
  let left = sends;
  const lane = async (first: number): Promise<void> => {
    for (let mine = first; left > 0; mine += inFlight) {
      const event = note(from + sends - left--);
      const start = performance.now();
      await seat.send(mine % actors, event);
      took.push(performance.now() - start);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, async (_, i) => lane(i)));
  const all = performance.now() - start;
  assert.equal(took.length, sends, 'every send was answered');
  return { all, p50: percentile(took, 50), p99: percentile(took, 99) };
}
