/**
 * A host that only reads: the actors of a directory as they stand, for whoever looks at one that nobody, or
 * another process, has open. It runs nothing: no timer, task or message that is due is started, and whatever
 * would write is refused.
 */
import { outcomeOf } from '../actors/troupeError.ts';
import type { Refusal } from '../actors/troupeError.ts';
import type { Journal } from '../storage/journal.ts';
import type { AnyDefinition } from './definition.ts';
import { activate } from './host/activation.ts';
import { Kinds } from './host/kinds.ts';
import { digestBySeal, digestOf, snapshotOf, snapshotsOf } from './host/reads.ts';
import type { Hosting, HostStanding } from './hosting.ts';
import type { Link } from './link.ts';
import type { Answer, ReadRequest, Request } from './protocol.ts';
import { shapesOf } from './shape.ts';
import type { Shape } from './shape.ts';

export class ReadingHost implements Hosting {
  readonly shapes: readonly Shape[];
  readonly #journal: Journal;
  readonly #kinds: Kinds;
  readonly #link: Link;

  constructor(journal: Journal, definitions: readonly AnyDefinition[], link: Link) {
    this.#journal = journal;
    this.#kinds = new Kinds(definitions);
    this.#link = link;
    this.shapes = shapesOf(definitions);
    link.up({ post: (requests) => requests.forEach((request) => void this.#take(request)) });
  }

  /** Every request has one answer. */
  async #take(request: Request): Promise<void> {
    const { n, op } = request;
    let answer: Answer;
    try {
      if (op === 'snapshot' || op === 'digest') answer = { op: 'ok', n, value: await this.#read(request) };
      else if (op === 'snapshots')
        answer = { op: 'ok', n, value: await snapshotsOf(this.#journal, this.#kinds, request) };
      else answer = { op: 'refused', n, refusal: readOnly };
    } catch (error) {
      answer = { op: 'refused', n, refusal: outcomeOf(error) };
    }
    this.#link.take([answer]);
  }

  async #read({ op, address, seq }: ReadRequest): Promise<unknown> {
    const [journal, kinds] = [this.#journal, this.#kinds];
    if (op === 'digest' && seq === undefined) {
      kinds.of(address);
      const told = await digestBySeal(journal, address);
      if (told !== undefined) return told;
    }
    const read = op === 'snapshot' ? snapshotOf : digestOf;
    return read(journal, kinds, await activate({ journal, kinds }, address), seq);
  }

  standing(): readonly HostStanding[] {
    return [{ slot: 0, state: 'up', restarts: 0, stuck: false }];
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }

  async end(): Promise<void> {
    return Promise.resolve();
  }
}

const readOnly: Refusal = {
  code: 'UNSUPPORTED',
  message: 'The directory was opened for reading only: whatever changes or follows an actor is its owner’s.',
  details: { readOnly: true },
};
