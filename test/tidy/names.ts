/**
 * Names and places: a file is called after the one concept it holds, and the top level holds what the
 * design lists.
 */
import ts from 'typescript-5.9';
import { entryPoints } from './imports.ts';
import { treeOf, type Rule } from './rule.ts';

const vague = /^(util|helper|common|type|manager|service|base|misc|shared)s?$/i;

const topLevelNames: ReadonlySet<string> = new Set([
  'actors',
  'storage',
  'runtime',
  'test',
  'load',
  'docs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
]);

/** camelCase, and no word that says nothing about the content, in the file's name or its folders'. */
export const fileName: Rule = ({ path }) => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const form = /^[a-z][A-Za-z0-9]*(\.test)?\.(ts|js)$/.test(name)
    ? []
    : [`${path}: a file's name is camelCase`];
  const words = path.split(/[/.]|(?<=[a-z0-9])(?=[A-Z])/).filter((word) => vague.test(word));
  return [...form, ...words.map((word) => `${path}: "${word}" names no concept`)];
};

/** Re-exports belong in the package's entry points; anywhere else they hide where a thing lives. */
export const noBarrel: Rule = (source) => {
  if (entryPoints.includes(source.path)) return [];
  const { statements } = treeOf(source);
  const onlyPassesOn =
    statements.length > 0 && statements.every((s) => ts.isExportDeclaration(s) && s.moduleSpecifier);
  const isIndex = /(^|\/)index\.ts$/.test(source.path);
  return isIndex || onlyPassesOn ? [`${source.path}: a barrel; import from the files themselves`] : [];
};

/** What may stand at the top level beside dot-files. */
export function topLevel(names: readonly string[]): readonly string[] {
  return names
    .filter((name) => !name.startsWith('.') && !topLevelNames.has(name))
    .map((name) => `${name}: not a top-level name (docs/ARCHITECTURE.md has the map)`);
}
