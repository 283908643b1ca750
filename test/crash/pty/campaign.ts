/**
 * The campaign of sessions: `SEED=42 PARTS=crowd,large node test/crash/pty/campaign.ts`. A thousand sessions
 * opened and closed, one that prints a gigabyte, one with five million writes of one byte, 200 rounds of
 * children that print and exit. Prints the seed. It runs on the Node that runs it; compiled
 * (`tsc -p test/crash/pty`, into .troupe/compiled), also on one that takes no types.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTroupe } from '../../../runtime/index.ts';
import type { Troupe } from '../../../runtime/index.ts';
import { crowd } from './crowd.ts';
import { lastWords, printing } from './output.ts';

/** How much of each. */
export interface Sizes {
  readonly sessions: number;
  readonly largeBytes: number;
  readonly tinyWrites: number;
  readonly rounds: number;
}

const long: Sizes = { sessions: 1000, largeBytes: 2 ** 30, tinyWrites: 5_000_000, rounds: 200 };

/** Of what a child prints and exits with. */
const lastBytesMax = 300_000;

export type Part = 'crowd' | 'large' | 'tiny' | 'lastWords';
export const parts: readonly Part[] = ['crowd', 'large', 'tiny', 'lastWords'];

/** One part in a directory of its own; gives what it has to say. */
export async function ptyCampaign(part: Part, sizes: Sizes, seed: number): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-pty-campaign-'));
  const troupe = await openTroupe({ directory, workers: 1 });
  try {
    return await run(troupe, part, sizes, seed);
  } finally {
    await troupe.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function run(troupe: Troupe, part: Part, sizes: Sizes, seed: number): Promise<string> {
  const random = randomOf(seed);
  if (part === 'crowd') {
    const { sessions, descriptors } = await crowd(troupe, sizes.sessions, random);
    return `${sessions} sessions, descriptors of the host ${descriptors.join(' → ')}`;
  }
  if (part === 'lastWords') {
    let total = 0;
    for (let round = 0; round < sizes.rounds; round++) {
      const bytes = Math.floor(random() * lastBytesMax);
      total += bytes;
      await lastWords(troupe, seed + round, bytes);
    }
    return `${sizes.rounds} rounds, twice ${total} bytes`;
  }
  const isLarge = part === 'large';
  const printed = await printing(troupe, {
    seed,
    bytes: isLarge ? sizes.largeBytes : sizes.tinyWrites,
    writeBytes: isLarge ? 2 ** 16 : 1,
  });
  const [runtime, host] = printed.grownBytes.map((bytes) => Math.round(bytes / 2 ** 20));
  const seconds = printed.seconds.toFixed(1);
  return `${printed.facts} facts in ${seconds} s, grown by ${runtime} and ${host} MiB at most`;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const { SEED, PARTS, SCALE = '1' } = process.env;
  const seed = Number(SEED ?? Math.floor(Math.random() * 2 ** 30));
  const wanted = PARTS === undefined ? parts : parts.filter((part) => PARTS.split(',').includes(part));
  const scaled = Object.entries(long).map(([name, size]) => [name, Math.ceil(size * Number(SCALE))]);
  const sizes = Object.fromEntries(scaled) as Sizes;
  console.log(`sessions: SEED=${seed} PARTS=${wanted.join(',')} on Node ${process.version}`);
  for (const part of wanted) {
    try {
      console.log(`${part}: ${await ptyCampaign(part, sizes, seed)}`);
    } catch (error) {
      console.log(`${part} failed: ${error instanceof Error ? error.stack : String(error)}`);
      process.exitCode = 1;
    }
  }
}
