/**
 * A process that opens a directory whose file was damaged, asks it everything, writes a little, and tells as
 * one line of JSON what it got: an outcome as a value. Started by damage.ts.
 */
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Journal, Range } from '../../storage/journal.ts';
import { openLmdbJournal } from '../../storage/lmdb/journal.ts';
import { verify } from '../../storage/verify.ts';

/** Everything a journal answers, as text. */
export interface Answers {
  /** Of each actor: the bytes of its commits, in order; or the code of what went wrong. */
  readonly histories: Readonly<Record<string, readonly string[] | string>>;
  readonly verified: Readonly<Record<string, boolean | string>>;
  readonly rows: readonly string[] | string;
  readonly due: readonly string[] | string;
  readonly usage: readonly string[] | string;
  readonly tail: readonly string[] | string;
  readonly seals: Readonly<Record<string, string>>;
  readonly snapshots: Readonly<Record<string, string>>;
  readonly bodies: Readonly<Record<string, Readonly<Record<string, string>> | string>>;
  readonly written: string;
}

async function answers(
  directory: string,
  addresses: readonly string[],
  hashes: readonly string[],
): Promise<Answers> {
  const journal = await openLmdbJournal({ directory });
  const each = async <T>(ask: (address: string) => Promise<T>): Promise<Record<string, T | string>> =>
    Object.fromEntries(
      await Promise.all(addresses.map(async (address) => [address, await orCode(ask(address))] as const)),
    );
  const found: Answers = {
    histories: await each(async (address) => history(journal, address)),
    // That something is wrong may be told as an error or as a verdict.
    verified: await each(async (address) => (await verify(journal, address)).ok || '!CORRUPT verify'),
    rows: await orCode(rows(journal)),
    due: await orCode(journal.due().then((all) => all.map(textOf))),
    usage: await orCode(journal.usage(0, 2 ** 31).then((all) => all.map(textOf))),
    tail: await orCode(tail(journal)),
    seals: await each(async (address) => hexOf(await journal.seal(address))),
    snapshots: await each(async (address) => hexOf((await journal.snapshot(address))?.bytes)),
    bodies: await each(async (address) => {
      const bodyOf = await journal.bodies(address, hashes);
      return Object.fromEntries(hashes.map((hash) => [hash, hexOf(bodyOf(hash)).slice(0, 200)]));
    }),
    written: await orCode(
      journal
        .writer(0)
        .then(async (writer) => writer.append([]))
        .then(() => 'yes'),
    ),
  };
  await journal.close();
  return found;
}

async function orCode<T>(asking: Promise<T>): Promise<T | string> {
  try {
    return await asking;
  } catch (error) {
    return `!${outcomeOf(error, 'UNSUPPORTED').code} ${error instanceof Error ? error.stack : ''}`;
  }
}

async function history(journal: Journal, address: string): Promise<string[]> {
  const all: string[] = [];
  for (let range: Range | undefined = {}; range !== undefined;) {
    const page = await journal.read(address, range);
    for (const { seq, header, facts, tag } of page.commits) {
      all.push([seq, hexOf(header), hexOf(tag), ...facts.map(({ event }) => hexOf(event))].join());
    }
    range = page.next;
  }
  return all;
}

async function rows(journal: Journal): Promise<string[]> {
  const all: string[] = [];
  for (let after: string | undefined, first = true; first || after !== undefined; first = false) {
    const page = await journal.rows({ limit: 50, ...(after === undefined ? {} : { after }) });
    all.push(...page.rows.map(textOf));
    after = page.next;
  }
  return all;
}

async function tail(journal: Journal): Promise<string[]> {
  const all: string[] = [];
  for (let cursor: string | undefined, end = false; !end;) {
    const page = await journal.tail(cursor, 100);
    all.push(...page.commits.map(({ address, seq, tag }) => `${address} ${seq} ${hexOf(tag)}`));
    if (page.cursor === cursor && !page.end) throw new Error('the tail stands still');
    ({ cursor, end } = page);
  }
  return all;
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}

function hexOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes).toString('hex');
}

const [, , directory = '', addresses = '', hashes = ''] = process.argv;
const split = (text: string): string[] => text.split(' ').filter(Boolean);
const told = await orCode(answers(directory, split(addresses), split(hashes)));
process.stdout.write(`${JSON.stringify(told)}\n`);
