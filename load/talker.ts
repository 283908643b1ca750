/**
 * Runs that talk, for benchmarks of long ones: messages of three events each, of which every one is a fact of
 * its own, so that the length of a run is known by counting.
 */
import assert from 'node:assert/strict';
import type { Run } from '../runtime/index.ts';

const eventsPerMessage = 3;
/** Pushed before anybody waits: a mailbox is for others too. */
const batch = 300;
const text = 'The tests pass again; two files were changed.';

export class Talker {
  readonly run: Run;
  #messages = 0;

  constructor(run: Run, messages = 0) {
    this.run = run;
    this.#messages = messages;
  }

  get messages(): number {
    return this.#messages;
  }

  /** Says so much that the run has about this many events. */
  async talk(events: number): Promise<void> {
    const goal = this.#messages + Math.floor(events / eventsPerMessage);
    while (this.#messages < goal) {
      for (let i = 0; i < batch && this.#messages < goal; i++) this.#say(`m${++this.#messages}`);
      await this.run.flush();
    }
  }

  #say(messageId: string): void {
    this.run.push({ type: 'message.start', messageId, role: 'assistant' });
    this.run.push({ type: 'message.delta', messageId, part: 'text', text });
    this.run.push({ type: 'message.end', messageId });
  }

  /** Its digest tells of every message; gives how many facts it stands for. */
  async assertDigest(): Promise<number> {
    const { seq, digest } = await this.run.digest();
    assert.equal(digest.messages.byRole.assistant, this.#messages);
    assert.equal(digest.messages.textBytes, this.#messages * text.length);
    assert(seq > this.#messages * eventsPerMessage, 'each of its events is a fact');
    return seq;
  }

  /** The newest page, which ends with what was said last. */
  async assertLastPage(last: number): Promise<void> {
    for await (const { messages } of this.run.messages({ last })) {
      assert.equal(messages.length, last);
      assert.equal(messages.at(-1)?.messageId, `m${this.#messages}`);
      return;
    }
    assert.fail('there is no page');
  }
}
