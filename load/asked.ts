/** What a command line asks of load or soak; where it asks for what there is not, a short usage. */
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

/** Not to be done: what to write, and with which exit code to end. */
export interface Unasked {
  readonly text: string;
  readonly code: 0 | 2;
}

export interface Asked {
  readonly names: readonly string[];
  readonly numbers: Readonly<Record<string, number>>;
  readonly texts: Readonly<Record<string, string | undefined>>;
  readonly publish: boolean;
  readonly busy: boolean;
}

export interface Command {
  readonly usage: string;
  /** Which there are; none: it takes no names. */
  readonly names?: readonly string[];
  /** Above zero, each with its default. */
  readonly numbers: Readonly<Record<string, string>>;
  /** Each with its default. */
  readonly texts: Readonly<Record<string, string | undefined>>;
}

export function askedOf(args: readonly string[], command: Command): Asked | Unasked {
  const { usage, names: known = [], numbers, texts } = command;
  const wrong = (reason: string): Unasked => ({ text: `${reason}\n${usage}`, code: 2 });
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options: optionsOf(command) });
  } catch (error) {
    // Its first sentence says what is wrong; those behind it are of other programs.
    return wrong(error instanceof Error ? (error.message.split(/[.\n]/)[0] ?? '') : String(error));
  }
  const { values, positionals: names } = parsed;
  if (values['help'] === true) return { text: usage, code: 0 };
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) return wrong(`There is no ${unknown.join(', ')}`);
  for (const name of Object.keys(numbers)) {
    const value = Number(values[name]);
    if (!(value > 0 && value < Infinity)) return wrong(`--${name} is a number above zero`);
  }
  return {
    names,
    numbers: Object.fromEntries(Object.keys(numbers).map((name) => [name, Number(values[name])])),
    texts: Object.fromEntries(Object.keys(texts).map((name) => [name, values[name] as string | undefined])),
    publish: values['publish'] === true,
    busy: values['busy'] === true,
  };
}

function optionsOf({ numbers, texts }: Command): NonNullable<ParseArgsConfig['options']> {
  const valued = Object.entries({ ...numbers, ...texts }).map(([name, value]) => {
    return [name, { type: 'string' as const, ...(value !== undefined && { default: value }) }] as const;
  });
  return {
    ...Object.fromEntries(valued),
    publish: { type: 'boolean' },
    busy: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  };
}
