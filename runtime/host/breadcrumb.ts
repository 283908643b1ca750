/**
 * Who is running, in memory that outlives the thread: after a crash the supervisor reads whose code it was.
 *   bytes 0–3: length · 4–1015: address (latin1) · 1016–1019: heartbeat, raised while the loop turns
 */

export const breadcrumbBytes = 1024;
const heartbeatIndex = 1016 / 4;

export class Breadcrumb {
  readonly #bytes: Buffer;
  readonly #words: Int32Array;
  #last = '';

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(breadcrumbBytes)) {
    this.#bytes = Buffer.from(memory);
    this.#words = new Int32Array(memory);
    this.leave();
  }

  /** User code of this actor runs from here on. */
  enter(address: string): void {
    if (address === this.#last) return;
    this.#last = address;
    this.#words[0] = this.#bytes.write(address, 4, 1008, 'latin1');
  }

  /** Nobody's code runs. */
  leave(): void {
    this.#last = '';
    this.#words[0] = 0;
  }

  beat(): void {
    Atomics.add(this.#words, heartbeatIndex, 1);
  }

  static read(memory: SharedArrayBuffer): { readonly address: string | undefined; readonly beats: number } {
    const bytes = Buffer.from(memory);
    const words = new Int32Array(memory);
    const length = words[0] ?? 0;
    const address = length > 0 ? bytes.toString('latin1', 4, 4 + length) : undefined;
    return { address, beats: Atomics.load(words, heartbeatIndex) };
  }
}
