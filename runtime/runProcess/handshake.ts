/**
 * What a client must wait for before it can prompt: a session, or the reason why there is none. Prompts that
 * come earlier are kept; a handshake that fails ends the process's input, and the run is told why.
 */
import type { DialectPorts } from './engine.ts';

export class Handshake<T> {
  readonly #ports: DialectPorts;
  #waiting: ((value: T) => void)[] = [];
  value: T | undefined;

  constructor(ports: DialectPorts) {
    this.#ports = ports;
  }

  readonly done = (value: T): void => {
    this.value = value;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const work of waiting) work(value);
  };

  readonly failed = (message: string): void => {
    this.#ports.tell({ type: 'error', class: 'handshake_failed', message, retryable: false });
    this.#waiting = [];
    this.#ports.end();
  };

  whenDone(work: (value: T) => void): void {
    if (this.value === undefined) this.#waiting.push(work);
    else work(this.value);
  }
}

/** A prompt that the engine refused is a turn that failed: its run waits for neither. */
export function failTurn(ports: DialectPorts, reason: string): void {
  const open = ports.turnId();
  const turnId = open ?? `${ports.requestId()}.refused`;
  if (open === undefined) ports.tell({ type: 'turn.start', turnId });
  ports.tell({ type: 'turn.end', turnId, status: 'failed', reason });
}
