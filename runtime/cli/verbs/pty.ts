/**
 * `troupe pty`: sessions on a terminal, from a shell.
 */
import { stripVTControlCharacters } from 'node:util';
import { wrong } from '../commandLine.ts';
import { exitCodes } from '../exitCodes.ts';
import { labelFlag, labelsIn } from '../labels.ts';
import { meant } from '../nearest.ts';
import { shown } from '../output.ts';
import { reachFlags } from '../verb.ts';
import type { Verb, VerbCall } from '../verb.ts';

interface Receipt {
  readonly seq: number;
  readonly duplicate: boolean;
}

interface Ran {
  readonly outcome: string;
  readonly exitCode?: number;
  readonly text: string;
}

type Deed = (call: VerbCall, path: string, words: readonly string[]) => Promise<number | undefined>;

/** By its word: what it does, with the rest of the command line. */
const deeds: Readonly<Record<string, Deed>> = { open, run, screen, record };

export const pty: Verb = {
  name: 'pty',
  summary: 'sessions on a terminal: open, run, screen, record',
  args: 'WHAT ID [WORD…]',
  flags: {
    ...reachFlags,
    shell: { type: 'text', value: 'NAME', about: 'open: bash, zsh, fish, sh … instead of a command' },
    cwd: { type: 'text', value: 'DIR', about: 'open: where it starts' },
    cols: { type: 'whole', value: 'N', about: 'open: how wide it is' },
    rows: { type: 'whole', value: 'N', about: 'open: how high it is' },
    label: labelFlag('open: given to the session'),
    id: { type: 'text', value: 'ID', about: 'open, run: asked again with it, it is done once' },
    'timeout-ms': { type: 'whole', value: 'MS', about: 'run: wait so long at most (60000)' },
    at: { type: 'whole', value: 'SEQ', about: 'screen: as it was after this fact' },
    format: { type: 'text', value: 'F', about: 'record: asciicast-v2 or asciicast-v3' },
  },
  examples: [
    ['troupe pty open build --shell bash', 'a shell that outlives your own'],
    [`troupe pty run build 'npm test'`, 'its output; 1 where it fails, with its exit code on stderr'],
    ['troupe pty screen build', 'what its terminal shows'],
    ['troupe pty record build > build.cast', 'as asciinema plays it'],
  ],
  run: async (call) => {
    const [what = '', given = '', ...words] = call.args;
    const deed = Object.hasOwn(deeds, what) ? deeds[what] : undefined;
    if (deed === undefined) {
      const known = Object.keys(deeds);
      throw wrong(`A session has no "${what}".${meant(what, known)} It has: ${known.join(', ')}.`);
    }
    const id = given.startsWith('pty/') ? given.slice('pty/'.length) : given;
    return deed(call, `/v1/ptys/${encodeURIComponent(id)}`, words);
  },
};

async function open(call: VerbCall, path: string, words: readonly string[]): Promise<undefined> {
  const { given, out } = call;
  const [command, ...args] = words;
  const labels = labelsIn(given.texts('label'));
  const options = {
    shell: given.text('shell'),
    cwd: given.text('cwd') ?? process.cwd(),
    cols: given.whole('cols'),
    rows: given.whole('rows'),
    ...(command !== undefined && { command, args }),
    ...(Object.keys(labels).length > 0 && { labels }),
  };
  const told = (await (await call.way()).post(`${path}/open`, options, keyIn(call))) as Receipt;
  await out.item(told, () => `pty/${nameIn(path)} is open at #${told.seq}`);
}

async function run(call: VerbCall, path: string, words: readonly string[]): Promise<number | undefined> {
  if (words.length === 0) throw wrong('Say what to run: troupe pty run ID COMMAND.');
  const timeoutMs = call.given.whole('timeout-ms');
  const body = { command: words.join(' '), ...(timeoutMs !== undefined && { timeoutMs }) };
  const ran = (await (await call.way()).post(`${path}/commands`, body, keyIn(call))) as Ran;
  if (call.out.isJson) await call.out.line(JSON.stringify(ran));
  else if (ran.text !== '') await call.out.line(linesOf(ran.text));
  if (ran.outcome === 'timedOut') {
    call.out.note('It is not over yet: its output so far is above, and it goes on.');
    return exitCodes.unreachable.code;
  }
  if (ran.outcome === 'completed' && ran.exitCode === 0) return undefined;
  call.out.note(ran.outcome === 'completed' ? `exit code ${ran.exitCode}` : `it ended: ${ran.outcome}`);
  return exitCodes.failed.code;
}

async function screen({ given, out, way }: VerbCall, path: string): Promise<undefined> {
  const told = (await (await way()).get(`${path}/screen`, { at: given.whole('at') })) as {
    readonly lines: readonly string[];
  };
  await out.item(told, () => told.lines.map(shown).join('\n').trimEnd());
}

/** Each line is JSON already, and goes out as it is. */
async function record({ given, out, way }: VerbCall, path: string): Promise<undefined> {
  for await (const line of (await way()).lines(`${path}/recording`, { format: given.text('format') })) {
    await out.line(line);
  }
}

function keyIn({ given }: VerbCall): Readonly<Record<string, string>> {
  const id = given.text('id');
  return id === undefined ? {} : { 'idempotency-key': id };
}

/** What its terminal printed, without what steers one: that was for its own, not for whoever reads. */
function linesOf(text: string): string {
  const lines = stripVTControlCharacters(text).split('\n');
  return lines
    .map((line) => shown(line.replaceAll('\r', '')))
    .join('\n')
    .trimEnd();
}

const nameIn = (path: string): string => decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
