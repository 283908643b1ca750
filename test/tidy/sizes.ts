/**
 * The ratchets against drift: how long a file, a line and a function may be.
 * A bound is raised by decision, here and with its reason, never by an exception in a file.
 */
import ts from 'typescript-5.9';
import { at, lineOf, nodesOf, type Source } from './rule.ts';

const fileLinesMax = 300; // with comments; most files have 40 to 150
const lineColumnsMax = 110;
const functionLinesMax = 60; // most have 10 or fewer

export function fileSize({ path, text }: Source): readonly string[] {
  const lines = linesOf(text).length;
  return lines > fileLinesMax ? [`${path}: ${lines} lines, at most ${fileLinesMax}`] : [];
}

export function lineWidth({ path, text }: Source): readonly string[] {
  return linesOf(text).flatMap((line, i) => {
    const columns = Array.from(line).length;
    return columns > lineColumnsMax
      ? [`${path}:${i + 1}: ${columns} columns, at most ${lineColumnsMax}`]
      : [];
  });
}

export function functionSize(source: Source): readonly string[] {
  return nodesOf(source)
    .filter((node) => ts.isFunctionLike(node) && !isTestList(node))
    .flatMap((node) => {
      const lines = lineOf(source, node.end) - lineOf(source, node.getStart()) + 1;
      const what = `a function of ${lines} lines, at most ${functionLinesMax}`;
      return lines > functionLinesMax ? [at(source, node, what)] : [];
    });
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

/** The callback of `describe` only lists tests; each of those is bound on its own. */
function isTestList(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && node.parent.expression.getText().startsWith('describe');
}
