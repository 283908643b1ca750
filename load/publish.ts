/** Where published figures of load and soak are kept, and the page that is made of them. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDocument } from './loadDocument.ts';
import type { LoadRun } from './loadPage.ts';
import { refusalOf } from './quiet.ts';
import type { SoakRun } from './soaking/soakPage.ts';

const docs = join(import.meta.dirname, '../docs');
const kept = join(docs, 'load');
const page = join(docs, 'LOAD.md');

/** What a run is, as far as it matters to whether its figures may be published. */
export interface Publishable {
  readonly commit: string;
  readonly load: number;
  /** Of a load run; a soak has a smallest length of its own. */
  readonly seconds?: number;
  readonly scale?: number;
}

const secondsMin = 10;
const scaleMin = 1;

/** Undefined: publish it. With `--busy` anything may be, because the page says under what it was measured. */
export function publishRefusalOf(run: Publishable, isAllowed: boolean): string | undefined {
  if (isAllowed) return undefined;
  const { commit, load, seconds = secondsMin, scale = scaleMin } = run;
  if (!/^[0-9a-f]+$/.test(commit)) {
    return `What is measured is no commit (${commit}): commit first, or publish with --busy.`;
  }
  if (seconds < secondsMin || scale < scaleMin) {
    const least = `--seconds ${secondsMin} and --scale ${scaleMin}`;
    return `Sizes below ${least} say little: publish larger ones, or these with --busy.`;
  }
  return refusalOf(load, isAllowed);
}

/** Keeps these figures instead of those of before, and writes the page anew. */
export function publishLoad(run: LoadRun): string {
  return published('load', run);
}

/** The same of a soak. */
export function publishSoak(run: SoakRun): string {
  return published('soak', run);
}

function published(name: 'load' | 'soak', run: LoadRun | SoakRun): string {
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, `${name}.json`), `${JSON.stringify(run, undefined, 2)}\n`);
  const { text, plots } = loadDocument(
    read('load') as LoadRun | undefined,
    read('soak') as SoakRun | undefined,
  );
  for (const file of readdirSync(kept)) {
    if (file.endsWith('.svg') && !plots.has(file)) rmSync(join(kept, file));
  }
  for (const [file, svg] of plots) writeFileSync(join(kept, file), svg);
  writeFileSync(page, text);
  return page;
}

/** Written above, by this or an earlier run. */
function read(name: 'load' | 'soak'): unknown {
  const path = join(kept, `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
