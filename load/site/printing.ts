/**
 * A program that prints a known text on its terminal, as fast as that takes it, and ends: numbered lines,
 * each 100 bytes long there. It begins when a line is typed.
 */
export const lineBytes = 100;
const digits = 8;
const ready = 'ready\r\n';
const filling =
  'what a build says that nobody reads, line after line, until something is wrong with it at last';
/** A number and a space before it; behind it a terminal makes two bytes of a line end. */
const text = filling.slice(0, lineBytes - digits - 3).padEnd(lineBytes - digits - 3, '.');

/** For `/v1/ptys/{id}/open`. */
export function printer(lines: number): object {
  const line = `for (n = 1; n <= ${lines}; n++) printf "%0${digits}d ${text}\\n", n`;
  // Without an echo, what is typed prints nothing.
  const script = `stty -echo; echo ready; read go; exec awk 'BEGIN { ${line} }'`;
  return { command: 'sh', args: ['-c', script], env: { PATH: process.env['PATH'] ?? '' } };
}

/** All that it prints. */
export function printedBy(lines: number): Buffer {
  const printed = Array.from({ length: lines }, (_, i) => {
    return `${String(i + 1).padStart(digits, '0')} ${text}\r\n`;
  });
  return Buffer.from(ready + printed.join(''));
}
