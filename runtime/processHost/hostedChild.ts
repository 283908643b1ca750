/**
 * One child as the host keeps it, from its start until the runtime has recorded its end.
 *   H1. Output is kept until it is acknowledged; past its window the child is paused. Input is written once.
 * The exit stays until it is forgotten: a driver that was lost meanwhile hears of it again.
 */
import type { ExitReport, Frame, StartOrder, StreamName } from './frames.ts';
import type { Endings } from './ending.ts';
import { Inflow } from './inflow.ts';
import { drainBytesMax, pipesBytesMax, stderrTailBytes } from './limits.ts';
import type { ProcessLimits } from './limits.ts';
import { Outflow } from './outflow.ts';
import { startPiped } from './pipedChild.ts';
import { startTimeOf } from './processTable.ts';
import type { ProcessMark } from './processTable.ts';
import { startOnPty } from './ptyChild.ts';
import type { ChildListener, StartedChild } from './startedChild.ts';

export interface HostedChildOptions {
  readonly child: number;
  readonly limits: ProcessLimits;
  readonly endings: Endings;
  readonly send: (frame: Frame) => void;
  /** How much is retained over all children has changed by this much. */
  readonly retained: (change: number) => void;
  /** Whether each child has its floor only, for now. */
  readonly isCrowded: () => boolean;
}

export class HostedChild {
  readonly #options: HostedChildOptions;
  readonly #out: Outflow;
  readonly #err: Outflow;
  #started: StartedChild | undefined;
  #input: Inflow | undefined;
  #startTime: number | null = null;
  #tail = Buffer.alloc(0);
  #paused = false;
  #loud = false;
  #exit: ExitReport | undefined;
  /** Resolves when its exit is told. */
  readonly exited: Promise<void>;
  #told: () => void = () => undefined;
  #ending: Promise<boolean> | undefined;

  constructor(options: HostedChildOptions) {
    const { child, send } = options;
    this.#options = options;
    this.exited = new Promise((resolve) => {
      this.#told = resolve;
    });
    const flow = (stream: StreamName): Outflow =>
      new Outflow((offset, bytes) => send({ kind: 'output', child, stream, offset, bytes }));
    this.#out = flow('out');
    this.#err = flow('err');
  }

  /** Starts it and says so; throws `START_FAILED` or `PTY_UNAVAILABLE`. */
  async start(order: StartOrder): Promise<void> {
    const { child, send } = this.#options;
    const listener: ChildListener = {
      output: (stream, bytes) => this.#output(stream, bytes),
      gone: () => this.#sweep(),
      exit: (code, signal) => this.#ended(code, signal),
    };
    const { size } = order;
    const started = await (size === undefined
      ? startPiped(order, listener)
      : startOnPty(order, size, listener));
    this.#started = started;
    this.#startTime = startTimeOf(started.pid);
    this.#input = new Inflow(started.input, (seq, taken) => send({ kind: 'written', child, seq, taken }));
    send({ kind: 'opened', child, pid: started.pid, startTime: this.#startTime });
    this.#balance();
    if (this.#exit !== undefined) this.#tellExit();
  }

  get mark(): ProcessMark | undefined {
    return this.#started && { pid: this.#started.pid, startTime: this.#startTime };
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  take(frame: Frame): void {
    switch (frame.kind) {
      case 'input':
        return this.#input?.write(frame.seq, frame.bytes);
      case 'inputEnd':
        return this.#input?.end(frame.seq);
      case 'ack':
        return this.#acknowledge(frame.stream, frame.offset);
      case 'reattach':
        return this.#reattach(frame.out, frame.err);
      case 'resize':
        return this.#exit === undefined ? this.#started?.resize(frame.cols, frame.rows) : undefined;
      case 'signal':
        return this.#exit === undefined ? this.#started?.signal(frame.signal as NodeJS.Signals) : undefined;
      case 'end':
        return void this.end();
      default:
        return undefined;
    }
  }

  /** HUP, TERM, KILL to its session; false if somebody survived even that. */
  async end(): Promise<boolean> {
    const { mark } = this;
    if (mark === undefined) return true;
    this.#ending ??= this.#options.endings.end(mark);
    return this.#ending;
  }

  /** What it retains is given back: nobody will ask for it. */
  forget(): void {
    this.#options.retained(-this.#out.retained - this.#err.retained);
  }

  #output(stream: StreamName, bytes: Buffer): void {
    this.#loud = true;
    if (stream === 'err') this.#tail = tailOf(this.#tail, bytes);
    this.#flow(stream).push(bytes);
    this.#options.retained(bytes.length);
    this.#balance();
  }

  #acknowledge(stream: StreamName, offset: number): void {
    const flow = this.#flow(stream);
    const before = flow.retained;
    flow.acknowledge(offset);
    this.#options.retained(flow.retained - before);
    this.#balance();
  }

  /** Pauses or resumes it as its window has it. */
  #balance(): void {
    const { limits, isCrowded } = this.#options;
    const window = isCrowded() ? limits.windowFloorBytes : limits.windowBytes;
    const retained = Math.max(this.#out.retained, this.#err.retained);
    // Half a window of distance, so that it is not switched with every acknowledgement.
    const paused = retained >= window || (this.#paused && retained > window / 2);
    // Node lets a pipe flow again when its child ends: for the child's own last words, not for anybody's.
    const isFlooded = this.#paused && retained >= window + drainBytesMax;
    if ((paused === this.#paused && !isFlooded) || this.#started === undefined) return;
    this.#paused = paused;
    if (paused) this.#started.pause();
    else this.#started.resume();
  }

  #reattach(out: number, err: number): void {
    const { child, send } = this.#options;
    if (out < this.#out.acknowledged || err < this.#err.acknowledged) {
      const text = `Output is kept from ${this.#out.acknowledged}, ${this.#err.acknowledged} on.`;
      return send({ kind: 'refused', child, code: 'CONFLICT', message: text });
    }
    send({ kind: 'attached', child, inputSeq: this.#input?.seq ?? 0 });
    this.#out.rewind(out);
    this.#err.rewind(err);
    if (this.#exit !== undefined) this.#tellExit();
  }

  /**
   * Ends what the child left behind in its session, and waits no longer for whoever else has its pipes. What
   * the child wrote is in the pipe when it has gone (H4), so a quiet look comes after the last of it; so does
   * the look behind more bytes than a pipe holds, and any look after which the pipe was read again.
   */
  #sweep(): void {
    const { lookMs, drainMs } = this.#options.limits;
    this.#loud = true;
    const goneAt = this.#out.end + this.#err.end;
    let looks = 0;
    const look = setInterval(() => {
      if (!this.#paused) looks += 1;
      const isQuiet = !this.#loud && !this.#paused;
      const isOver = this.#out.end + this.#err.end - goneAt >= pipesBytesMax || looks * lookMs >= drainMs;
      this.#loud = false;
      if (isQuiet || isOver) this.#started?.cut();
      if (this.#exit !== undefined) clearInterval(look);
    }, lookMs);
    // The start has not returned if the child ends at once.
    setImmediate(() => void this.end());
  }

  #ended(code: number | null, signal: string | null): void {
    this.#exit = {
      code,
      signal,
      outEnd: this.#out.end,
      errEnd: this.#err.end,
      stderr: this.#tail.toString('base64'),
    };
    if (this.#started !== undefined) this.#tellExit();
  }

  #tellExit(): void {
    const { child, send } = this.#options;
    if (this.#exit === undefined) return;
    send({ kind: 'exit', child, report: this.#exit });
    this.#told();
  }

  #flow(stream: StreamName): Outflow {
    return stream === 'out' ? this.#out : this.#err;
  }
}

function tailOf(before: Buffer, bytes: Buffer): Buffer<ArrayBuffer> {
  return Buffer.from(Buffer.concat([before, bytes]).subarray(-stderrTailBytes));
}
