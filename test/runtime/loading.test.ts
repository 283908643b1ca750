/**
 * How definitions reach the host in an application that is bundled: as values, in this thread. Troupe is in
 * the bundle; the libraries with native parts stay outside.
 */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test, vi } from 'vitest';
import { Project } from '../project.ts';

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 60_000 });

const fileOf = { esm: 'bundled.mjs', cjs: 'bundled.cjs' } as const;
const external = ['lmdb', 'msgpackr', 'piscina'];

const opened = `
import { defineActor, isTroupeError, openTroupe } from 'troupe';
import { setup } from 'xstate';

const lamp = setup({}).createMachine({
  initial: 'off',
  states: { off: { on: { 'lamp.press': 'on' } }, on: { after: { 50: 'off' } } },
});
`;

const values = `${opened}
async function main() {
  const lampActor = defineActor({ kind: 'lamp', version: 1, machine: lamp });
  const troupe = await openTroupe({ directory: 'data', actors: [lampActor] });
  const hall = troupe.actor(lampActor, 'hall');
  const { seq, state } = await hall.send({ type: 'lamp.press' });
  console.log(seq, ...state, (await hall.at(2)).value, (await hall.until('off')).value);
  await troupe.close();
}
void main();
`;

const workers = `${opened}
export const lampActor = defineActor({ kind: 'lamp', version: 1, machine: lamp });
openTroupe({ directory: 'data', actors: 'bundled.js', workers: 1 }).catch((error) =>
  console.log(isTroupeError(error), error.code, error.details.option),
);
`;

/** A bundle of the program, and nothing else, in a project. */
async function bundled(program: string, format: 'esm' | 'cjs'): Promise<Project> {
  const project = new Project(new Map([['app.ts', program]]));
  const outfile = join(project.path, fileOf[format]);
  const entryPoints = [join(project.path, 'app.ts')];
  const built = await build({
    entryPoints,
    outfile,
    format,
    external,
    bundle: true,
    platform: 'node',
    logLevel: 'silent',
  });
  expect(built.errors).toEqual([]);
  for (const library of external) {
    symlinkSync(join(process.cwd(), 'node_modules', library), join(project.path, 'node_modules', library));
  }
  return project;
}

describe.each(['esm', 'cjs'] as const)('bundled by esbuild to %s', (format) => {
  const file = fileOf[format];

  test('definitions as values are hosted', async () => {
    using project = await bundled(values, format);
    const ended = await project.run(file);
    expect(ended).toEqual({ out: '2 on on off\n', errors: '', code: 0, signal: null });
  });

  test('workers are refused by name, because the bundle does not carry them along', async () => {
    using project = await bundled(workers, format);
    const ended = await project.run(file);
    expect(ended).toEqual({ out: 'true UNSUPPORTED workers\n', errors: '', code: 0, signal: null });
  });
});
