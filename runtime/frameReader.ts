/**
 * Frames out of what a source gives: objects as they are, bytes and text as lines of JSON. A line that is no
 * JSON is a frame, too, and a text: engines print warnings. Blank lines are none.
 */

/** A longer line is no frame of an engine: its beginning is told as text, and the rest is passed over. */
const lineLengthMax = 16 * 1024 * 1024;
const beginningLength = 4096;

export interface Read {
  readonly frame: unknown;
  /** The line that it was read from; undefined for an object. */
  readonly line: string | undefined;
}

export class FrameReader {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #isPassingOver = false;

  /** The frames that are whole with this item. */
  *read(item: unknown): Generator<Read, void, undefined> {
    const isText = typeof item === 'string';
    if (!isText && !(item instanceof Uint8Array)) {
      yield { frame: item, line: undefined };
      return;
    }
    const text = isText ? item : this.#decoder.decode(item, { stream: true });
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      const line = this.#rest + text.slice(start, end);
      start = end + 1;
      this.#rest = '';
      if (this.#isPassingOver) this.#isPassingOver = false;
      else if (/\S/.test(line)) yield { frame: parsed(line), line };
    }
    if (!this.#isPassingOver) this.#rest += text.slice(start);
    if (this.#rest.length > lineLengthMax) yield this.#cut();
  }

  /** The last line, if it is whole without its end; otherwise how many characters there are of it. */
  end(): Read | number {
    const line = this.#rest + this.#decoder.decode();
    if (!/\S/.test(line)) return 0;
    const frame = parsed(line);
    // The writer was cut off: the whole line comes when the source is read again.
    return typeof frame === 'string' ? line.length : { frame, line };
  }

  #cut(): Read {
    const line = this.#rest.slice(0, beginningLength);
    this.#rest = '';
    this.#isPassingOver = true;
    return { frame: line, line };
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return line;
  }
}
