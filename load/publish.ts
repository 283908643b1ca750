/** Where published figures of load and soak are kept, and the page that is made of them. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDocument } from './loadDocument.ts';
import type { LoadRun } from './loadPage.ts';
import type { SoakRun } from './soaking/soakPage.ts';

const docs = join(import.meta.dirname, '../docs');
const kept = join(docs, 'load');
const page = join(docs, 'LOAD.md');

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
