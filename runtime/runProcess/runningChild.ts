/**
 * The port between a run's process and what carries it: pipes of the process host, or a session on a PTY.
 * What it prints and how it ends is told to the watch that it was opened with.
 */
import type { Child, Watch } from '../processHost/child.ts';
import type { StreamName } from '../processHost/frames.ts';
import { InputQueue } from '../processHost/inputQueue.ts';
import type { Launch, ProcessHost } from '../processHost/processHost.ts';
import type { ProcessMark } from '../processHost/processTable.ts';

export interface RunningChild {
  readonly mark: ProcessMark;
  /** The address of its session, if it has one. */
  readonly session?: string;
  /** Everything of this stream before `offset` is recorded. */
  ack(stream: StreamName, offset: number): void;
  type(text: string): void;
  /** Nothing more is typed. */
  endInput(): void;
  signal(signal: NodeJS.Signals): void;
  /** In order, and altogether. */
  end(): void;
}

export class PipedProcess implements RunningChild {
  readonly #child: Child;
  readonly #input: InputQueue;

  constructor(child: Child) {
    this.#child = child;
    this.#input = new InputQueue(child);
  }

  static async open(host: ProcessHost, launch: Launch, watch: Watch): Promise<PipedProcess> {
    return new PipedProcess(await host.open(launch, watch));
  }

  get mark(): ProcessMark {
    return this.#child.mark;
  }

  ack(stream: StreamName, offset: number): void {
    this.#child.ack(stream, offset);
  }

  type(text: string): void {
    this.#input.push(Buffer.from(text));
  }

  endInput(): void {
    this.#input.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.signal(signal);
  }

  end(): void {
    this.#child.end();
  }
}
