/**
 * Every bound with its value and its reason: the values are those the code runs with, the reasons stand
 * beside them in the code.
 */
import ts from 'typescript-5.9';
import * as run from '../../actors/agentRun/limits.ts';
import { guestLimits } from '../../runtime/guests/limits.ts';
import { limits as outbox } from '../../actors/outbox/limits.ts';
import * as pty from '../../actors/ptySession/limits.ts';
import * as runtime from '../../runtime/limits.ts';
import * as processHost from '../../runtime/processHost/limits.ts';
import * as journal from '../../storage/limits.ts';
import { proseOf } from './declaration.ts';
import { treeOf } from './sources.ts';

type Values = Readonly<Record<string, unknown>>;

interface Chapter {
  readonly title: string;
  readonly opening: string;
  readonly path: string;
  readonly values: Values;
}

const runtimePath = 'runtime/limits.ts';
const processPath = 'runtime/processHost/limits.ts';

const chapters: readonly Chapter[] = [
  {
    title: 'Of a runtime',
    opening: 'Each is an option: `openTroupe({ limits: { … } })`. Contradictions are `INVALID_OPTION`.',
    path: runtimePath,
    values: { ...runtime.defaultLimits },
  },
  { title: 'Of every runtime', opening: 'Fixed.', path: runtimePath, values: runtime },
  { title: 'Of a run', opening: 'Fixed.', path: 'actors/agentRun/limits.ts', values: run },
  { title: 'Of an outbox', opening: 'Fixed.', path: 'actors/outbox/limits.ts', values: outbox },
  { title: 'Of a PTY session', opening: 'Fixed.', path: 'actors/ptySession/limits.ts', values: pty },
  {
    title: 'Of child processes',
    opening: 'Of each child, and of all.',
    path: processPath,
    values: { ...processHost.defaultProcessLimits, ...processHost },
  },
  {
    title: 'Of guests',
    opening: 'Fixed, but for how many there are: `guests` of a server.',
    path: 'runtime/guests/limits.ts',
    values: guestLimits,
  },
  { title: 'Of the journal', opening: 'Fixed.', path: 'storage/limits.ts', values: journal },
];

export function limitsPage(): string {
  const opening = `# Limits

Everything is bounded. Past a bound the caller gets a coded error ([ERRORS.md](../ERRORS.md)), or waits
if it asked to. Written by \`npm run reference\` from the code.
`;
  return [opening, ...chapters.map(chapterOf)].join('\n');
}

function chapterOf({ title, opening, path, values }: Chapter): string {
  const rows = [...reasonsOf(path)].flatMap(([name, reason]) => {
    const value = values[name];
    return typeof value === 'number' ? `| \`${name}\` | ${amountOf(name, value)} | ${reason} |` : [];
  });
  const header = '| limit | value | why |\n|---|---:|---|';
  return `## ${title}\n\n${opening}\n\n${header}\n${rows.join('\n')}\n`;
}

/** What is said of each name, in the order of the file; without a comment it goes with the one above it. */
function reasonsOf(path: string): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    const isNamed =
      ts.isVariableDeclaration(node) || ts.isPropertySignature(node) || ts.isPropertyAssignment(node);
    // The default of an option has its comment where its type is.
    if (isNamed && !reasons.has(node.name.getText())) {
      reasons.set(node.name.getText(), proseOf(node).replaceAll('\n', ' ') || '(as above)');
    }
    ts.forEachChild(node, visit);
  };
  visit(treeOf(path));
  return reasons;
}

const units: readonly (readonly [string, number])[] = [
  ['TiB', 2 ** 40],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
];

function amountOf(name: string, value: number): string {
  if (/bytes/i.test(name)) {
    const [unit, size] = units.find(([, bytes]) => value >= bytes && value % bytes === 0) ?? [];
    if (unit !== undefined && size !== undefined) return `${value / size} ${unit}`;
    return `${grouped(value)} bytes`;
  }
  if (/Ms(Max|Default)?$/.test(name)) return spanOf(value);
  return grouped(value);
}

function spanOf(ms: number): string {
  if (ms >= 3_600_000 && ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  return ms >= 1000 && ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}

function grouped(value: number): string {
  return value.toLocaleString('en').replaceAll(',', ' ');
}
