/** The page's words and table for what was measured of peers. */
import assert from 'node:assert/strict';
import { median, medianRatio, ratiosOf } from '../measure.ts';
import { goal, short, spreadOf, times } from '../report.ts';
import type { Goal, Report } from '../report.ts';
import { versionOf } from '../peers/installed.ts';
import { actors, aloneSends } from './roster.ts';
import type { Peer } from './roster.ts';

const wanted = 20;

/** Of one peer, round by round. */
export interface Figures {
  /** Acknowledged events a second. */
  readonly rates: readonly number[];
  /** Milliseconds with 1 in flight. */
  readonly p50: readonly number[];
  readonly p99: readonly number[];
}

export type Measured = ReadonlyMap<Peer, Figures>;

export interface Circumstances {
  readonly rounds: number;
  readonly postgres: string | undefined;
}

export function reportOf(measured: Measured, { rounds, postgres }: Circumstances): Report {
  const troupe = [...measured].find(([{ name }]) => name === 'troupe')?.[1];
  const rows = [...measured].toSorted(([, a], [, b]) => median(b.rates) - median(a.rates));
  return {
    name: 'peers',
    question: 'How does Troupe compare with its peers?',
    settings: [
      `${actors} actors and ${rounds} rounds, all taking turns, each in a process of its own; a closed ` +
        `loop with as many in flight as each makes good use of, then ${aloneSends} sends with 1 in ` +
        'flight. Every event is flushed to the disk when it is acknowledged, and ' +
        'all of them are counted in the store afterwards. Times: medians of the rounds’ percentiles.',
      ...[...measured.keys()].map(({ title, driven }) => `${title}: ${driven}`),
      ...oneInFlight(measured),
      'SQLite by hand is another driver and another load in bench hostSqlite: node:sqlite, 1000 actors, ' +
        'and Troupe with 2000 in flight over them; its ratio is not the one of this table.',
      `Versions: ${versions([...measured.keys()], postgres)}.`,
      'RivetKit (2.3.19) is not here. Its engine comes by npm and runs alone, but flushes nothing when it ' +
        'acknowledges: 54 sends, each awaited with its state saved at once, came without one fsync of the ' +
        'engine, and no setting for that was found. On PostgreSQL, a backend that it calls experimental, ' +
        'some 300 sends one after the other came with 1200 flushes of the log; there, on a busy ' +
        'machine, new actors were often not there within its own 15 seconds, and no run of the ' +
        'benchmark ended.',
    ],
    tables: [
      {
        columns: [
          `${actors} actors`,
          'Troupe beside it',
          'spread',
          'events/s',
          'in flight',
          'p50 of 1',
          'p99 of 1',
        ],
        rows: rows.map(([peer, figures]) => rowOf(peer, figures, troupe)),
      },
    ],
    goals: troupe === undefined ? [] : goalsOf(measured, troupe),
  };
}

function rowOf(
  { title, inFlight }: Peer,
  { rates, p50, p99 }: Figures,
  troupe: Figures | undefined,
): string[] {
  const ratios = rates.map((rate, i) => (troupe?.rates[i] ?? Number.NaN) / rate);
  const compared =
    troupe === undefined
      ? ['', '']
      : [times(median(ratios)), `${short(Math.min(...ratios))} – ${short(Math.max(...ratios))} ×`];
  const [middle, late] = [p50, p99].map((of) => `${median(of).toFixed(2)} ms`);
  return [title, ...compared, short(median(rates)), String(inFlight), middle ?? '', late ?? ''];
}

function goalsOf(measured: Measured, troupe: Figures): readonly Goal[] {
  const rivals = [...measured].filter(([{ isRival }]) => isRival);
  const best = bestOf(measured, troupe);
  const quickest = rivals.toSorted(([, a], [, b]) => median(a.p50) - median(b.p50))[0];
  if (best === undefined || quickest === undefined) return [];
  const ratio = medianRatio(troupe.rates, best[1].rates);
  const [ours, theirs] = [troupe, quickest[1]].map(({ p50 }) => median(p50));
  assert(ours !== undefined && theirs !== undefined);
  return [
    goal(
      `V4: ≥ ${wanted} × the best peer`,
      `${times(ratio, wanted)} (${best[0].title})`,
      ratio >= wanted,
      spreadOf(ratiosOf(troupe.rates, best[1].rates)),
    ),
    goal(
      'V4: p50 with 1 in flight lower than each',
      `${ours.toFixed(2)} ms, ${quickest[0].title} ${theirs.toFixed(2)} ms`,
      ours < theirs,
    ),
  ];
}

/** Asked as its rivals are: what of the goal's ratio comes of what Troupe makes of many in flight. */
function oneInFlight(measured: Measured): readonly string[] {
  const few = [...measured].find(([{ name }]) => name === 'troupeFew')?.[1];
  const best = few === undefined ? undefined : bestOf(measured, few);
  if (few === undefined || best === undefined) return [];
  const [{ title, inFlight }, { rates }] = best;
  return [
    `With one in flight an actor, ${actors} in all, Troupe is ${times(medianRatio(few.rates, rates))} the ` +
      `best peer, ${title} with ${inFlight} in flight (${spreadOf(ratiosOf(few.rates, rates))}); the goal ` +
      'compares each with as many in flight as it makes good use of.',
  ];
}

/** The rival that comes nearest: round by round, as everything here; a rate alone may be a quiet moment's. */
function bestOf(measured: Measured, ours: Figures): readonly [Peer, Figures] | undefined {
  const rivals = [...measured].filter(([{ isRival }]) => isRival);
  const ratioTo = ({ rates }: Figures): number => medianRatio(ours.rates, rates);
  return rivals.toSorted(([, a], [, b]) => ratioTo(a) - ratioTo(b))[0];
}

function versions(peers: readonly Peer[], postgres: string | undefined): string {
  const names = [...new Set(peers.flatMap(({ needs }) => needs))];
  const libraries = names.map((name) => `\`${name}\` ${versionOf(name)}`);
  return [...libraries, ...(postgres === undefined ? [] : [`PostgreSQL ${postgres}`])].join(', ');
}
