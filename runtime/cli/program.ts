/**
 * From a command line to its exit code: the verb is looked up, its flags are checked, it runs, and what it
 * opened is closed.
 */
import { readFileSync } from 'node:fs';
import { isTroupeError } from '../../actors/troupeError.ts';
import { commandLineOf, wrong } from './commandLine.ts';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
import { helpOf, helpOfAll } from './help.ts';
import { meant } from './nearest.ts';
import { Output, shown } from './output.ts';
import type { Sink } from './output.ts';
import type { Verb } from './verb.ts';
import { verbs } from './verbs.ts';
import type { Way } from './way.ts';
import { wayTo } from './wayTo.ts';

export interface Io {
  readonly out: Sink;
  readonly errors: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function program(words: readonly string[], io: Io): Promise<number> {
  const isJson = words.includes('--json');
  const out = new Output({ ...io, isJson });
  try {
    return await ran(words, out, io);
  } catch (error) {
    told(out, error);
    return exitCodeOf(error);
  }
}

async function ran(words: readonly string[], out: Output, { env }: Io): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const verb = name === 'help' && rest[0] !== undefined ? verbOf(rest[0]) : undefined;
    await out.line(verb === undefined ? helpOfAll(verbs) : helpOf(verb));
    return name === undefined ? exitCodes.usage.code : exitCodes.ok.code;
  }
  if (name === '--version' || name === '-v') {
    await out.line(`troupe ${versionOfPackage()}`);
    return exitCodes.ok.code;
  }
  const verb = verbOf(name);
  const { args, given } = commandLineOf(verb, rest);
  if (given.is('help')) {
    await out.line(helpOf(verb));
    return exitCodes.ok.code;
  }
  let opened: Promise<Way> | undefined;
  const way = async (): Promise<Way> => (opened ??= wayTo({ given, env }));
  try {
    return (await verb.run({ args, given, out, env, way })) ?? exitCodes.ok.code;
  } finally {
    // One that could not be opened was told of by whoever asked for it.
    await opened?.then(async (one) => one.close()).catch(() => undefined);
  }
}

function verbOf(name: string): Verb {
  const verb = verbs.find((one) => one.name === name);
  if (verb !== undefined) return verb;
  const known = verbs.map((one) => one.name);
  throw wrong(`There is no verb "${shown(name)}".${meant(name, known)} \`troupe --help\` lists them.`);
}

function told(out: Output, error: unknown): void {
  const code = isTroupeError(error) ? error.code : 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  if (out.isJson) {
    const details = isTroupeError(error) ? error.details : {};
    out.note(JSON.stringify({ error: { code, message, details } }));
    return;
  }
  out.note(`troupe: ${shown(message)}${isTroupeError(error) ? ` (${code})` : ''}`);
}

/** From sources and from what was built of them the package's own file lies at different places. */
export function versionOfPackage(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const text = readFileSync(new URL(up, import.meta.url), 'utf8');
      const { name, version } = JSON.parse(text) as { readonly name?: string; readonly version?: string };
      if (name === 'troupe' && version !== undefined) return version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return 'unknown';
}
