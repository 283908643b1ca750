/**
 * What has to be installed before peers can be measured. They are optional, so their absence is told and is
 * no failure; and it is all or nothing, so that no page compares Troupe with only those that happen to be
 * here.
 */
import { installing, isInstalled } from '../peers/installed.ts';
import type { Peer } from './roster.ts';

export interface Present {
  /** Whether PostgreSQL's programs are on this machine. */
  readonly postgres: boolean;
  /** Where the peers are installed. */
  readonly folder?: string;
}

/** A line for each thing to do; none when all is there. */
export function missing(peers: readonly Peer[], { postgres, folder }: Present): readonly string[] {
  const absent = peers.filter(({ needs }) => needs.some((name) => !isInstalled(name, folder)));
  const homeless = postgres ? [] : peers.filter(({ needsPostgres }) => needsPostgres === true);
  return [
    ...line(absent, `not installed; \`${installing}\` installs what it takes (300 MB, once)`),
    ...line(homeless, 'in need of PostgreSQL: its programs initdb, postgres and psql are not in the PATH'),
  ];
}

function line(peers: readonly Peer[], why: string): readonly string[] {
  if (peers.length === 0) return [];
  const names = peers.map(({ title }) => title).join(' · ');
  return [`PEERS_MISSING: nothing was measured. ${why[0]?.toUpperCase()}${why.slice(1)}: ${names}.`];
}
