/**
 * Snapshots that are written on their own, between two rounds' commits: of actors that leave memory, and of
 * those whose messages were delivered. They wait here for the next round, so that one append is under way at
 * a time (H1 of rounds.ts).
 */
import { errorOf, outcomeOf } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import type { StoredSnapshot, Writer } from '../../storage/journal.ts';
import type { Limits } from '../limits.ts';
import type { Answers } from './answers.ts';
import type { HostedActor } from './hostedActor.ts';
import { saved } from './saved.ts';
import type { Tally } from './tally.ts';

export interface SavingPorts {
  readonly writer: Writer;
  readonly limits: Limits;
  readonly answers: Answers;
  readonly tally: Tally;
}

interface Waiting {
  readonly snapshots: readonly StoredSnapshot[];
  resolve: () => void;
  reject: (error: Error) => void;
}

export class Saving {
  readonly #ports: SavingPorts;
  readonly #wake: () => void;
  #waiting: Waiting[] = [];

  constructor(ports: SavingPorts, wake: () => void) {
    this.#ports = ports;
    this.#wake = wake;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when they are durable. */
  async save(snapshots: readonly StoredSnapshot[]): Promise<void> {
    if (snapshots.length === 0) return undefined;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ snapshots, resolve, reject });
      this.#wake();
    });
  }

  /** False when they could not be written. */
  async write(): Promise<boolean> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      await this.#ports.writer.append(
        [],
        waiting.flatMap(({ snapshots }) => snapshots),
      );
    } catch (error) {
      for (const { reject } of waiting) reject(errorOf(outcomeOf(error)));
      return false;
    }
    for (const { resolve } of waiting) resolve();
    return true;
  }

  refuse(refusal: Refusal): void {
    for (const { reject } of this.#waiting.splice(0)) reject(errorOf(refusal));
  }

  /** The actor as of now; throws what cannot be stored. */
  made(actor: HostedActor): StoredSnapshot | undefined {
    const { limits, tally } = this.#ports;
    const snapshot = saved(actor, limits);
    actor.unsaved = 0;
    if (snapshot !== undefined) tally.snapshots++;
    return snapshot;
  }

  /**
   * The actor as of now, when no sender is there to be told what of it cannot be stored: it is logged and
   * counted. The facts since the last snapshot stay as many as they are; the next one that would make them
   * too many is refused (H4 of rounds.ts).
   */
  snapshotOf(actor: HostedActor): StoredSnapshot | undefined {
    const { tally, answers } = this.#ports;
    try {
      return this.made(actor);
    } catch (error) {
      tally.failures++;
      const refusal = outcomeOf(error);
      const text = `no snapshot of ${actor.address}: ${refusal.message}`;
      const { code, message } = refusal;
      const logged = { name: 'TroupeError', message, code };
      answers.log('error', text, { address: actor.address, error: logged });
      return undefined;
    }
  }
}
