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

/** Groups that are built together; more of them, and larger ones, get memory of their own. */
const memoryBytesMax = 2 * 1024 * 1024;
let memory = Buffer.alloc(0);

/**
 * The groups that follow group `n` of the slot; `places` are those of the commits, one each. They are good
 * until the next call in this thread: they are built where those of the append before were, because what
 * garbage of half a megabyte an append costs to collect is more than all copying.
 */
export function packedOf(
  commits: readonly EncodedCommit[],
  places: readonly Place[],
  slot: number,
  n: number,
): Packed {
  const builders: GroupBuilder[] = [];
  const positions: Position[] = [];
  let builder = new GroupBuilder();
  commits.forEach(({ record }, i) => {
    const place = places[i];
    invariant(place !== undefined, 'every commit has its place');
    if (!builder.fits(record)) {
      builders.push(builder);
      builder = new GroupBuilder();
    }
    const offset = builder.add(record, place.position);
    place.position = { slot, n: n + builders.length + 1, offset };
    positions.push(place.position);
  });
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
