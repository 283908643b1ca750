/**
 * What a tidy rule is: a pure function from a file's path and text to findings, so that each rule is
 * tested on samples that never touch the disk.
 * Trees come from TypeScript 5.9: version 7 publishes no stable API for them.
 */
import ts from 'typescript-5.9';

export interface Source {
  /** From the checkout's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Each finding is one line for a person: where, what, and what to do instead if that is not plain. */
export type Rule = (source: Source) => readonly string[];

const trees = new WeakMap<Source, ts.SourceFile>();

/** The syntax tree of a source, parsed once for all rules. */
export function treeOf(source: Source): ts.SourceFile {
  const known = trees.get(source);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
  trees.set(source, tree);
  return tree;
}

/** Every node of a source, parents first. */
export function nodesOf(source: Source): readonly ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(treeOf(source));
  return nodes;
}

/** The finding `what` at the place of `node`. */
export function at(source: Source, node: ts.Node, what: string): string {
  return `${source.path}:${lineOf(source, node.getStart())}: ${what}`;
}

/** The line of a position, counted from 1. */
export function lineOf(source: Source, position: number): number {
  return treeOf(source).getLineAndCharacterOfPosition(position).line + 1;
}

/** Whether a path lies in one of the folders that the package ships. */
export function isShipped(path: string): boolean {
  return /^(actors|runtime|storage)\//.test(path);
}
