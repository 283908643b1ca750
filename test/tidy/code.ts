/**
 * What may not stand in the code itself: escapes from the type checker and the linter, and waiting by the
 * clock in tests.
 */
import ts from 'typescript-5.9';
import { at, nodesOf, treeOf, type Rule, type Source } from './rule.ts';

/** Every file opens with why it exists. */
export const header: Rule = ({ path, text }) =>
  /^(#!.*\n)?\/\*\*\s/.test(text) ? [] : [`${path}:1: opens without a header comment (/** … */)`];

export const noAny: Rule = (source) =>
  findings(source, (node) => node.kind === ts.SyntaxKind.AnyKeyword, 'any; unknown is checked');

export const noEnum: Rule = (source) =>
  findings(source, ts.isEnumDeclaration, 'an enum; a union of literals needs no code');

export const noNonNull: Rule = (source) =>
  source.path.startsWith('test/')
    ? []
    : findings(
        source,
        ts.isNonNullExpression,
        '"!"; check the value, or say by invariant() who guarantees it',
      );

/** A limit is a ratchet: raised by decision, never switched off where it pinches. */
export const noSilencing: Rule = ({ path, text }) =>
  text.split('\n').flatMap((line, i) => {
    const found = /(?:\/\/|\/\*)\s*((?:eslint|oxlint|oxfmt|biome|prettier)-\w+|@ts-(?:ignore|nocheck))/.exec(
      line,
    );
    return found === null ? [] : [`${path}:${i + 1}: ${found[1]}; change the code, or the rule for all`];
  });

const clockCalls = /^(?:sleep|delay|wait|setTimeout|setInterval|(?:timers|scheduler)\.\w+)$/;
const clockModules = /^(?:node:)?timers(?:\/promises)?$/;

/** A test waits for the fact. Only the crash campaign uses the clock: it kills at random instants. */
export const noClockInTests: Rule = (source) => {
  if (!source.path.startsWith('test/') || source.path.startsWith('test/crash/')) return [];
  return findings(source, waitsByClock, 'waits by the clock; wait for the fact');
};

/** A title states a fact: `an acknowledged record is never delivered again`. */
export const factTitles: Rule = (source) =>
  source.path.startsWith('test/')
    ? findings(
        source,
        (node) => /\bshould\b/.test(titleOf(node) ?? ''),
        'a title states a fact, without "should"',
      )
    : [];

function findings(source: Source, matches: (node: ts.Node) => boolean, what: string): readonly string[] {
  return nodesOf(source)
    .filter((node) => node !== treeOf(source) && matches(node))
    .map((node) => at(source, node, what));
}

function waitsByClock(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
    return clockModules.test(node.moduleSpecifier.text);
  if (!ts.isCallExpression(node)) return false;
  const callee = node.expression.getText();
  return clockCalls.test(callee) || (callee === 'Atomics.wait' && node.arguments.length > 3);
}

function titleOf(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !/^(?:test|it|describe)\b/.test(node.expression.getText()))
    return undefined;
  const [title] = node.arguments;
  return title !== undefined && ts.isStringLiteralLike(title) ? title.text : undefined;
}
