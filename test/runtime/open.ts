/** Runtimes for tests: on directories of their own, closed and removed after each test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { openTroupe } from '../../runtime/index.ts';
import type { DefinitionsOf, Logger, ModuleOptions, Troupe } from '../../runtime/index.ts';
import type * as sample from './actors/sample.ts';

export type Sample = typeof sample;
export const sampleUrl = new URL('actors/sample.ts', import.meta.url);

const endings: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-runtime-'));
  endings.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The sample actors, hosted as the options say; closed after the test. */
export async function openSample(options: ModuleOptions = {}): Promise<Troupe<DefinitionsOf<Sample>>> {
  const directory = options.directory ?? newDirectory();
  const troupe = await openTroupe<Sample>({ actors: sampleUrl, ...options, directory });
  endings.push(async () => troupe.close());
  return troupe;
}

/** A logger that remembers, and tells when a line comes. */
export function newLog(): {
  readonly logger: Logger;
  readonly lines: string[];
  line(part: string): Promise<string>;
} {
  const lines: string[] = [];
  const waiting: { part: string; resolve: (line: string) => void }[] = [];
  const write = (_details: object, text = ''): void => {
    lines.push(text);
    for (const { part, resolve } of waiting) if (text.includes(part)) resolve(text);
  };
  const line = async (part: string): Promise<string> =>
    lines.find((known) => known.includes(part)) ??
    new Promise((resolve) => {
      waiting.push({ part, resolve });
    });
  return { logger: { debug: write, info: write, warn: write, error: write }, lines, line };
}
