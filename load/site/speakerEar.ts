/**
 * Hears what a speaker says, piece by piece, and how late. What a reset let go is skipped, or read up: then
 * every piece is heard, once, whatever became of the stream.
 */
import assert from 'node:assert/strict';
import type { Fact } from '../../runtime/index.ts';
import type { HttpClient } from './httpClient.ts';
import { Listener } from './pieces.ts';
import { SseReader } from './sseReader.ts';
import type { Ear, Manner } from './sseReader.ts';

type Said = { readonly type: string; readonly text?: string };

/** Reads facts of a range that the stream has left out. */
type ReadUp = (from: number, to: number) => AsyncIterable<Said>;

export class SpeakerEar implements Ear {
  readonly listener: Listener;
  readonly lateMs: number[] = [];
  readonly #readUp: ReadUp | undefined;
  #isLost = false;

  constructor(missing?: ReadUp, length?: number) {
    this.listener = new Listener(length);
    this.#readUp = missing;
  }

  hear({ type, text }: Said): void {
    if (type !== 'delta' || text === undefined) return;
    if (this.#isLost) this.listener.skipTo(Number(text.slice(0, 8)) - 1);
    this.#isLost = false;
    for (const late of this.listener.hear(text, Date.now())) this.lateMs.push(late);
  }

  async miss(from: number, to: number): Promise<void> {
    if (this.#readUp === undefined) {
      this.#isLost = true;
      return;
    }
    // How late these are is a matter of the reader, not of the server.
    for await (const { type, text } of this.#readUp(from, to)) {
      if (type === 'delta' && text !== undefined) this.listener.hear(text, 0);
    }
  }
}

export type SpeakerReader = SseReader<SpeakerEar>;

export function speakerReader(http: HttpClient, id: string, manner: Manner = {}): SpeakerReader {
  return new SseReader(http, `speaker/${id}`, new SpeakerEar(), manner);
}

/** One that reads up what a reset let go, as a page of an application would; pieces are so long. */
export function thoroughReader(http: HttpClient, id: string, manner: Manner, length: number): SpeakerReader {
  const actor = `speaker/${id}`;
  const ear = new SpeakerEar((from, to) => readUp(http, actor, from, to), length);
  return new SseReader(http, actor, ear, manner);
}

interface Page {
  readonly items: readonly Fact[];
  readonly next: string | null;
}

/** Page by page, as `next` of each says. */
async function* readUp(http: HttpClient, actor: string, from: number, to: number): AsyncGenerator<Said> {
  const place = `/v1/actors/${actor}/events`;
  let query: string | null = `?after=${from - 1}&before=${to + 1}&limit=1000`;
  let seq = from - 1;
  while (query !== null) {
    const { status, body } = await http.get(`${place}${query}`);
    assert.equal(status, 200, body);
    const page: Page = JSON.parse(body) as Page;
    for (const fact of page.items) {
      assert.equal(fact.seq, ++seq, `what ${actor} let go has no hole`);
      yield fact.event;
    }
    query = page.next;
  }
  assert.equal(seq, to, `what ${actor} let go is there to its end`);
}
