/**
 * The runtime's side of one child. Output is told with its offset; what the driver has recorded it
 * acknowledges, and only then does the host let go of it (H1). A seq given with an input must rise.
 */
import { Buffer } from 'node:buffer';
import { TroupeError } from '../../actors/troupeError.ts';
import type { ErrorCode } from '../../actors/troupeError.ts';
import type { ExitReport, Frame, StreamName } from './frames.ts';
import type { ProcessLimits } from './limits.ts';
import type { ProcessMark } from './processTable.ts';

/** How a child ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of what a piped child wrote to stderr, at most 8 KiB: usually says why it failed. */
  readonly stderr: Uint8Array;
}

/** What a driver hears of its child, in order: output, then exactly one of exit and lost. */
export interface Watch {
  output(stream: StreamName, offset: number, bytes: Uint8Array): void;
  exit(exit: Exit): void;
  lost(reason: string): void;
}

export interface Offsets {
  readonly out: number;
  readonly err: number;
}

interface Waiting {
  readonly seq: number;
  readonly bytes: Uint8Array | undefined;
  readonly resolve: (taken: boolean) => void;
  readonly reject: (error: unknown) => void;
}

export class Child {
  readonly id: string;
  readonly #number: number;
  readonly #limits: ProcessLimits;
  readonly #send: (frame: Frame) => void;
  readonly #settled: () => void;
  #watch: Watch | undefined;
  #coming: { readonly from: Offsets; readonly watch: Watch } | undefined;
  #mark: ProcessMark = { pid: 0, startTime: null };
  readonly #next = { out: 0, err: 0 };
  #waiting: Waiting[] = [];
  readonly #underway = new Map<number, Waiting>();
  #underwayBytes = 0;
  #waitingBytes = 0;
  /** Nobody will answer for it any more. */
  #isGone = false;
  #over: 'exited' | 'lost' | undefined;
  #answer: { resolve: (inputSeq: number) => void; reject: (error: unknown) => void } | undefined;

  constructor(options: {
    id: string;
    number: number;
    limits: ProcessLimits;
    watch: Watch;
    send: (frame: Frame) => void;
    /** It has exited or is lost. */
    settled: () => void;
  }) {
    this.id = options.id;
    this.#number = options.number;
    this.#limits = options.limits;
    this.#send = options.send;
    this.#settled = options.settled;
    this.#watch = options.watch;
  }

  /** Pid and start time: by these it is known again after a restart of the runtime. */
  get mark(): ProcessMark {
    return this.#mark;
  }

  /** Whether it has exited or is lost. */
  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** Everything of this stream before `offset` is recorded. */
  ack(stream: StreamName, offset: number): void {
    this.#send({ kind: 'ack', child: this.#number, stream, offset });
  }

  /** Resolves once the child has taken it; false if it never will, because it closed its input or ended. */
  async write(seq: number, bytes: Uint8Array | string): Promise<boolean> {
    return this.#input(seq, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  }

  /** The end of its input; a child on a PTY is sent the end-of-file character by `write` instead. */
  async endInput(seq: number): Promise<boolean> {
    return this.#input(seq, undefined);
  }

  /** Throws `UNSUPPORTED` for what is no size. */
  resize(cols: number, rows: number): void {
    checkSize({ cols, rows });
    this.#send({ kind: 'resize', child: this.#number, cols, rows });
  }

  /** To the group in the foreground of its PTY; a piped child is its own. */
  signal(signal: NodeJS.Signals): void {
    this.#send({ kind: 'signal', child: this.#number, signal });
  }

  /** HUP, TERM, KILL to its whole session; its exit is told as any other. */
  end(): void {
    this.#send({ kind: 'end', child: this.#number });
  }

  /** Asks for an answer of the host: its start, or where it stands. */
  async answered(): Promise<number> {
    this.#answer?.reject(new TroupeError('ABORTED', `Another driver took over the child "${this.id}".`));
    return new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
    });
  }

  /** From now on another driver hears of it, from these offsets on; resolves with the last input's seq. */
  async reattached(from: Offsets, watch: Watch): Promise<number> {
    if (this.#isGone) throw lostError(this.id, 'its host has gone');
    this.#watch = undefined; // What is on its way comes again.
    this.#coming = { from, watch };
    const answer = this.answered();
    this.#send({ kind: 'reattach', child: this.#number, ...from });
    return answer;
  }

  take(frame: Frame): void {
    switch (frame.kind) {
      case 'opened':
        this.#mark = { pid: frame.pid, startTime: frame.startTime };
        return this.#answer?.resolve(0);
      case 'attached':
        return this.#attached(frame.inputSeq);
      case 'refused':
        this.#coming = undefined;
        return this.#answer?.reject(new TroupeError(frame.code as ErrorCode, frame.message, { id: this.id }));
      case 'output':
        return this.#output(frame.stream, frame.offset, frame.bytes);
      case 'written':
        return this.#written(frame.seq, frame.taken);
      case 'exit':
        return this.#exited(frame.report);
      default:
        return undefined;
    }
  }

  /** The host has gone, and whatever it left was ended. */
  lose(reason: string): void {
    const error = lostError(this.id, reason);
    this.#answer?.reject(error);
    this.#isGone = true;
    if (this.#over !== undefined) return;
    this.#over = 'lost';
    for (const { reject } of this.#unsettled()) reject(error);
    this.#watch?.lost(reason);
    this.#settled();
  }

  async #input(seq: number, bytes: Uint8Array | undefined): Promise<boolean> {
    const length = bytes?.length ?? 0;
    const { inputBytes, inputQueueBytes } = this.#limits;
    if (length > inputBytes) throw tooLarge(length, inputBytes);
    if (this.#waitingBytes + length > inputQueueBytes) throw tooMuch(this.id);
    if (this.#over !== undefined) return false;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ seq, bytes, resolve, reject });
      this.#waitingBytes += length;
      this.#flow();
    });
  }

  /** Output may follow in the same piece of the pipe, so the new driver hears from here on. */
  #attached(inputSeq: number): void {
    Object.assign(this.#next, this.#coming?.from);
    this.#watch = this.#coming?.watch;
    this.#coming = undefined;
    this.#answer?.resolve(inputSeq);
  }

  /** Sends what the window has room for (Q4). */
  #flow(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { seq, bytes } = next;
      const length = bytes?.length ?? 0;
      if (this.#underwayBytes + length > this.#limits.inputWindowBytes) return;
      this.#waiting.shift();
      this.#waitingBytes -= length;
      this.#underwayBytes += length;
      this.#underway.set(seq, next);
      const child = this.#number;
      this.#send(
        bytes === undefined ? { kind: 'inputEnd', child, seq } : { kind: 'input', child, seq, bytes },
      );
    }
  }

  #written(seq: number, taken: boolean): void {
    const written = this.#underway.get(seq);
    if (written === undefined) return;
    this.#underway.delete(seq);
    this.#underwayBytes -= written.bytes?.length ?? 0;
    written.resolve(taken);
    this.#flow();
  }

  #output(stream: StreamName, offset: number, bytes: Uint8Array): void {
    // Sent before the host heard of the new driver.
    if (this.#watch === undefined || offset !== this.#next[stream]) return;
    this.#next[stream] += bytes.length;
    this.#watch.output(stream, offset, bytes);
  }

  #exited({ code, signal, stderr }: ExitReport): void {
    if (this.#coming !== undefined || this.#over === 'lost') return; // It comes again, to the new driver.
    this.#over = 'exited';
    for (const { resolve } of this.#unsettled()) resolve(false);
    this.#watch?.exit({ code, signal, stderr: Buffer.from(stderr, 'base64') });
    this.#settled();
  }

  #unsettled(): readonly Waiting[] {
    const all = [...this.#underway.values(), ...this.#waiting];
    this.#underway.clear();
    this.#waiting = [];
    return all;
  }
}

/** A size that the system refuses would be an error in the host, far from who gave it. */
export function checkSize({ cols, rows }: { readonly cols: number; readonly rows: number }): void {
  const isSide = (side: number): boolean => Number.isInteger(side) && side > 0 && side <= 0xffff;
  if (isSide(cols) && isSide(rows)) return;
  const text = `A PTY of ${cols} columns and ${rows} rows: both are whole numbers from 1 to 65535.`;
  throw new TroupeError('UNSUPPORTED', text, { cols, rows });
}

function lostError(id: string, reason: string): TroupeError {
  return new TroupeError('PROCESS_LOST', `The child "${id}" is lost: ${reason}.`, { id, reason });
}

function tooLarge(length: number, max: number): TroupeError {
  const text = `An input of ${length} bytes; at most ${max} go at once. Write it in parts.`;
  return new TroupeError('TOO_LARGE', text, { bytes: length, max });
}

function tooMuch(id: string): TroupeError {
  const text = `The child "${id}" does not read; too much input waits for it. Write again later.`;
  return new TroupeError('MAILBOX_FULL', text, { id });
}
