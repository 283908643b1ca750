/**
 * What the session answers to a program that asks its terminal something (W2), once and in the order of the
 * questions: programs take the answer to the last one for the end of them all. Where the answer depends on
 * the screen, output is recorded up to the question's last byte, and the screen after that fact is looked at:
 * a session of which nobody asks such a thing has no emulator.
 */
import { InputModes } from '../ptySession/inputModes.ts';
import { asksForScreen, Queries, replyTo } from '../ptySession/queries.ts';
import type { Asked, Query } from '../ptySession/queries.ts';

export interface AnswersOptions {
  /** Somebody else answers. */
  readonly isAnswered: () => boolean;
  readonly screenAt: (seq: number) => Promise<Asked>;
  readonly reply: (bytes: Uint8Array) => void;
}

interface Question {
  readonly query: Query;
  /** Where it ends in the stream. */
  readonly end: number;
  /** Of the fact that ends there; undefined: not recorded yet. */
  seq: number | undefined;
}

/** Questions without an answer yet: beyond it nobody reads what is answered, and more are passed over. */
const questionsMax = 64;

export class Answers {
  readonly modes = new InputModes();
  readonly #options: AnswersOptions;
  readonly #queries = new Queries((sequence) => this.modes.take(sequence));
  #questions: Question[] = [];
  #isAnswering = false;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Output from `offset` on; gives the places in it at which a fact must end. */
  feed(offset: number, bytes: Uint8Array): readonly number[] {
    const cuts: number[] = [];
    for (const { query, end } of this.#queries.feed(bytes)) {
      if (this.#questions.length >= questionsMax || this.#options.isAnswered()) continue;
      this.#questions.push({ query, end: offset + end, seq: undefined });
      if (asksForScreen(query)) cuts.push(offset + end);
    }
    if (this.#questions.length > 0) this.#answer();
    return cuts;
  }

  /** Output is recorded up to this place, with the fact `seq`. */
  recorded(end: number, seq: number): void {
    if (this.#questions.length === 0) return;
    for (const question of this.#questions) if (question.end === end) question.seq = seq;
    this.#answer();
  }

  /** Nobody hears of it any more. */
  stop(): void {
    this.#questions = [];
  }

  #answer(): void {
    while (!this.#isAnswering) {
      const [question] = this.#questions;
      if (question === undefined) return;
      if (asksForScreen(question.query)) {
        if (question.seq !== undefined) void this.#look(question, question.seq);
        return;
      }
      this.#questions.shift();
      this.#reply(question, undefined);
    }
  }

  async #look(question: Question, seq: number): Promise<void> {
    this.#isAnswering = true;
    try {
      this.#reply(question, await this.#options.screenAt(seq));
    } catch {
      // A history that cannot be read any more: the next fact of the session says so, to who records it.
    }
    this.#questions = this.#questions.filter((one) => one !== question);
    this.#isAnswering = false;
    this.#answer();
  }

  #reply({ query }: Question, screen: Asked | undefined): void {
    const text = replyTo(query, screen);
    if (text !== '') this.#options.reply(Buffer.from(text));
  }
}
