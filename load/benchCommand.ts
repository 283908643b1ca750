/**
 * What `npm run bench` was asked for, and its usage. Words that it does not understand are answered with the
 * usage, never with a stack; what it prints beside a figure is a command that repeats it.
 */
import { parseArgs } from 'node:util';

export type Asked =
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'run';
      readonly names: readonly string[];
      /** For a look: measured however busy the machine is, and not kept. */
      readonly isLook: boolean;
    };

export function askedOf(words: readonly string[], known: readonly string[]): Asked {
  const read = readOrNot(words);
  if (typeof read === 'string') return { kind: 'refused', reason: read };
  const { positionals, values } = read;
  if (values.help) return { kind: 'help' };
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) return { kind: 'refused', reason: `No benchmark is called ${unknown.join(', ')}.` };
  const names = known.filter((name) => positionals.length === 0 || positionals.includes(name));
  return { kind: 'run', names, isLook: values.busy };
}

/** Or why not, in the words of Node. */
function readOrNot(words: readonly string[]): ReturnType<typeof readWords> | string {
  try {
    return readWords(words);
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      return error.message;
    }
    throw error;
  }
}

function readWords(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      busy: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

export function usageOf(known: readonly string[]): string {
  return [
    'npm run bench [-- name… --busy]',
    '',
    'Measures each benchmark that is named, or all, and writes docs/BENCHMARKS.md.',
    '  --busy             a look: on a machine that is not quiet too; nothing under docs/ changes',
    '  --help             this',
    '  BENCH_LONG=1       the long forms',
    '  BENCH_DIRECTORY=…  the disk to measure; without it, that of temporary files',
    '',
    `There are: ${known.join(', ')}.`,
  ].join('\n');
}

/** What repeats a figure. */
export function commandOf(name: string, isLong: boolean): string {
  return `${isLong ? 'BENCH_LONG=1 ' : ''}npm run bench -- ${name}`;
}

/** Whether the long forms were asked for. */
export function isLongAsked(): boolean {
  return process.env['BENCH_LONG'] === '1';
}
