/**
 * What is installed in this folder, and only here: the systems that Troupe is measured beside are no
 * dependency of the project, so their libraries are imported by name when there is something to measure.
 * Each driver says in an interface of its own which part of its library it drives.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** How everything here is installed. */
export const installing = 'npm ci --prefix load/peers';

/** The library of this name; the caller says what it drives of it, and the library has to keep to it. */
export async function installed<Library>(name: string): Promise<Library> {
  return (await import(name)) as Library;
}

/** Whether a library is installed in this folder, not further up. */
export function isInstalled(name: string, folder = import.meta.dirname): boolean {
  return existsSync(join(folder, 'node_modules', name, 'package.json'));
}

export function versionOf(name: string, folder = import.meta.dirname): string {
  const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

/** A file of an installed package, as a path. */
export function fileOf(path: string): string {
  return createRequire(import.meta.url).resolve(path);
}
