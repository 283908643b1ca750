/**
 * The notes that were sent to tallies: which had an answer, and so must be recorded, and which had none,
 * and so may be. Each is recorded once at most, and no other is.
 */
import assert from 'node:assert/strict';
import { fire, posting } from './cannon.ts';
import type { Context, Shot } from './cannon.ts';
import type { HttpClient } from './httpClient.ts';
import type { Recorded } from './site.ts';

const text = 'The tests pass again; two files changed.';

export class Ledger {
  readonly #tallies: number;
  readonly #answered = new Set<string>();
  #sent = 0;

  constructor(tallies: number) {
    this.#tallies = tallies;
  }

  get answered(): number {
    return this.#answered.size;
  }

  /** Every tally has its first note, before any is read. */
  async open(http: HttpClient): Promise<void> {
    await fire({ http, connections: 1, amount: this.#tallies, shots: [this.shot()] });
  }

  /** A note to the next tally, under a key of its own. */
  note(): { readonly key: string; readonly path: string; readonly body: object } {
    const n = this.#sent++;
    const path = `/v1/actors/tally/${n % this.#tallies}/events`;
    return { key: `note ${n}`, path, body: { type: 'note', n, text } };
  }

  hasAnswer(key: string): void {
    assert(!this.#answered.has(key), `${key} is answered once`);
    this.#answered.add(key);
  }

  /** The same for a load generator. */
  shot(): Shot {
    return {
      setupRequest: (request: object, context: Context) => {
        const { key, path, body } = this.note();
        context['key'] = key;
        return { ...request, ...posting(path, body, key) };
      },
      onResponse: (status, _body, context) => {
        if (status === 200) this.hasAnswer(String(context['key']));
      },
    };
  }

  /** The histories of all tallies hold these notes. */
  async check(recorded: Recorded): Promise<string> {
    const found = new Set<string>();
    for (let i = 0; i < this.#tallies; i++) await collect(recorded, i, found);
    const lost = [...this.#answered].filter((key) => !found.has(key));
    assert.deepEqual(lost, [], 'what was answered is recorded');
    for (const key of found) assert(Number(key.slice('note '.length)) < this.#sent, `${key} was sent`);
    const unanswered = found.size - this.#answered.size;
    const { size } = this.#answered;
    return `${size} answered notes are recorded once each, and ${unanswered} that were cut off`;
  }
}

async function collect(recorded: Recorded, i: number, found: Set<string>): Promise<void> {
  const ref = recorded.actor('tally', String(i));
  if (!(await ref.exists())) return;
  let [seq, notes] = [0, 0];
  for await (const fact of ref.history()) {
    assert.equal(fact.seq, ++seq, `${ref.address} has no hole`);
    if (fact.event.type !== 'note') continue;
    notes++;
    assert(fact.id !== undefined && !found.has(fact.id), `${fact.id} is recorded once`);
    found.add(fact.id);
  }
  assert.equal((await ref.snapshot()).context.count, notes, `${ref.address} counted its notes`);
}
