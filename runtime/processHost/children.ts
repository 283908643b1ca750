/**
 * All children of one host, as its connection asks for them.
 *   H3. When the connection ends, by whatever means, every child is ended and the host with them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { TroupeError, outcomeOf } from '../../actors/troupeError.ts';
import { Endings } from './ending.ts';
import type { Frame } from './frames.ts';
import { HostedChild } from './hostedChild.ts';
import type { ProcessLimits } from './limits.ts';

export class Children {
  readonly #limits: ProcessLimits;
  readonly #endings: Endings;
  readonly #send: (frame: Frame) => void;
  readonly #children = new Map<number, HostedChild>();
  /** Recorded to their end, while what they left behind is being ended. */
  readonly #leaving = new Set<HostedChild>();
  #retained = 0;
  #closing = false;

  constructor(limits: ProcessLimits, send: (frame: Frame) => void) {
    this.#limits = limits;
    this.#endings = new Endings(limits);
    this.#send = send;
  }

  take(frame: Frame): void {
    if (!('child' in frame)) return;
    const { child } = frame;
    if (frame.kind === 'open') return void this.#open(frame);
    const hosted = this.#children.get(child);
    if (frame.kind === 'reattach' && hosted === undefined) {
      return this.#refuse(child, new TroupeError('NOT_FOUND', 'No such child is here.'));
    }
    if (frame.kind === 'forget') return this.#forget(child);
    return hosted?.take(frame);
  }

  /** Ends every child, bounded. */
  async close(): Promise<void> {
    this.#closing = true;
    const all = [...this.#children.values(), ...this.#leaving];
    await Promise.all(all.map(async (hosted) => hosted.end()));
    // Whoever is still there hears how they ended; one whose output nobody takes is not waited for.
    const told = Promise.all(all.map(async (hosted) => hosted.exited));
    await Promise.race([told, pause(this.#limits.killMs)]);
  }

  async #open({ child, order }: Extract<Frame, { kind: 'open' }>): Promise<void> {
    const hosted = new HostedChild({
      child,
      limits: this.#limits,
      endings: this.#endings,
      send: this.#send,
      retained: (change) => {
        this.#retained += change;
      },
      isCrowded: () => this.#retained >= this.#limits.retainedBytes,
    });
    this.#children.set(child, hosted);
    try {
      await hosted.start(order);
      if (this.#closing) await hosted.end();
    } catch (error) {
      this.#children.delete(child);
      this.#refuse(child, error);
    }
  }

  #forget(child: number): void {
    const hosted = this.#children.get(child);
    if (hosted?.hasExited !== true) return;
    this.#children.delete(child);
    hosted.forget();
    this.#leaving.add(hosted);
    void hosted.end().then(() => this.#leaving.delete(hosted));
  }

  #refuse(child: number, error: unknown): void {
    const { code, message } = outcomeOf(error, 'START_FAILED');
    this.#send({ kind: 'refused', child, code, message });
  }
}
