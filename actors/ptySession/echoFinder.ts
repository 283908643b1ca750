/**
 * Finds the echo of a sentinel's line in the output, wherever that is cut (C2): what the terminal shows of
 * what we typed behind a command. What may still become the echo is held back, and no more than that. An
 * editor that breaks the line on a narrow screen shows it with escapes in between: that stays visible.
 */

export type EchoPiece = {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** It is the echo. */
  readonly isEcho: boolean;
};

const nothing = new Uint8Array(0);
/** Every sentinel's line begins with a space. */
const first = 0x20;

export class EchoFinder {
  /** The lines that may be echoed, with the line end that the terminal makes of theirs. */
  readonly #lines = new Map<string, Uint8Array>();
  #held: Uint8Array = nothing;
  #heldAt = 0;

  /** `line` as it was typed. */
  expect(id: string, line: string): void {
    this.#lines.set(id, new TextEncoder().encode(line.replace(/\n$/, '\r\n')));
  }

  /** The shell has read it: whatever looks like it from now on is output (C5). */
  forget(id: string): void {
    this.#lines.delete(id);
  }

  feed(offset: number, chunk: Uint8Array): readonly EchoPiece[] {
    if (this.#lines.size === 0 && this.#held.length === 0) return [{ offset, bytes: chunk, isEcho: false }];
    const start = this.#held.length === 0 ? offset : this.#heldAt;
    const bytes = this.#held.length === 0 ? chunk : joined(this.#held, chunk);
    this.#held = nothing;
    const pieces: EchoPiece[] = [];
    let given = 0;
    const give = (end: number, isEcho: boolean): void => {
      if (end > given) pieces.push({ offset: start + given, bytes: bytes.subarray(given, end), isEcho });
      given = end;
    };
    for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
      const look = this.#look(bytes, at);
      if (look === 'none') continue;
      give(at, false);
      if (look === 'open') {
        this.#held = bytes.slice(at);
        this.#heldAt = start + at;
        return pieces;
      }
      give(at + look, true);
      at += look - 1;
    }
    give(bytes.length, false);
    return pieces;
  }

  /** Nothing follows in this place: what was held back is output. */
  flush(): readonly EchoPiece[] {
    const bytes = this.#held;
    this.#held = nothing;
    return bytes.length === 0 ? [] : [{ offset: this.#heldAt, bytes, isEcho: false }];
  }

  /** The length of the echo that begins here; 'open' where the bytes end before that can be told. */
  #look(bytes: Uint8Array, at: number): number | 'open' | 'none' {
    let look: 'open' | 'none' = 'none';
    for (const line of this.#lines.values()) {
      const same = sameFrom(line, bytes, at);
      if (same === line.length) return same;
      if (at + same === bytes.length) look = 'open';
    }
    return look;
  }
}

function sameFrom(line: Uint8Array, bytes: Uint8Array, at: number): number {
  let i = 0;
  while (i < line.length && at + i < bytes.length && line[i] === bytes[at + i]) i++;
  return i;
}

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  const all = new Uint8Array(before.length + after.length);
  all.set(before);
  all.set(after, before.length);
  return all;
}
