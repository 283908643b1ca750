/**
 * One session at work: between its child and its history.
 *   B2. What the child says is recorded at most every 16 ms, or 64 KiB, or at once when it ends something;
 *       what is recorded is acknowledged, and a child that is far ahead is paused by its host.
 *   B3. What is written was recorded: orders come after their commit, and are followed in their order.
 *   B4. The exit is said when all output before it is.
 * It outlives the workers: a host that takes over finds it here, and it goes on (drivers.ts).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Dialogue } from '../../actors/ptySession/dialogue.ts';
import type { PtyInput, PtyOrder } from '../../actors/ptySession/machine.ts';
import type { PtyEvent } from '../../actors/ptySession/vocabulary.ts';
import { invariant } from '../../actors/invariant.ts';
import { outcomeOf } from '../../actors/troupeError.ts';
import type { AnyEvent } from '../../actors/fact.ts';
import type { DriverPort, DriverRun } from '../drivers.ts';
import type { Child, Exit, Watch } from '../processHost/child.ts';
import { defaultProcessLimits } from '../processHost/limits.ts';
import type { ProcessHost } from '../processHost/processHost.ts';
import type { WireReceipt } from '../protocol.ts';
import type { InputModes } from '../ptySession/inputModes.ts';
import type { Asked } from '../ptySession/queries.ts';
import { Answers } from './answers.ts';
import type { CommandWaiters } from './commandWaiters.ts';
import { InputQueue } from '../processHost/inputQueue.ts';
import { shellLaunchOf } from './shellLaunch.ts';
import type { ShellLaunch } from './shellLaunch.ts';

export interface PtyRunParts {
  readonly host: ProcessHost;
  readonly waiters: CommandWaiters;
  /** What it shows after the fact `seq`. */
  readonly screenAt: (seq: number) => Promise<Asked>;
  /** A terminal that is attached answers what programs ask. */
  readonly isAnswered: () => boolean;
  readonly stopped: () => void;
  readonly takeSecret: (launchId: string) => Readonly<Record<string, string>> | undefined;
}

/** Between two commits of a session that only prints. */
const windowMs = 16;
/** Between two looks whether a shell has heard an interrupt. */
const rouseMs = 50;
/** One turn of an actor takes 128 events. */
const factsMax = 64;
/** Output of one commit; a flush of the disk costs as much for less. */
const turnBytesMax = 512 * 1024;
const { hangupMs, terminateMs, killMs, helloMs, windowBytes } = defaultProcessLimits;
/** Its host ends it within these, and then the end is recorded. */
const closeMsMax = hangupMs + terminateMs + killMs + helloMs;

// Else the child, its host and the disk would work in turns.
invariant(2 * turnBytesMax <= windowBytes, 'while one turn is recorded, the child may print the next');

export class PtyRun implements DriverRun, Watch {
  readonly #port: DriverPort;
  readonly #parts: PtyRunParts;
  readonly #id: string;
  readonly #over: Promise<void>;
  readonly #answers: Answers;
  #settle: () => void = () => undefined;
  #opening: Promise<void> = Promise.resolve();
  #child: Child | undefined;
  #launch: ShellLaunch | undefined;
  #dialogue: Dialogue | undefined;
  #inputs: InputQueue | undefined;
  #saying = false;
  #timer: NodeJS.Timeout | undefined;
  #saidAt = -windowMs;
  /** Nothing of it is recorded any more. */
  #isStopped = false;
  #hasEnded = false;

  constructor(port: DriverPort, parts: PtyRunParts) {
    this.#port = port;
    this.#parts = parts;
    this.#id = `${port.address}#${port.effectId}`;
    this.#over = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const { isAnswered, screenAt } = parts;
    const reply = (bytes: Uint8Array): void => {
      // Whatever it asked before its start was told: an input is taken by who is live.
      void this.#opening.then(() => this.#say({ type: 'pty.input', bytes, via: 'reply' }));
    };
    this.#answers = new Answers({ isAnswered, screenAt, reply });
  }

  /** What its program asked for. */
  get modes(): Readonly<InputModes> {
    return this.#answers.modes;
  }

  /** Input that its child has not taken. */
  get waitingBytes(): number {
    return this.#inputs?.bytes ?? 0;
  }

  start(): void {
    this.#opening = this.#open();
  }

  async #open(): Promise<void> {
    const input = this.#port.input as PtyInput; // As the machine gives it.
    try {
      const { launchId } = input.launch ?? {};
      const secret = launchId === undefined ? undefined : this.#parts.takeSecret(launchId);
      const launch = (this.#launch = shellLaunchOf(input, secret ?? {}));
      const { token, shell } = launch;
      this.#dialogue = new Dialogue({ token, shell });
      const child = await this.#parts.host.open({ id: this.#id, ...launch.launch }, this);
      this.#child = child;
      this.#inputs = new InputQueue(child);
      if (this.#isStopped) return child.end();
      const { pid, startTime } = child.mark;
      this.#say({ type: 'pty.opened', pid, startTime });
    } catch (error) {
      this.#dialogue ??= new Dialogue({ token: 'none', shell: undefined });
      this.#hasEnded = true;
      const { code, message } = outcomeOf(error, 'START_FAILED');
      this.#say({ type: 'pty.openFailed', code, message });
    }
  }

  // What its actor says -------------------------------------------------------------------------------------

  tell(event: AnyEvent): void {
    void this.#opening.then(() => this.#follow(event as PtyOrder)); // As the machine orders.
  }

  #follow(order: PtyOrder): void {
    const child = this.#child;
    if (child === undefined || this.#isStopped) return;
    switch (order.type) {
      case 'write':
        this.#inputs?.push(order.bytes);
        this.#dialogue?.input(order.bytes);
        this.#rouse();
        return this.#typed();
      case 'run':
        this.#dialogue?.run(order);
        return this.#typed();
      case 'resize':
        return child.resize(order.cols, order.rows);
      case 'signal':
        if (order.signal === 'SIGINT') this.#dialogue?.interrupted();
        return child.signal(order.signal as NodeJS.Signals); // The system refuses what is none.
      case 'end':
        return child.end();
    }
  }

  /**
   * An interrupt that comes just before bash waits for a key (5 of 60) is looked at when the next signal ends
   * its waiting: this one does nothing else.
   */
  #rouse(): void {
    if (this.#dialogue?.isCalledOff !== true || this.#isStopped || this.#hasEnded) return;
    setTimeout(() => {
      if (this.#dialogue?.isCalledOff !== true) return;
      this.#child?.signal('SIGWINCH');
      this.#rouse();
    }, rouseMs).unref();
  }

  /** What the dialogue wants typed, and what it wants recorded. */
  #typed(): void {
    for (const text of this.#dialogue?.typed.splice(0) ?? []) this.#inputs?.push(Buffer.from(text));
    this.#kick();
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#launch?.cleanUp();
    this.#child?.end();
    this.#answers.stop();
    this.#parts.stopped();
    this.#parts.waiters.exited(this.#port.address);
    this.#forget();
    this.#settle();
  }

  async close(): Promise<void> {
    if (!this.#hasEnded) this.#say({ type: 'pty.close' });
    await Promise.race([this.#over, pause(closeMsMax, undefined, { ref: false })]);
  }

  // What its child says -------------------------------------------------------------------------------------

  output(_stream: string, offset: number, bytes: Uint8Array): void {
    if (this.#isStopped) return;
    for (const end of this.#answers.feed(offset, bytes)) this.#dialogue?.transcript.cut(end);
    this.#dialogue?.output(bytes);
    this.#typed();
  }

  exit({ code, signal }: Exit): void {
    // Its start may be told in the same breath.
    void this.#opening.then(() => this.#ended({ type: 'pty.exit', code, signal }));
  }

  lost(reason: string): void {
    void this.#opening.then(() => this.#ended({ type: 'pty.lost', reason }));
  }

  #ended(last: PtyEvent): void {
    if (this.#isStopped) this.#forget();
    if (this.#hasEnded || this.#isStopped) return;
    this.#hasEnded = true;
    this.#dialogue?.end();
    this.#say(last);
  }

  #forget(): void {
    this.#parts.host.forget(this.#id);
  }

  // What is recorded ----------------------------------------------------------------------------------------

  #say(event: PtyEvent): void {
    this.#dialogue?.transcript.say(event);
    this.#kick();
  }

  #kick(): void {
    const { transcript } = this.#dialogue ?? {};
    if (transcript === undefined || transcript.isEmpty || this.#saying || this.#isStopped) return;
    const due = this.#saidAt + windowMs - performance.now();
    if (transcript.isUrgent || due <= 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#saying = true;
      // Whatever else came in this turn of the loop goes with it.
      setImmediate(() => void this.#record());
    } else this.#timer ??= setTimeout(() => this.#tick(), due);
  }

  #tick(): void {
    this.#timer = undefined;
    this.#kick();
  }

  async #record(): Promise<void> {
    const facts = this.#isStopped ? [] : (this.#dialogue?.transcript.take(factsMax, turnBytesMax) ?? []);
    try {
      if (facts.length > 0) this.#recorded(facts, await this.#port.say(facts));
    } catch (error) {
      return this.#unrecorded(facts, error);
    }
    this.#saying = false;
    this.#saidAt = performance.now();
    this.#kick();
  }

  #recorded(facts: readonly PtyEvent[], receipts: readonly (WireReceipt | undefined)[]): void {
    for (const [i, fact] of facts.entries()) {
      const seq = receipts[i]?.seq;
      if (fact.type === 'pty.output') {
        const end = fact.offset + fact.bytes.length;
        this.#child?.ack('out', end);
        if (seq !== undefined) this.#answers.recorded(end, seq);
      }
      if (fact.type === 'pty.prompt') this.#launch?.cleanUp();
      if (fact.type === 'command.end' && seq !== undefined) {
        this.#parts.waiters.ended(this.#port.address, { end: fact, seq });
      }
    }
    // Its actor is sealed: nobody asks for it any more.
    if (receipts.at(-1)?.final === true) this.stop();
  }

  /** Nobody records it any more: it was sealed in another way, or its journal is lost. */
  #unrecorded(facts: readonly PtyEvent[], error: unknown): void {
    for (const fact of facts) {
      if (fact.type === 'command.end') {
        this.#parts.waiters.failed(this.#port.address, fact.commandId, error);
      }
    }
    this.stop();
  }
}
