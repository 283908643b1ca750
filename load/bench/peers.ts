/**
 * How does Troupe compare with its peers (V4): durable, acknowledged events a second over 100 actors, and how
 * long one takes with 1 in flight? Each peer is driven in its own way by a file of load/peers/, in a process
 * of its own; they take turns. BENCH_PEERS=troupe,restate measures some, for a look: that is not kept.
 */
import { Guest } from '../beside/guest.ts';
import { missing } from '../beside/missing.ts';
import { Postgres, postgresPrograms } from '../beside/postgres.ts';
import { aloneSends, roster } from '../beside/roster.ts';
import type { Peer } from '../beside/roster.ts';
import { reportOf } from '../beside/table.ts';
import type { Measured } from '../beside/table.ts';
import { scratch } from '../disk.ts';
import { inTurns } from '../measure.ts';
import { bench } from '../report.ts';
import type { LeftOut, Report } from '../report.ts';

const rounds = 5;
const some = process.env['BENCH_PEERS']?.split(',');
const peers = roster.filter(({ name }) => some?.includes(name) ?? true);

await bench(measure);

async function measure(): Promise<Report | LeftOut> {
  const programs = postgresPrograms();
  const lines = missing(peers, { postgres: programs !== undefined });
  if (lines.length > 0) return { leftOut: lines };
  const postgres =
    programs !== undefined && peers.some(({ needsPostgres }) => needsPostgres === true)
      ? await Postgres.start(programs)
      : undefined;
  const guests = new Map<Peer, Guest>();
  for (const peer of peers) guests.set(peer, await opened(peer, postgres));
  const measured = await takeTurns(guests);
  for (const guest of guests.values()) {
    await guest.assertStored();
    await guest.close();
  }
  const report = reportOf(measured, { rounds, postgres: postgres?.version });
  await postgres?.stop();
  return some === undefined
    ? report
    : { leftOut: ['BENCH_PEERS names some of them: not kept.'], seen: report };
}

async function opened({ name, file = name, needsPostgres }: Peer, postgres?: Postgres): Promise<Guest> {
  const connection = needsPostgres === true ? postgres?.database(name) : undefined;
  const directory = scratch(name);
  return Guest.open(file, connection === undefined ? { directory } : { directory, postgres: connection });
}

async function takeTurns(guests: ReadonlyMap<Peer, Guest>): Promise<Measured> {
  const waits = new Map(
    [...guests.keys()].map(({ name }) => [name, { p50: [] as number[], p99: [] as number[] }]),
  );
  const variants = [...guests].map(([{ name, sends, inFlight }, guest]) => {
    const turn = async (): Promise<number> => {
      const { all } = await guest.send(sends, inFlight);
      const { p50, p99 } = await guest.send(aloneSends, 1);
      waits.get(name)?.p50.push(p50);
      waits.get(name)?.p99.push(p99);
      return (sends / all) * 1000;
    };
    return [name, turn] as const;
  });
  const samples = await inTurns(rounds, () => Object.fromEntries(variants));
  return new Map(
    [...guests.keys()].map((peer) => {
      const { p50 = [], p99 = [] } = waits.get(peer.name) ?? {};
      // As inTurns does: the first round warms up.
      return [peer, { rates: samples[peer.name] ?? [], p50: p50.slice(1), p99: p99.slice(1) }];
    }),
  );
}
