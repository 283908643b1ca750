/**
 * What a verb says: results to stdout, as text or as one JSON value a line; remarks to stderr.
 *   - Colours only where somebody looks: a terminal, without NO_COLOR.
 *   - Text that comes from a history cannot reach the terminal's controls.
 *   - It waits for a slow reader; a reader that leaves (`| head`) ends the program without a complaint.
 */
import { once } from 'node:events';

export interface Sink {
  write(text: string): boolean;
  readonly isTTY?: boolean;
  readonly columns?: number;
  once(event: 'drain' | 'close', listener: () => void): unknown;
  off(event: 'drain' | 'close', listener: () => void): unknown;
}

export interface OutputOptions {
  readonly out: Sink;
  readonly errors: Sink;
  readonly isJson: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof styles;

export class Output {
  readonly isJson: boolean;
  readonly #out: Sink;
  readonly #errors: Sink;
  readonly #hasColours: boolean;

  constructor({ out, errors, isJson, env }: OutputOptions) {
    this.isJson = isJson;
    this.#out = out;
    this.#errors = errors;
    const { NO_COLOR: no = '', FORCE_COLOR: force = '', TERM: term } = env;
    this.#hasColours = no === '' && (force !== '' || (out.isTTY === true && term !== 'dumb'));
  }

  /** One result, in the form that was asked for. */
  async item(value: unknown, text: () => string): Promise<void> {
    await this.line(this.isJson ? JSON.stringify(value) : text());
  }

  async line(text: string): Promise<void> {
    if (this.#out.write(`${text}\n`)) return;
    await once(this.#out as never, 'drain');
  }

  /** For whoever sits there: never part of a result. */
  note(text: string): void {
    this.#errors.write(`${text}\n`);
  }

  /** A line that the next one takes the place of; nothing where nobody looks. */
  progress(text: string): void {
    if (this.#errors.isTTY === true) this.#errors.write(`\r\u001b[K${text}`);
  }

  paint(style: Style, text: string): string {
    return this.#hasColours ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
  }

  /** How wide a line may be. */
  get columns(): number {
    return this.#out.isTTY === true ? Math.max(40, this.#out.columns ?? 100) : Infinity;
  }
}

/** A text of unknown origin on one line, with what would steer a terminal made visible. */
export function shown(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu, (one) => {
    const code = one.codePointAt(0) ?? 0;
    return code === 10 ? '⏎' : code === 9 ? ' ' : `\\u{${code.toString(16)}}`;
  });
}

/** Rows in columns as wide as they need to be; the last one takes the rest. */
export function columnsOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
