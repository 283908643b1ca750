/**
 * A command line as its verb takes it. What is not right is `INVALID_OPTION`, with what was probably meant.
 */
import { parseArgs } from 'node:util';
import { TroupeError } from '../../actors/troupeError.ts';
import { meant } from './nearest.ts';
import type { Flag, Given, Verb } from './verb.ts';

/** Flags of every verb. */
export const commonFlags: Readonly<Record<string, Flag>> = {
  json: { type: 'switch', about: 'one JSON value a line' },
  help: { type: 'switch', short: 'h', about: 'this' },
};

export interface CommandLine {
  readonly args: readonly string[];
  readonly given: Given;
}

export function commandLineOf(verb: Verb, words: readonly string[]): CommandLine {
  const flags = { ...verb.flags, ...commonFlags };
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type, short }]) => [
      name,
      {
        type: type === 'switch' ? ('boolean' as const) : ('string' as const),
        multiple: type === 'texts',
        ...(short !== undefined && { short }),
      },
    ]),
  );
  const parsed = parseArgs({
    args: [...words],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of parsed.tokens) {
    if (token.kind === 'option') assertFlag(verb, flags, token);
  }
  const { values, positionals } = parsed;
  const given = givenIn(values, flags);
  if (!given.is('help')) assertCount(verb, positionals);
  return { args: positionals, given };
}

type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

interface Token {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function assertFlag(
  { name: verb }: Verb,
  flags: Readonly<Record<string, Flag>>,
  { name, rawName, value, inlineValue }: Token,
): void {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (flag === undefined) {
    const known = Object.keys(flags).map((one) => `--${one}`);
    throw wrong(`"troupe ${verb}" has no ${rawName}.${meant(rawName, known)}`);
  }
  if (flag.type === 'switch' && value !== undefined) throw wrong(`${rawName} takes no value.`);
  if (flag.type === 'switch') return;
  // A word that looks like a flag is one: whoever means it as a value writes --name=-value.
  const isFlag = inlineValue !== true && value?.startsWith('-') === true;
  if (value === undefined || value === '' || isFlag)
    throw wrong(`${rawName} wants a value: ${rawName} ${flag.value ?? 'X'}.`);
  if (flag.type === 'whole' && !/^\d{1,15}$/.test(value)) throw wrong(`${rawName} is a whole number.`);
}

function givenIn(values: Values, flags: Readonly<Record<string, Flag>>): Given {
  const valueOf = (name: string): Values[string] => {
    // A slip of ours: a verb reads what it does not take.
    if (!Object.hasOwn(flags, name)) throw new Error(`no flag --${name} is declared`);
    return values[name];
  };
  const text = (name: string): string | undefined => {
    const value = valueOf(name);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    is: (name) => valueOf(name) === true,
    text,
    texts: (name) => {
      const value = valueOf(name);
      return Array.isArray(value) ? (value as readonly string[]) : [];
    },
    whole: (name) => {
      const value = text(name);
      return value === undefined ? undefined : Number(value);
    },
  };
}

/** As `args` says: `ADDRESS [JSON]`, `ADDRESS WHAT …`. */
function assertCount({ name, args }: Verb, positionals: readonly string[]): void {
  const parts = args === '' ? [] : args.split(' ');
  const least = parts.filter((part) => /^[A-Z]/.test(part)).length;
  const most = parts.some((part) => part.includes('…')) ? Infinity : parts.length;
  if (positionals.length >= least && positionals.length <= most) return;
  const many = positionals.length < least ? 'more' : 'less';
  throw wrong(`"troupe ${name}" wants ${many}: troupe ${name} ${args}`);
}

export function wrong(text: string): TroupeError {
  return new TroupeError('INVALID_OPTION', text, {});
}
