/**
 * Commits packed into groups: as many as one append needs, each small enough to be read cheaply.
 */
import { invariant } from '../../actors/invariant.ts';
import type { EncodedCommit } from '../commit.ts';
import { GroupBuilder } from './group.ts';
import type { Position } from './group.ts';
import type { Head } from './head.ts';

/**
 * An actor in one append: its head, which moves when all is durable, and where its history will end. Commits
 * and their places go in step from stage to stage, so that an address is looked up once an append.
 */
export interface Place {
  readonly head: Head;
  /** Infinity: sealed. */
  end: number;
  position: Position;
}

export function placeOf(head: Head): Place {
  return { head, end: head.sealed ? Infinity : head.seq, position: head.position };
}

/** Groups ready to be put, and where each commit will stand. */
export interface Packed {
  readonly groups: readonly Buffer[];
  readonly positions: readonly Position[];
  readonly bytes: number;
}

/** The groups that follow group `n` of the slot; `places` are those of the commits, one each. */
export function packedOf(
  commits: readonly EncodedCommit[],
  places: readonly Place[],
  slot: number,
  n: number,
): Packed {
  const groups: Buffer[] = [];
  const positions: Position[] = [];
  let builder = new GroupBuilder();
  commits.forEach(({ record }, i) => {
    const place = places[i];
    invariant(place !== undefined, 'every commit has its place');
    if (!builder.fits(record)) {
      groups.push(builder.build());
      builder = new GroupBuilder();
    }
    const offset = builder.add(record, place.position);
    place.position = { slot, n: n + groups.length + 1, offset };
    positions.push(place.position);
  });
  if (builder.count > 0) groups.push(builder.build());
  return { groups, positions, bytes: groups.reduce((sum, group) => sum + group.length, 0) };
}
