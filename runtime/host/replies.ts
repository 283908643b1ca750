/**
 * What those who sent hear of a turn: of one that is durable, their receipts; of a batch that was not
 * applied, why. A receipt that was given before is made again from the history.
 */
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Sources } from './activation.ts';
import type { Answers } from './answers.ts';
import { batchReceipts, comparedBatch } from './batches.ts';
import type { HostedActor } from './hostedActor.ts';
import type { BatchEntry } from './mailbox.ts';
import { rebuiltReceipt } from './receipts.ts';
import type { Rebuild } from './receipts.ts';
import type { BatchTaken, TurnResult } from './turnResult.ts';

export interface ReplyPorts {
  readonly sources: Sources;
  readonly answers: Answers;
  /** Into the mailbox of its actor again. */
  readonly put: (address: string, entry: BatchEntry) => void;
}

export class Replies {
  readonly #ports: ReplyPorts;

  constructor(ports: ReplyPorts) {
    this.#ports = ports;
  }

  /** The turn is durable. */
  tell(actor: HostedActor, result: TurnResult): void {
    const { answers, sources } = this.#ports;
    const { batch } = result;
    if (batch !== undefined) {
      answers.from(batch.entry.request.n, batchReceipts(sources, actor, result, batch.entry));
    } else {
      for (const answer of result.answers) answers.push(answer);
      for (const rebuild of result.rebuilds) this.#rebuild(actor, rebuild);
    }
    for (const { answer } of result.woken) answers.push(answer);
    for (const [settle, refusal] of result.settled) settle(refusal);
  }

  #rebuild(actor: HostedActor, rebuild: Rebuild): void {
    const { answers, sources } = this.#ports;
    const { n } = rebuild.request;
    rebuiltReceipt(sources, actor, rebuild).then(
      (receipt) => answers.push({ op: 'receipt', n, receipt }),
      (error: unknown) => answers.refuse(n, outcomeOf(error)),
    );
  }

  /** B1, B2: nothing of this batch was applied. */
  dropped(actor: HostedActor, result: TurnResult, { entry, refusal }: BatchTaken): void {
    const { sources, answers, put } = this.#ports;
    const { n } = entry.request;
    if (refusal !== undefined) return answers.refuse(n, refusal);
    comparedBatch(sources, actor, result, entry).then(
      (compared) => put(actor.address, compared),
      (error: unknown) => answers.refuse(n, outcomeOf(error)),
    );
  }
}
