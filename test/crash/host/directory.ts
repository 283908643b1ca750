/**
 * One directory and its many lives: each is a child process that is killed, or closes, in the midst of its
 * work; in the last one everything comes to rest, and then the journal alone must say that all is well.
 */
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Random } from '../../../storage/conformance/random.ts';
import type { Due } from '../../../storage/journal.ts';
import { openJournal } from '../../../storage/open.ts';
import { node } from '../puppeteer.ts';
import { historiesIn } from './histories.ts';
import { assertHistories } from './judge.ts';
import type { Judged } from './judge.ts';
import { castOf } from './machines.ts';
import type { TaskRun } from './machines.ts';
import { assertReplays, assertReopens } from './replay.ts';
import { linesOf } from './told.ts';
import type { LifeData, Line, Sent } from './told.ts';

/** A hang, not a slow machine: beside much other work a process has taken 12 s to begin. */
const settleMsMax = 60_000;

/** What is known of a send, over all lives. */
export interface Known {
  readonly sent: Sent;
  seq?: number;
  /** The answer was no, for good. */
  isRefused?: boolean;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly text: () => string;
  readonly errors: () => string;
}

export class HostDirectory {
  readonly root = mkdtempSync(join(tmpdir(), 'troupe-host-crash-'));
  readonly known = new Map<string, Known>();
  kills = 0;
  crashes = 0;
  readonly #random: Random;
  readonly #seed: number;
  readonly #side = join(this.root, 'side.jsonl');
  readonly #directory = join(this.root, 'journal');
  #lives = 0;
  #running: Running | undefined;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = new Random(seed);
    writeFileSync(this.#side, '');
  }

  get acknowledged(): number {
    return [...this.known.values()].filter(({ seq }) => seq !== undefined).length;
  }

  /** Ended at a random instant: by kill −9, now and then by a close in the midst of its sends. */
  async live(): Promise<void> {
    const random = this.#random;
    const data = this.#dataOf(false);
    const running = this.#start(data);
    const isClosing = random.once(6);
    // Sometimes while it opens.
    if (isClosing || !random.once(6)) await this.#told(running, 'ready');
    await new Promise((resolve) => setTimeout(resolve, random.below(600)));
    if (isClosing) running.child.stdin?.write('close\n');
    else running.child.kill('SIGKILL');
    await running.ended;
    if (!isClosing) this.kills++;
    const lines = this.#hear(running);
    const { signalCode: signal, exitCode } = running.child;
    const isLost = data.workers === 0 && lines.some(({ what }) => what === 'crash');
    const isRight = isLost || (isClosing ? exitCode === 0 : signal === 'SIGKILL');
    const end = { exitCode, signal, workers: data.workers, told: lines.filter((line) => 'message' in line) };
    assert(isRight, `life ${data.life} ended by itself: ${JSON.stringify(end)} ${running.errors()}`);
  }

  /** The last life, and the judgement. */
  async end(): Promise<Judged> {
    const running = this.#start(this.#dataOf(true));
    await this.#told(running, 'settled');
    await this.#rest(running);
    running.child.stdin?.write('close\n');
    await running.ended;
    const lines = this.#hear(running);
    assert.equal(running.child.exitCode, 0, `the last life failed: ${running.errors()}`);
    assert(
      lines.some(({ what }) => what === 'closed'),
      'the last life closed',
    );
    const quarantined = lines.flatMap((line) => (line.what === 'quarantined' ? line.addresses : []));
    assert.deepEqual(quarantined, [], 'nobody is set aside where nobody crashes');
    return this.#judge();
  }

  async #judge(): Promise<Judged> {
    const definitions = castOf(this.#seed, () => undefined);
    const runs = readFileSync(this.#side, 'utf8').split('\n').slice(0, -1);
    const journal = await openJournal({ directory: this.#directory });
    try {
      const histories = await historiesIn(journal);
      const judged = assertHistories(histories, [...this.known.values()], runs.map(runOf));
      assertReplays(definitions, histories);
      return judged;
    } finally {
      await journal.close();
      await assertReopens(this.#directory, definitions);
    }
  }

  /** Until the journal says that nobody owes anything. */
  async #rest({ child }: Running): Promise<void> {
    const deadline = Date.now() + settleMsMax;
    const journal = await openJournal({ directory: this.#directory, readOnly: true });
    try {
      for (;;) {
        const due = await journal.due();
        if (due.length === 0) return;
        if (Date.now() > deadline) assert.fail(`still due: ${JSON.stringify([due, await this.#due()])}`);
        assert.equal(child.exitCode, null, 'the last life ended by itself');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      await journal.close();
    }
  }

  /** As a reader sees it that was opened just now. */
  async #due(): Promise<readonly Due[]> {
    const journal = await openJournal({ directory: this.#directory, readOnly: true });
    const due = await journal.due();
    await journal.close();
    return due;
  }

  #dataOf(isLast: boolean): LifeData {
    const random = this.#random;
    const open = [...this.known.values()].filter(
      (known) => known.seq === undefined && known.isRefused !== true,
    );
    const sent = open.map((known) => known.sent);
    // Also some that were answered: their answer must be the same.
    const again = [...this.known.values()].filter((known) => known.seq !== undefined && random.once(40));
    return {
      directory: this.#directory,
      side: this.#side,
      castSeed: this.#seed,
      seed: random.below(2 ** 30),
      life: ++this.#lives,
      workers: random.pick([0, 2, 2, 2]),
      isLast,
      unanswered: [...sent.filter(() => isLast || random.once(2)), ...again.map((known) => known.sent)],
    };
  }

  #start(data: LifeData): Running {
    const file = join(this.root, 'life.json');
    writeFileSync(file, JSON.stringify(data));
    const script = new URL('child.ts', import.meta.url).pathname;
    const child = spawn(node, [script, file], { stdio: ['pipe', 'ignore', 'pipe', 'pipe'] });
    child.stdin?.on('error', () => undefined);
    const texts = ['', ''];
    [child.stdio[3], child.stderr].forEach((stream, i) => {
      (stream as Readable).setEncoding('utf8').on('data', (text: string) => (texts[i] += text));
    });
    const ended = once(child, 'close').finally(() => (this.#running = undefined));
    return (this.#running = { child, ended, text: () => texts[0]!, errors: () => texts[1]! });
  }

  async #told({ child, text, errors }: Running, what: Line['what']): Promise<void> {
    const deadline = Date.now() + settleMsMax;
    while (!linesOf(text()).some((line) => line.what === what)) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      assert(
        Date.now() < deadline,
        `not ${what} after ${settleMsMax} ms: ${errors()} ${text().slice(-2000)}`,
      );
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** What a life told is true for good. */
  #hear({ text }: Running): Line[] {
    const lines = linesOf(text());
    for (const line of lines) {
      if (line.what === 'crash') this.crashes++;
      if (line.what === 'try' && !this.known.has(line.sent.id))
        this.known.set(line.sent.id, { sent: line.sent });
      const known = 'id' in line ? this.known.get(line.id) : undefined;
      if (line.what === 'ack' && known !== undefined) {
        assert.equal(known.seq ?? line.seq, line.seq, `${line.id} was acknowledged at two places`);
        assert.notEqual(known.isRefused, true, `${line.id} was refused, then acknowledged`);
        known.seq = line.seq;
      }
      if (line.what === 'refused' && (line.code === 'SEALED' || line.code === 'NOT_ACCEPTED') && known) {
        assert.equal(known.seq, undefined, `${line.id} was acknowledged, then refused: ${line.code}`);
        // Sent twice at once, the second may be refused where the first was not.
        known.isRefused = true;
      }
    }
    const logged = lines.map((line) => JSON.stringify(line)).join('\n');
    appendFileSync(join(this.root, 'told.jsonl'), `${logged}\n`);
    return lines;
  }

  /** Ends what a failure has left running. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.child.kill('SIGKILL');
    await running.ended;
    const lines = linesOf(running.text()).map((line) => JSON.stringify(line));
    appendFileSync(join(this.root, 'told.jsonl'), `${lines.join('\n')}\n`);
  }

  remove(): void {
    if (existsSync(this.root)) rmSync(this.root, { recursive: true, force: true });
  }
}

function runOf(line: string): TaskRun {
  return JSON.parse(line) as TaskRun;
}
