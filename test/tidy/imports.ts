/**
 * Who may import whom. The layers point one way, runtime → storage → actors, and the statecharts stay
 * pure because they can reach nothing that knows a clock, random or I/O.
 */
import { posix } from 'node:path';
import ts from 'typescript-5.9';
import manifest from '../../package.json' with { type: 'json' };
import { at, isShipped, nodesOf, type Rule, type Source } from './rule.ts';

interface Import {
  readonly node: ts.Node;
  readonly from: string;
  readonly typeOnly: boolean;
}

/** The files the package exports, as sources. */
export const entryPoints: readonly string[] = Object.values(manifest.exports)
  .filter((entry) => typeof entry !== 'string')
  .map((entry) => entry.default.replace('./dist/', '').replace(/\.js$/, '.ts'));

const reach: Readonly<Record<string, readonly string[]>> = {
  actors: ['actors'],
  storage: ['storage', 'actors'],
  runtime: ['runtime', 'storage', 'actors'],
};

/** Libraries that several files may import, and why. Any other has one home. */
const shared: Readonly<
  Record<string, { readonly why: string; readonly allows: (path: string, i: Import) => boolean }>
> = {
  xstate: {
    why: 'the built-in actors are XState machines; the runtime may name its types and drives none',
    allows: (path, i) => path.startsWith('actors/') || (path.startsWith('runtime/') && i.typeOnly),
  },
  typebox: {
    why: 'vocabularies of the built-in actors and routes of HTTP are TypeBox schemas; nothing else makes any',
    allows: (path) => path.startsWith('actors/') || path.startsWith('runtime/http/'),
  },
};

/** runtime → storage → actors, and load/ sees only what a customer sees. */
export const importDirection: Rule = (source) =>
  relativeImports(source).flatMap(({ node, target }) => {
    const layer = layerOf(source.path);
    if (layer === 'load' && layerOf(target) !== 'load' && !entryPoints.includes(target))
      return [at(source, node, `load/ uses only the package's entry points, not ${target}`)];
    const allowed = reach[layer];
    if (allowed === undefined || allowed.includes(layerOf(target))) return [];
    return [at(source, node, `${layer}/ may import from ${allowed.join('/, ')}/, not ${target}`)];
  });

/** A schema is a value as pure as a statechart. */
const pureLibraries: ReadonlySet<string> = new Set(['xstate', 'typebox']);

/** Actors import only pure libraries and their own files. */
export const pureActors: Rule = (source) =>
  layerOf(source.path) === 'actors'
    ? importsOf(source)
        .filter(({ from }) => !isRelative(from) && !pureLibraries.has(libraryOf(from)))
        .map(({ node, from }) =>
          at(source, node, `actors/ import only xstate, typebox and their own files, not ${from}`),
        )
    : [];

/** Only storage/open.ts names the implementations of the journal. */
export const hiddenImplementations: Rule = (source) =>
  isShipped(source.path) && source.path !== 'storage/open.ts'
    ? relativeImports(source)
        .filter(({ target }) => implementationOf(target) !== undefined)
        .filter(({ target }) => implementationOf(target) !== implementationOf(source.path))
        .map(({ node, target }) => at(source, node, `only storage/open.ts imports ${target}`))
    : [];

/** What ships imports only what an install brings along. */
export const installedOnly: Rule = (source) =>
  isShipped(source.path)
    ? importsOf(source)
        .filter(({ from }) => !isRelative(from) && !from.startsWith('node:'))
        .filter(({ from }) => !(libraryOf(from) in manifest.dependencies))
        .map(({ node, from }) => at(source, node, `${from} is no dependency of the package`))
    : [];

/** Sources run as they are, so a relative import names the file that exists. */
export const sourceExtensions: Rule = (source) =>
  relativeImports(source)
    .filter(({ target }) => !/\.(ts|json)$/.test(target))
    .map(({ node, target }) => at(source, node, `${target}: a relative import ends in .ts`));

/** A third-party library is imported by one file, so that it can be replaced there. Looks at all files. */
export function oneHomeALibrary(sources: readonly Source[]): readonly string[] {
  const homes = new Map<string, Set<string>>();
  for (const { path, library, found } of libraryImports(sources)) {
    if (shared[library]?.allows(path, found) === true) continue;
    homes.set(library, (homes.get(library) ?? new Set()).add(path));
  }
  return [...homes]
    .filter(([library, paths]) => paths.size > (library in shared ? 0 : 1))
    .map(([library, paths]) => `${library} is imported by ${[...paths].join(', ')}; ${homeOf(library)}`);
}

function homeOf(library: string): string {
  return shared[library]?.why ?? 'one file is to own it';
}

function libraryImports(
  sources: readonly Source[],
): readonly { readonly path: string; readonly library: string; readonly found: Import }[] {
  return sources
    .filter(({ path }) => isShipped(path))
    .flatMap((source) =>
      importsOf(source)
        .filter(({ from }) => !isRelative(from) && !from.startsWith('node:'))
        .map((found) => ({ path: source.path, library: libraryOf(found.from), found })),
    );
}

/** Every import of a source: static, re-exported, dynamic and in types. */
export function importsOf(source: Source): readonly Import[] {
  return nodesOf(source).flatMap((node) => {
    const from = specifierOf(node);
    return from === undefined ? [] : [{ node, from, typeOnly: isTypeOnly(node) }];
  });
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  const dynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return dynamic ? textOf(node.arguments[0]) : undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  if (!ts.isImportDeclaration(node)) return false;
  return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function relativeImports(source: Source): readonly (Import & { readonly target: string })[] {
  return importsOf(source)
    .filter(({ from }) => isRelative(from))
    .map((found) => ({ ...found, target: posix.join(posix.dirname(source.path), found.from) }));
}

function isRelative(from: string): boolean {
  return from.startsWith('.');
}

function layerOf(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf('/')));
}

function libraryOf(from: string): string {
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
}

function implementationOf(path: string): string | undefined {
  return /^storage\/(memory|lmdb)[./]/.exec(path)?.[1];
}
