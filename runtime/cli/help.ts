/**
 * What `--help` says: of all verbs, and of one with its flags and examples.
 */
import { commonFlags } from './commandLine.ts';
import { exitCodes } from './exitCodes.ts';
import { columnsOf } from './output.ts';
import type { Flag, Verb } from './verb.ts';

export function helpOfAll(verbs: readonly Verb[]): string {
  return [
    'troupe VERB …: actors that survive crashes, from a shell.',
    '',
    ...indented(columnsOf(verbs.map(({ name, summary }) => [name, summary]))),
    '',
    'Verbs read the directory .troupe (or --directory D): through its owner where a process has it open,',
    'read-only otherwise; or a server (--url URL). `troupe VERB --help` shows examples. --json gives one',
    'JSON value a line, --version tells the version, NO_COLOR=1 takes the colours away.',
    '',
    ...exitLines(),
  ].join('\n');
}

export function helpOf({ name, args, summary, flags, examples }: Verb): string {
  return [
    `troupe ${name}${args === '' ? '' : ` ${args}`}: ${summary}.`,
    '',
    ...indented(columnsOf(Object.entries({ ...flags, ...commonFlags }).map(flagLine))),
    '',
    'Examples:',
    ...indented(columnsOf(examples.map(([line, about]) => [line, `# ${about}`]))),
    '',
    ...exitLines(),
  ].join('\n');
}

function flagLine([name, { type, value, short, about }]: readonly [string, Flag]): readonly string[] {
  const told = type === 'switch' ? '' : ` ${value ?? 'X'}`;
  const more = type === 'texts' ? ' (more than once, too)' : '';
  return [`${short === undefined ? '   ' : `-${short},`} --${name}${told}`, `${about}${more}`];
}

function exitLines(): readonly string[] {
  const rows = Object.values(exitCodes).map(({ code, about }) => [String(code), about]);
  return ['Exit codes:', ...indented(columnsOf(rows))];
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);
