/**
 * Commits to write: plain ones that a case can read off, and random ones that use every part of a commit.
 */
import type { Address } from '../../actors/address.ts';
import type { FactDraft, Reached, RowPatch, SealDraft, UsageEntry } from '../commit.ts';
import { pack } from '../values.ts';
import type { Packed } from '../values.ts';
import type { Parts } from './model.ts';
import type { Random } from './random.ts';

/** Time in these histories starts here, in whole milliseconds. */
export const start = 1_750_000_000_000;
export const hour = 3_600_000;

/** A fact with a small event of its own. */
export function fact(at = start, text = 'something happened'): FactDraft {
  return { event: pack({ type: 'noted', text }).bytes, at };
}

/** A commit of one small fact, and whatever `more` says. */
export function noted(address: Address, more: Partial<Parts> = {}): Parts {
  return { address, facts: [fact()], ...more };
}

/** The commit that ends an actor at `at`. */
export function ended(address: Address, at = start, more: Partial<Parts> = {}): Parts {
  return {
    address,
    facts: [fact(at)],
    reached: { paths: ['done'], tags: ['final'] },
    seal: sealAt(at),
    ...more,
  };
}

export function sealAt(sealedAt: number): SealDraft {
  return { cause: 'done', digest: { facts: 1, names: ['a', 'b'] }, schema: 1, version: 1, sealedAt };
}

/** A text so large that it becomes a body of its own, and the fact that refers to it. */
export function bulky(address: Address, letter: string, at = start): { parts: Parts; packed: Packed } {
  const packed = pack({ type: 'said', text: letter.repeat(70_000) });
  return { parts: { address, facts: [{ event: packed.bytes, at }], bodies: packed.bodies }, packed };
}

const tags = ['busy', 'waiting', 'asks', 'idle'] as const;
const paths = ['working', 'working.deep', 'waiting', 'idle'] as const;

/** A commit that uses any part of a commit, at `at` or a little later. */
export function randomParts(random: Random, address: Address, at: number): Parts {
  const facts = Array.from({ length: random.once(8) ? random.between(2, 40) : 1 }, () =>
    randomFact(random, at),
  );
  const bulk = random.once(40) ? bulky(address, random.pick(['x', 'y', 'z']), at).parts : undefined;
  return {
    address,
    facts: [...facts, ...(bulk?.facts ?? [])],
    ...(bulk?.bodies === undefined ? {} : { bodies: bulk.bodies }),
    ...(random.once(2) ? { reached: randomReached(random) } : {}),
    ...(random.once(4) ? { intents: [['timer', random.text(4), at + 5], { sent: random.below(9) }] } : {}),
    ...(random.once(4) ? { row: randomPatch(random) } : {}),
    ...(random.once(4) ? { due: random.once(3) ? null : at + random.below(hour) } : {}),
    ...(random.once(4) ? { usage: randomUsage(random, at) } : {}),
  };
}

function randomFact(random: Random, at: number): FactDraft {
  const length = random.once(50) ? random.between(1000, 20_000) : random.below(60);
  return {
    event: pack({ type: 'noted', text: random.text(length) }).bytes,
    at: at + random.below(3),
    ...(random.once(3) ? { id: random.text(random.between(1, 30)) } : {}),
    ...(random.once(5) ? { by: random.text(6) } : {}),
    ...(random.once(5) ? { trace: `00-${random.bytes(16).toString('hex')}` } : {}),
  };
}

function randomReached(random: Random): Reached {
  return { paths: [random.pick(paths)], tags: [...new Set([random.pick(tags), random.pick(tags)])] };
}

function randomPatch(random: Random): RowPatch {
  return {
    ...(random.once(2) ? { title: random.text(8) } : {}),
    ...(random.once(4) ? { parent: `run/parent-${random.below(2)}` } : {}),
    ...(random.once(2) ? { labels: { team: random.pick(['red', 'blue', null]) } } : {}),
    ...(random.once(3) ? { labels: { stage: random.pick(['one', 'two', null]), team: 'red' } } : {}),
    ...(random.once(4) ? { costMicroUsd: random.below(1e6) } : {}),
    ...(random.once(6) ? { asks: [{ id: random.below(9), text: random.text(5) }] } : {}),
  };
}

function randomUsage(random: Random, at: number): readonly UsageEntry[] {
  const counts = Array.from({ length: random.between(1, 3) }, () => random.below(1000));
  return [{ hour: Math.floor(at / hour), key: ['model', random.pick(['small', 'large'])], counts }];
}
