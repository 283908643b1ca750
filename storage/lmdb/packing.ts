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

/** Groups that are built together; more of them, and larger ones, get memory of their own. */
const memoryBytesMax = 2 * 1024 * 1024;
let memory = Buffer.alloc(0);

/**
 * The groups that follow group `n` of the slot. They are good until the next call in this thread: they are
 * built where those of the append before were, because what garbage of half a megabyte an append costs to
 * collect is more than all copying.
 */
export function packedOf(
  commits: readonly EncodedCommit[],
  heads: ReadonlyMap<Address, Head>,
  slot: number,
  n: number,
): Packed {
  const builders: GroupBuilder[] = [];
  const positions: Position[] = [];
  const last = new Map<Address, Position>();
  let builder = new GroupBuilder();
  for (const { draft, record } of commits) {
    if (!builder.fits(record)) {
      builders.push(builder);
      builder = new GroupBuilder();
    }
    const previous = last.get(draft.address) ?? heads.get(draft.address)?.position ?? nowhere;
    const offset = builder.add(record, previous);
    const position = { slot, n: n + builders.length + 1, offset };
    positions.push(position);
    last.set(draft.address, position);
  }
  if (builder.count > 0) builders.push(builder);
  const bytes = builders.reduce((sum, built) => sum + built.bytes, 0);
  return { groups: builtIn(memoryOf(bytes), builders), positions, bytes };
}

function memoryOf(bytes: number): Buffer {
  if (bytes > memoryBytesMax) return Buffer.allocUnsafeSlow(bytes);
  if (bytes > memory.length) memory = Buffer.allocUnsafeSlow(Math.min(memoryBytesMax, bytes * 2));
  return memory;
}

function builtIn(space: Buffer, builders: readonly GroupBuilder[]): readonly Buffer[] {
  let at = 0;
  return builders.map((builder) => {
    const group = space.subarray(at, at + builder.bytes);
    at += group.length;
    return builder.build(group);
  });
}
