/**
 * What a verb of the command line is: a row of the one table (verbs.ts) that is run, explained and completed.
 */
import type { Output } from './output.ts';
import type { Way } from './way.ts';

/** How a flag is given; `texts` may be repeated. */
export interface Flag {
  readonly type: 'switch' | 'text' | 'texts' | 'whole';
  /** What stands for its value in the help. */
  readonly value?: string;
  readonly short?: string;
  readonly about: string;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** What follows the name, `ADDRESS JSON`; in brackets what may be left out. */
  readonly args: string;
  /** Not counted beyond that, `…` at the end of `args`. */
  readonly flags: Readonly<Record<string, Flag>>;
  /** Whole command lines, with what they are for. */
  readonly examples: readonly (readonly [line: string, about: string])[];
  /** Gives the exit code; absent: 0. */
  run(call: VerbCall): Promise<number | undefined>;
}

export interface VerbCall {
  readonly args: readonly string[];
  readonly given: Given;
  readonly out: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The way to the actors, opened when it is first asked for; it is closed after the verb. */
  readonly way: () => Promise<Way>;
}

/** The flags of a command line, checked against what its verb takes. */
export interface Given {
  is(name: string): boolean;
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  whole(name: string): number | undefined;
}

/** Where a verb finds its actors. */
export const reachFlags: Readonly<Record<string, Flag>> = {
  directory: { type: 'text', value: 'D', short: 'd', about: 'the data directory (.troupe)' },
  url: { type: 'text', value: 'URL', about: 'a server instead of a directory (TROUPE_URL)' },
  token: { type: 'text', value: 'T', about: 'its token (TROUPE_TOKEN)' },
  actors: {
    type: 'text',
    value: 'FILE',
    about: 'the module with your definitions, to read a directory that nobody has open',
  },
};
