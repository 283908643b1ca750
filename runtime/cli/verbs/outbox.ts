/**
 * `troupe outbox`: what children owe a parent, from a shell.
 */
import { wrong } from '../commandLine.ts';
import { meant } from '../nearest.ts';
import { reachFlags } from '../verb.ts';
import type { Verb, VerbCall } from '../verb.ts';

/** By its word: what it asks for, with the rest of the command line. */
const deeds: Readonly<
  Record<string, (call: VerbCall, path: string, rest: readonly string[]) => Promise<unknown>>
> = {
  pending: async ({ way }, path) => (await way()).get(`${path}/pending`),
  drain: async ({ way, given }, path) => {
    const [max, leaseMs] = [given.whole('max'), given.whole('lease-ms')];
    const body = { ...(max !== undefined && { max }), ...(leaseMs !== undefined && { leaseMs }) };
    return (await way()).post(`${path}/leases`, body);
  },
  ack: async ({ way }, path, [lease, ...positions]) =>
    (await way()).post(`${path}/leases/${numberIn(lease)}/ack`, { positions: positions.map(numberIn) }),
  release: async ({ way }, path, [lease]) =>
    (await way()).post(`${path}/leases/${numberIn(lease)}/release`, {}),
  'dead-letters': async ({ way }, path) => (await way()).get(`${path}/dead-letters`),
  retry: async ({ way }, path, positions) =>
    (await way()).post(
      `${path}/dead-letters/retry`,
      positions.length === 0 ? {} : { positions: positions.map(numberIn) },
    ),
  purge: async ({ way }, path, positions) =>
    (await way()).post(`${path}/dead-letters/purge`, { positions: positions.map(numberIn) }),
};

export const outbox: Verb = {
  name: 'outbox',
  summary: 'what children owe a parent: pending, drain, ack, dead-letters …',
  args: 'ID WHAT [NUMBER…]',
  flags: {
    ...reachFlags,
    max: { type: 'whole', value: 'N', about: 'drain: at most so many records' },
    'lease-ms': { type: 'whole', value: 'MS', about: 'drain: for so long' },
  },
  examples: [
    ['troupe outbox conductor pending', 'how much waits'],
    ['troupe outbox conductor drain --max 10 --json', 'a lease and its records'],
    ['troupe outbox conductor ack 4 17 18', 'records 17 and 18 of lease 4 are dealt with'],
    ['troupe outbox conductor retry', 'all dead letters get another chance'],
  ],
  run: async (call) => {
    const [given = '', what = '', ...rest] = call.args;
    const deed = Object.hasOwn(deeds, what) ? deeds[what] : undefined;
    if (deed === undefined) {
      const known = Object.keys(deeds);
      throw wrong(`An outbox has no "${what}".${meant(what, known)} It has: ${known.join(', ')}.`);
    }
    const id = given.startsWith('outbox/') ? given.slice('outbox/'.length) : given;
    const told = (await deed(call, `/v1/outboxes/${encodeURIComponent(id)}`, rest)) ?? { done: what };
    await call.out.item(told, () => JSON.stringify(told, null, 2));
    return undefined;
  },
};

function numberIn(text = ''): number {
  if (!/^\d{1,15}$/.test(text)) throw wrong(`"${text}" is no number of a lease or a record.`);
  return Number(text);
}
