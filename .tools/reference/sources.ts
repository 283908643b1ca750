/**
 * The sources of the package as trees. Only our own files are read, no library: what a name is declared as is
 * known without types, and takes a moment instead of seconds.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript-5.9';
import manifest from '../../package.json' with { type: 'json' };

export const root = dirname(dirname(import.meta.dirname));

/** Each subpath that is code, with the source that its build comes from. */
export const entries: readonly { readonly subpath: string; readonly path: string }[] = Object.entries(
  manifest.exports,
).flatMap(([subpath, target]) =>
  typeof target === 'string'
    ? []
    : [{ subpath, path: target.default.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts') }],
);

const options: ts.CompilerOptions = { noLib: true, types: [], allowImportingTsExtensions: true };
const host = ts.createCompilerHost(options);
host.resolveModuleNameLiterals = (literals, from) =>
  literals.map(({ text }) => {
    if (!text.startsWith('.')) return { resolvedModule: undefined };
    const resolvedFileName = join(dirname(from), text);
    return { resolvedModule: { resolvedFileName, extension: ts.Extension.Ts } };
  });
const program = ts.createProgram(
  entries.map(({ path }) => join(root, path)),
  options,
  host,
);
const checker = program.getTypeChecker();

export interface Exported {
  readonly name: string;
  /** Several where it is overloaded. */
  readonly declarations: readonly ts.Declaration[];
  /** False: only its type is. */
  readonly isValue: boolean;
}

/** What a module exports, by name. */
export async function exportsOf(path: string): Promise<readonly Exported[]> {
  // As Node has it.
  const values = (await import(pathToFileURL(join(root, path)).href)) as object;
  const source = program.getSourceFile(join(root, path));
  const symbol = source && checker.getSymbolAtLocation(source);
  if (symbol === undefined) throw new Error(`${path} is no module`);
  return checker
    .getExportsOfModule(symbol)
    .map((exported) => {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      const { declarations = [] } = isAlias ? checker.getAliasedSymbol(exported) : exported;
      return { name: exported.name, declarations, isValue: exported.name in values };
    })
    .filter(({ declarations, isValue }) => isValue || declarations.some(isOfTypes))
    .toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}

/** `export type *` lists values too, which nobody can use. */
function isOfTypes(node: ts.Declaration): boolean {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);
}

/** The tree of any file of the checkout. */
export function treeOf(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
}

/** From the checkout's root. */
export function pathOf(node: ts.Node): string {
  return relative(root, node.getSourceFile().fileName);
}
