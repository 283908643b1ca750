/**
 * Damages a copy of a data file at random, lets a process of its own open it, and judges what it got: a
 * coded error, or data that is right as far as it goes. A native crash of LMDB and a hang are told apart.
 * So are holes: LMDB's pages have no checksum, and a flipped bit in one can hide an entry of an index.
 * As a program: `SEED=42 ROUNDS=300 node test/crash/damage.ts` prints how often what happened where.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bulky, ended, randomParts, start } from '../../storage/conformance/drafts.ts';
import { Model } from '../../storage/conformance/model.ts';
import { Random } from '../../storage/conformance/random.ts';
import { openLmdbJournal } from '../../storage/lmdb/journal.ts';
import type { Answers } from './probe.ts';
import { node } from './puppeteer.ts';

const kinds = ['flip', 'zero', 'cut'] as const;
type Kind = (typeof kinds)[number];
/** What stands at a place of the file: log values, compacted pages and bodies are mostly overflow. */
const places = ['meta', 'branch', 'leaf', 'overflow'] as const;
type Place = (typeof places)[number];
type Outcome = 'same' | 'refused' | 'error' | 'prefix' | 'hole' | 'wrong' | 'crash' | 'hang';

export interface Judged {
  readonly kind: Kind;
  readonly place: Place;
  readonly outcome: Outcome;
  readonly what: string;
}

const pageBytes = 4096;
const probeMs = 20_000;

/** A journal with everything in it: compacted pages, a fresh log, seals, bodies, snapshots, usage, due. */
export class Specimen implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'troupe-damage-'));
  readonly #addresses = Array.from({ length: 12 }, (_, i) => `run/${i}`);
  #hashes: string[] = [];
  #snapshots: ReadonlySet<string> = new Set();
  #right: Answers | undefined;

  static async make(seed: number): Promise<Specimen> {
    const specimen = new Specimen();
    const random = new Random(seed);
    const journal = await openLmdbJournal({ directory: specimen.#path('whole') });
    const model = new Model();
    for (let part = 0; part < 2; part++) {
      const writer = await journal.writer(part);
      for (let i = 0; i < 60; i++) {
        const live = specimen.#addresses.filter((address) => !model.isSealed(address));
        const parts = live.map((address) => randomParts(random, address, start + 100 * part + i));
        const [first = '', second = ''] = live;
        if (i % 20 === 10) parts.push(bulky(first, 'x').parts, ended(first, start + 500));
        await model.append(writer, parts, i % 10 === 5 ? [model.snapshotOf(second, random.bytes(500))] : []);
      }
      await writer.close();
      if (part === 0) await journal.compact();
    }
    await journal.close();
    const bodies = [...model.told.values()].flatMap(({ commits }) =>
      commits.flatMap((c) => c.draft.bodies ?? []),
    );
    const snapshots = [...model.told.values()].flatMap((told) => told.snapshots);
    specimen.#snapshots = new Set(snapshots.map(({ bytes }) => Buffer.from(bytes).toString('hex')));
    specimen.#hashes = [...new Set(bodies.map(({ hash }) => hash))];
    await (await openLmdbJournal({ directory: specimen.#path('whole') })).close();
    const right = specimen.#probe('whole');
    if (right === undefined || typeof right === 'string') throw new Error(`the whole one fails: ${right}`);
    specimen.#right = right;
    return specimen;
  }

  #path(name: string): string {
    return join(this.root, name);
  }

  /** One damage, judged. */
  damage(random: Random): Judged {
    const kind = random.pick(kinds);
    rmSync(this.#path('damaged'), { recursive: true, force: true });
    cpSync(this.#path('whole'), this.#path('damaged'), { recursive: true });
    const file = join(this.#path('damaged'), 'data.mdb');
    const bytes = readFileSync(file);
    const place = random.pick(places);
    const at = offsetIn(bytes, place, random);
    writeFileSync(file, damaged(bytes, kind, at, random));
    const found = this.#probe('damaged');
    return { kind, place, ...this.#judge(found) };
  }

  /** Undefined: it was killed for taking too long. Text: how it ended without an answer. */
  #probe(name: string): Answers | string | undefined {
    const probe = new URL('probe.ts', import.meta.url).pathname;
    const words = [probe, this.#path(name), this.#addresses.join(' '), this.#hashes.join(' ')];
    const { signal, status, stdout, stderr } = spawnSync(node, words, {
      timeout: probeMs,
      killSignal: 'SIGKILL',
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (signal === 'SIGKILL') return undefined;
    if (signal !== null || status !== 0) return `crash ${signal ?? status} ${stderr.slice(0, 300)}`;
    return JSON.parse(stdout) as Answers | string;
  }

  #judge(found: Answers | string | undefined): { outcome: Outcome; what: string } {
    if (found === undefined) return { outcome: 'hang', what: '' };
    if (typeof found === 'string') {
      if (found.startsWith('crash')) return { outcome: 'crash', what: found };
      return judgedCode(found, 'refused');
    }
    const right = this.#right as Answers;
    let worst: { outcome: Outcome; what: string } = { outcome: 'same', what: '' };
    for (const name of Object.keys(right) as (keyof Answers)[]) {
      const judged = this.#compared(name, found, right);
      if (order.indexOf(judged.outcome) > order.indexOf(worst.outcome)) worst = judged;
    }
    return worst;
  }

  /** Of snapshots an older one serves as well: a damaged one is passed over. */
  #compared(name: keyof Answers, found: Answers, right: Answers): { outcome: Outcome; what: string } {
    const judged = compared(name, found[name], right[name]);
    if (name !== 'snapshots' || judged.outcome !== 'wrong') return judged;
    const strangers = Object.values(found.snapshots).filter(
      (bytes) => bytes !== '' && !bytes.startsWith('!') && !this.#snapshots.has(bytes),
    );
    return strangers.length > 0 ? judged : { ...judged, outcome: 'prefix' };
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** From harmless to worst. */
const order: readonly Outcome[] = ['same', 'prefix', 'error', 'refused', 'hole', 'wrong'];
type Answer = string | boolean | readonly string[] | { readonly [name: string]: Answer };

function compared(name: string, found: Answer, right: Answer): { outcome: Outcome; what: string } {
  if (typeof found === 'string' && found.startsWith('!')) return judgedCode(found, 'error');
  if (JSON.stringify(found) === JSON.stringify(right)) return { outcome: 'same', what: '' };
  if (Array.isArray(found) && Array.isArray(right)) {
    if (found.every((item, i) => item === right[i])) return { outcome: 'prefix', what: name };
    return { outcome: isWithin(found, right) ? 'hole' : 'wrong', what: name };
  }
  if (typeof found !== 'object' || typeof right !== 'object') {
    // Nothing instead of something: the beginning of it.
    return { outcome: found === '' || found === 'no' ? 'prefix' : 'wrong', what: name };
  }
  const parts = Object.entries(right).map(([key, value]) =>
    compared(`${name} of ${key}`, (found as Record<string, Answer>)[key] ?? '', value),
  );
  return parts.reduce((a, b) => (order.indexOf(b.outcome) > order.indexOf(a.outcome) ? b : a));
}

/** Whether all of it stands in `right`, in the same order. */
function isWithin(found: readonly string[], right: readonly string[]): boolean {
  let i = 0;
  for (const item of right) if (item === found[i]) i++;
  return i === found.length;
}

/** Codes that damage may have; any other is a failure to say what is wrong. */
function judgedCode(text: string, outcome: Outcome): { outcome: Outcome; what: string } {
  const isCoded = /^!(CORRUPT|JOURNAL_FAILED|NOT_FOUND)\b/.test(text);
  return { outcome: isCoded ? outcome : 'wrong', what: text };
}

function damaged(bytes: Buffer, kind: Kind, at: number, random: Random): Buffer {
  if (kind === 'cut') return bytes.subarray(0, at);
  if (kind === 'flip') bytes[at] = bytes[at]! ^ (1 << random.below(8));
  else bytes.fill(0, at, Math.min(bytes.length, at + random.pick([1, 8, 64, pageBytes])));
  return bytes;
}

/** Somewhere in a page of this sort, anywhere when there is none. */
function offsetIn(bytes: Buffer, place: Place, random: Random): number {
  const found: (readonly [from: number, to: number])[] = [];
  // By the flags in the headers of LMDB's pages, which follow each other from the beginning.
  for (let from = 0; from < bytes.length;) {
    const flags = bytes.readUInt16LE(from + 18);
    const pages = flags === flagsOf.overflow ? Math.max(1, bytes.readUInt32LE(from + 20)) : 1;
    if (flags === flagsOf[place]) found.push([from, from + pages * pageBytes]);
    from += pages * pageBytes;
  }
  const [from, to] = found.length === 0 ? [0, bytes.length] : random.pick(found);
  return random.between(from, Math.min(to, bytes.length) - 1);
}

const flagsOf = { meta: 8, branch: 1, leaf: 2, overflow: 4 } as const;

/** How often what happened: one line for each kind and place. */
export function summaryOf(all: readonly Judged[]): string[] {
  const counts = new Map<string, Map<Outcome, number>>();
  for (const { kind, place, outcome } of all) {
    const name = `${kind} in ${place}`;
    const outcomes = counts.get(name) ?? new Map<Outcome, number>();
    counts.set(name, outcomes);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const lines = [...counts].map(([name, outcomes]) => {
    const text = [...outcomes].map(([outcome, count]) => `${outcome} ${count}`);
    return `${name}: ${text.join(', ')}`;
  });
  return lines.toSorted((a, b) => (a < b ? -1 : 1));
}

/** Wrong data, or no answer at all. Crashes and holes are LMDB's own: they are counted and told. */
export function isBad({ outcome }: Judged): boolean {
  return outcome === 'wrong' || outcome === 'hang';
}

if (import.meta.main) {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 30));
  const rounds = Number(process.env['ROUNDS'] ?? 300);
  console.log(`SEED=${seed} ROUNDS=${rounds}`);
  using specimen = await Specimen.make(seed);
  const random = new Random(seed);
  const all: Judged[] = [];
  for (let round = 0; round < rounds; round++) {
    const judged = specimen.damage(random);
    all.push(judged);
    if (!['same', 'refused', 'error', 'prefix'].includes(judged.outcome)) console.log(JSON.stringify(judged));
  }
  for (const line of summaryOf(all)) console.log(line);
  const bad = all.filter(isBad).length;
  console.log(`${all.length - bad} passed, ${bad} failed`);
  process.exitCode = bad > 0 ? 1 : 0;
}
