/**
 * One life of a process host, as the runtime sees it: from its hello to its end, with the children it had.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from './child.ts';
import { Endings } from './ending.ts';
import { protocolVersion } from './frames.ts';
import type { Frame } from './frames.ts';
import { hostFailed, launchHost } from './launch.ts';
import type { Launched, SpawnHost } from './launch.ts';
import type { ProcessLimits } from './limits.ts';
import { Wire } from './wire.ts';

export interface ConnectionOptions {
  readonly spawnHost: SpawnHost | undefined;
  readonly limits: ProcessLimits;
  /** The host has gone; the promise resolves when its children have been settled. */
  readonly ended: (settled: Promise<void>) => void;
}

/** Beyond the steps of an ending, for the answers to arrive. */
const marginMs = 1000;

export class Connection {
  readonly pid: number;
  readonly #launched: Launched;
  readonly #limits: ProcessLimits;
  readonly #children = new Map<number, Child>();
  readonly #running = new Set<number>();
  #wire: Wire | undefined;
  #count = 0;
  #allSettled: (() => void) | undefined;
  #isClosing = false;

  private constructor(launched: Launched, limits: ProcessLimits, pid: number) {
    this.#launched = launched;
    this.#limits = limits;
    this.pid = pid;
  }

  static async open({ spawnHost, limits, ended }: ConnectionOptions): Promise<Connection> {
    const launched = await launchHost(spawnHost, limits.helloMs);
    return new Promise((resolve, reject) => {
      let open: Connection | undefined;
      const late = setTimeout(() => wire.end('it said nothing'), limits.helloMs);
      const wire = new Wire(launched.stream, {
        frame: (frame) => {
          if (open !== undefined) return open.#take(frame);
          if (frame.kind !== 'hello' || frame.version !== protocolVersion) {
            return wire.end('it speaks another version'); // Q2
          }
          clearTimeout(late);
          open = new Connection(launched, limits, frame.pid);
          open.#wire = wire;
          wire.send({ kind: 'hello', version: protocolVersion, pid: process.pid, limits });
          launched.hold(false);
          return resolve(open);
        },
        ended: (reason) => {
          clearTimeout(late);
          if (open !== undefined) return ended(open.#lost(reason));
          launched.kill();
          // Its last words come after the end of its connection.
          void launched.exited.then(() => reject(hostFailed(launched.lastWords().trim() || reason)));
          return undefined;
        },
      });
    });
  }

  send(frame: Frame): void {
    this.#wire?.send(frame);
  }

  nextNumber(): number {
    this.#count += 1;
    return this.#count;
  }

  add(number: number, child: Child): void {
    this.#children.set(number, child);
    this.#running.add(number);
    this.#launched.hold(true);
  }

  remove(number: number): void {
    this.#children.delete(number);
    this.settled(number);
  }

  /** It has exited or is lost: nothing keeps this process alive for it. */
  settled(number: number): void {
    this.#running.delete(number);
    if (this.#running.size > 0) return;
    if (!this.#isClosing) this.#launched.hold(false);
    this.#allSettled?.();
  }

  forget(child: Child): void {
    for (const [number, known] of this.#children) {
      if (known !== child) continue;
      this.#children.delete(number);
      this.send({ kind: 'forget', child: number });
    }
  }

  /** Ends all children, hears of their exits, then ends the host. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#launched.hold(true);
    const { hangupMs, terminateMs, killMs } = this.#limits;
    const bound = hangupMs + terminateMs + killMs + marginMs;
    const settled = new Promise<void>((resolve) => {
      this.#allSettled = resolve;
    });
    for (const number of this.#running) this.send({ kind: 'end', child: number });
    if (this.#running.size > 0) await Promise.race([settled, pause(bound, undefined, { ref: false })]);
    this.#wire?.end('closed');
    const exited = await Promise.race([
      this.#launched.exited.then(() => true),
      pause(bound, false, { ref: false }),
    ]);
    if (!exited) this.#launched.kill();
    await this.#launched.exited;
  }

  #take(frame: Frame): void {
    if ('child' in frame) this.#children.get(frame.child)?.take(frame);
  }

  /**
   * H2. The host is dead or useless; it ends by force, its children by their marks, and only then is it
   * told.
   */
  async #lost(reason: string): Promise<void> {
    if (!this.#isClosing) this.#launched.kill();
    await this.#launched.exited;
    const children = [...this.#children.values()];
    const lost = children.filter((child) => !child.isOver);
    const marks = lost.map(({ mark }) => mark).filter((mark) => mark.pid > 0);
    const endings = new Endings(this.#limits);
    await Promise.all(marks.map(async (mark) => endings.end(mark)));
    const words = this.#launched.lastWords().trim().split('\n').at(-1) ?? '';
    for (const child of children) child.lose(words === '' ? reason : `${reason} (${words})`);
  }
}
