/**
 * One directory and its many lives: each is a process that is killed at a random instant while it posts and
 * drains; the last one delivers everything, and then its history must agree with all that was ever told.
 */
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { openTroupe } from '../../../runtime/index.ts';
import { Random } from '../../../storage/conformance/random.ts';
import { node } from '../puppeteer.ts';
import { OutboxJudge } from './judge.ts';
import type { Fact } from './judge.ts';
import { keyOf, linesOf, outboxes } from './told.ts';
import type { DrainTold, LifeData, Line, Told } from './told.ts';

const readyMsMax = 60_000;
const settleMsMax = 60_000;

type Lease = Extract<Line, { what: 'lease' }>;
type Acked = Extract<Line, { what: 'acked' }>;

export class OutboxDirectory {
  readonly root = mkdtempSync(join(tmpdir(), 'troupe-outbox-crash-'));
  readonly #directory = join(this.root, 'journal');
  readonly #random: Random;
  readonly #tried = new Map<string, Told>();
  readonly #posted = new Map<string, Told>();
  readonly #leases: Lease[] = [];
  readonly #acks: Acked[] = [];
  #unheard: DrainTold[] = [];
  #lives = 0;
  kills = 0;
  crashes = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  get posted(): number {
    return this.#posted.size;
  }

  get leases(): number {
    return this.#leases.length;
  }

  /** Ended by kill −9, at any instant; sometimes while it opens. */
  async live(): Promise<void> {
    const random = this.#random;
    const ms = random.below(500);
    const exit = await this.#run(false, random.once(8), ms);
    assert.equal(exit.signal, 'SIGKILL', `a life ended by itself: ${exit.errors}`);
    this.kills++;
  }

  /** The last life, and the judgement. */
  async end(): Promise<number> {
    const exit = await this.#run(true, false, settleMsMax);
    assert.equal(exit.code, 0, `the last life did not settle: ${exit.errors}`);
    const troupe = await openTroupe({ directory: this.#directory, workers: 0 });
    let delivered = 0;
    try {
      for (let number = 0; number < outboxes; number++) {
        const outbox = troupe.outbox(String(number));
        if ((await outbox.book()).last === 0) continue;
        const facts: Fact[] = [];
        for await (const { seq, event } of outbox.history())
          facts.push({ seq, event: event as Fact['event'] });
        delivered += this.#judge(number, facts);
        assert.equal((await outbox.verify()).ok, true, 'its history holds together');
      }
    } finally {
      await troupe.close();
    }
    return delivered;
  }

  #judge(number: number, facts: readonly Fact[]): number {
    const judge = new OutboxJudge(facts);
    for (const { lease } of this.#leases) if (lease.outbox === number) judge.assertLease(lease);
    for (const acked of this.#acks)
      if (acked.outbox === number) judge.assertAcked(acked.leaseId, acked.given);
    for (const told of this.#posted.values()) if (told.outbox === number) judge.assertPosted(told);
    judge.assertEmpty();
    return judge.delivered;
  }

  async #run(isLast: boolean, isEarly: boolean, msMax: number) {
    const file = join(this.root, 'life.json');
    writeFileSync(file, JSON.stringify(this.#dataOf(isLast)));
    const script = new URL('child.ts', import.meta.url).pathname;
    const child = spawn(node, [script, file], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    const texts = ['', ''];
    const isReady = new Promise<void>((resolve) => {
      [child.stdio[3], child.stderr].forEach((stream, i) => {
        (stream as Readable).setEncoding('utf8').on('data', (text: string) => {
          texts[i] += text;
          if (i === 0 && texts[0]!.includes('"ready"')) resolve();
        });
      });
      setTimeout(resolve, readyMsMax).unref();
    });
    const ended = once(child, 'close');
    if (!isEarly) await Promise.race([isReady, ended]);
    const timer = setTimeout(() => child.kill('SIGKILL'), msMax);
    await ended;
    clearTimeout(timer);
    const failures = this.#hear(texts[0]!);
    return { signal: child.signalCode, code: child.exitCode, errors: `${failures} ${texts[1]}` };
  }

  #dataOf(isLast: boolean): LifeData {
    const random = this.#random;
    const open = [...this.#tried.values()].filter((told) => !this.#posted.has(keyOf(told)));
    // Also some that were answered: they stay one record.
    const again = [...this.#posted.values()].filter(() => random.once(40));
    return {
      directory: this.#directory,
      seed: random.below(2 ** 30),
      life: ++this.#lives,
      workers: random.pick([0, 1, 2, 3]),
      isLast,
      unanswered: [...open.filter(() => isLast || random.once(2)), ...again],
      expected: [...this.#posted.values()],
      unheard: isLast ? [] : this.#unheard,
    };
  }

  /** What a life told is true for good. */
  #hear(text: string): string {
    const lines = linesOf(text);
    appendFileSync(join(this.root, 'told.jsonl'), text);
    const drains = new Map<string, DrainTold>();
    for (const line of lines) {
      if (line.what === 'try') this.#tried.set(keyOf(line.told), line.told);
      if (line.what === 'posted') this.#posted.set(keyOf(line.told), line.told);
      if (line.what === 'drain') drains.set(line.drain.id, line.drain);
      if (line.what === 'crash') this.crashes++;
      if (line.what === 'acked') this.#acks.push(line);
      if (line.what !== 'lease') continue;
      drains.delete(line.id);
      this.#leases.push(line);
    }
    this.#unheard = [...drains.values()].slice(-8);
    return lines.flatMap((line) => (line.what === 'failed' ? [line.message] : [])).join('\n');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
