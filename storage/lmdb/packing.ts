/**
 * Commits packed into groups: as many as one append needs, each small enough to be read cheaply.
 */
import type { Address } from '../../actors/address.ts';
import type { EncodedCommit } from '../commit.ts';
import { GroupBuilder, nowhere } from './group.ts';
import type { Position } from './group.ts';
import type { Head } from './head.ts';

/** Groups ready to be put, and where each commit will stand. */
export interface Packed {
  readonly groups: readonly Buffer[];
  readonly positions: readonly Position[];
  readonly bytes: number;
}

/** The groups that follow group `n` of the slot. */
export function packedOf(
  commits: readonly EncodedCommit[],
  heads: ReadonlyMap<Address, Head>,
  slot: number,
  n: number,
): Packed {
  const groups: Buffer[] = [];
  const positions: Position[] = [];
  const last = new Map<Address, Position>();
  let builder = new GroupBuilder();
  for (const { draft, record } of commits) {
    if (!builder.fits(record)) {
      groups.push(builder.build());
      builder = new GroupBuilder();
    }
    const previous = last.get(draft.address) ?? heads.get(draft.address)?.position ?? nowhere;
    const offset = builder.add(record, previous);
    const position = { slot, n: n + groups.length + 1, offset };
    positions.push(position);
    last.set(draft.address, position);
  }
  if (builder.count > 0) groups.push(builder.build());
  return { groups, positions, bytes: groups.reduce((sum, group) => sum + group.length, 0) };
}
