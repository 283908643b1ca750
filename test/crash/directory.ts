/**
 * One directory and its many lives: each is a child process that is killed; after each the journal must be
 * what the child has told, and the next one goes on from there, with other slots and other limits.
 */
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { start } from '../../storage/conformance/drafts.ts';
import { Model } from '../../storage/conformance/model.ts';
import { Random } from '../../storage/conformance/random.ts';
import { openLmdbJournal } from '../../storage/lmdb/journal.ts';
import type { ChildData } from './child.ts';
import { Judge, assertBackup, assertErased, assertWhole } from './judge.ts';
import type { Backup, Verdict } from './judge.ts';
import { node, smallLimits } from './puppeteer.ts';
import { roomOf } from './roomOf.ts';
import { linesOf } from './story.ts';
import type { Line } from './story.ts';
import type { Known } from './thread.ts';

/** What a life adds to the clock of the histories. */
const lifeMs = 100_000;
const actorsMax = 24;
const linesMax = 500;

const here = new URL('.', import.meta.url);

export class Directory {
  readonly root = mkdtempSync(join(tmpdir(), 'troupe-crash-'));
  readonly model = new Model();
  readonly #random: Random;
  #lives = 0;
  #born = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  get #directory(): string {
    return join(this.root, 'journal');
  }

  /** One life, its kill, and its judgement. */
  async live(): Promise<Verdict> {
    this.#lives++;
    const pipes = await this.#killed();
    const beside = existsSync(join(this.#directory, 'data.mdb')) && !this.#random.once(3);
    // Mostly nothing is written in between: what kills leave behind adds up. Now and then an owner tidies up.
    const journal = await openLmdbJournal({ directory: this.#directory, readOnly: beside });
    try {
      const verdict = await new Judge(this.model, journal).judge(pipes);
      await assertWhole(journal, this.model, this.#random);
      for (const backup of verdict.backups) await this.#judgeBackup(backup);
      if (!beside && this.#random.once(2)) {
        await journal.compact();
        await assertWhole(journal, this.model, this.#random);
      }
      return verdict;
    } finally {
      await journal.close();
      rmSync(join(this.root, 'backups'), { recursive: true, force: true });
    }
  }

  async #judgeBackup(backup: Backup): Promise<void> {
    assertErased(join(backup.path, 'data.mdb'), this.model, backup.erased);
    const journal = await openLmdbJournal({ directory: backup.path });
    try {
      await assertBackup(journal, this.model, backup);
    } finally {
      await journal.close();
    }
  }

  /** Everything a child tells until it is killed at a random instant. */
  async #killed(): Promise<Line[][]> {
    const random = this.#random;
    const data = this.#dataOf(random.between(1, 4));
    mkdirSync(data.backups, { recursive: true });
    const file = join(this.root, 'life.json');
    writeFileSync(file, JSON.stringify(data));
    const limits = random.once(3) ? [] : smallLimits;
    const child = spawn(node, [...limits, new URL('child.ts', here).pathname, file], {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe', ...data.actors.map(() => 'pipe' as const)],
    });
    const closed = once(child, 'close');
    const texts = child.stdio.slice(3).map(() => '');
    child.stdio.slice(3).forEach((stream, i) => {
      (stream as Readable).setEncoding('utf8').on('data', (text: string) => (texts[i] += text));
    });
    // Sometimes while it opens, mostly in the midst of its work: after so many lines.
    const lines = random.once(5) ? 0 : random.between(1, linesMax);
    const told = (): number => texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
    await kill(child, random, lines === 0, () => told() >= lines);
    const [code, signal] = (await closed) as [number | null, string | null];
    const story = texts.map(linesOf);
    const failed = story.flat().find(({ what }) => what === 'failed');
    assert.equal(signal, 'SIGKILL', `the child ended by itself: ${code ?? signal} ${JSON.stringify(failed)}`);
    return story;
  }

  #dataOf(slots: number): ChildData {
    const actors: Known[][] = Array.from({ length: slots }, () => []);
    for (const known of this.#cast()) actors[this.#random.below(slots)]!.push(known);
    const now = start + this.#lives * lifeMs;
    return {
      directory: this.#directory,
      backups: join(this.root, 'backups'),
      seed: this.#random.below(2 ** 30),
      now,
      slots,
      actors,
      bounds: { historyBefore: now - lifeMs, rowBefore: now - 3 * lifeMs },
    };
  }

  /** Who plays: all that live, some that have ended, and new ones. */
  #cast(): Known[] {
    const known: Known[] = [...this.model.told.values()].flatMap(({ address, commits, forgotten }) => {
      const last = commits.at(-1);
      const sealed = last?.seal !== undefined;
      if (last === undefined || forgotten || (sealed && !this.#random.once(4))) return [];
      return [{ address, seq: last.to, chain: last.chain.toString('hex'), sealed }];
    });
    while (known.filter(({ sealed }) => !sealed).length < actorsMax) {
      const address = `${this.#random.pick(['run', 'pty'])}/${++this.#born}`;
      known.push({ address, seq: 0, chain: '', sealed: false });
    }
    return known;
  }

  /** The end: what was erased leaves the file, the file shrinks, and everything else is still there. */
  async end(): Promise<void> {
    const path = join(this.#directory, 'data.mdb');
    const owner = await openLmdbJournal({ directory: this.#directory });
    await owner.compact();
    await owner.close();
    const before = roomOf(path);
    const again = await openLmdbJournal({ directory: this.#directory });
    await assertWhole(again, this.model, this.#random);
    await again.close();
    assert.ok(roomOf(path) < before, 'the file shrinks when it is opened after a compaction');
    const erased = new Map([...this.model.told.values()].map(({ address, bodiesTo }) => [address, bodiesTo]));
    const secrets = assertErased(path, this.model, erased);
    const kept = [...this.model.told.values()].flatMap(({ commits, bodiesTo }) =>
      commits.filter(({ to }) => to > bodiesTo),
    );
    assert.ok(secrets > 0 || kept.length === 0, 'what was not erased is found, so the search works');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** At a random instant after `isTime`; at the latest when it has ended by itself. */
async function kill(
  child: ChildProcess,
  random: Random,
  isEarly: boolean,
  isTime: () => boolean,
): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const time = new Promise<void>((resolve) => {
    const look = (): void => {
      if (isTime()) resolve();
    };
    for (const stream of child.stdio.slice(3)) (stream as Readable).on('data', look);
    look();
  });
  await Promise.race([time, ended]);
  await new Promise((resolve) => setTimeout(resolve, random.below(isEarly ? 400 : 40)));
  child.kill('SIGKILL');
}
