/**
 * A command as it is typed (C1), and as it is typed with a sentinel behind it (C2).
 *   C5. A line longer than the line discipline takes is refused, not cut.
 * The sentinel is for shells that we did not start, of the Bourne family. It is one more line, in one write
 * with the command. It runs in a subshell, which leaves no variable behind and ends with the status it tells,
 * so `$?` is as before; a leading space keeps it out of histories that can be told so. What is echoed of it
 * holds `\033`, spelled out, and therefore no marker.
 */
import { TroupeError } from '../troupeError.ts';
import { invariant } from '../invariant.ts';
import { isToken } from './marker.ts';

/** Of a line in canonical mode on Linux, its end included: 4096 bytes less one that the kernel keeps. */
export const lineBytesMax = 4095;

/** The command with its line end; throws `TOO_LARGE` for a line that would be cut. */
export function commandLine(command: string): string {
  const bytes = longestLineBytes(command);
  if (bytes > lineBytesMax) throw tooLong(bytes);
  return `${command}\n`;
}

/** Of its longest line, with that line's end. */
export function longestLineBytes(command: string): number {
  const encoder = new TextEncoder();
  return command.split('\n').reduce((most, line) => Math.max(most, encoder.encode(line).length + 1), 0);
}

/** The command and, on the next line, what tells its end: the marker of this token and id. */
export function commandWithSentinel(command: string, token: string, id: string): string {
  return commandLine(command) + sentinelLine(token, id);
}

/** The line that a shell runs to say that what came before has ended; also what it echoes. */
export function sentinelLine(token: string, id: string): string {
  invariant(isToken(token) && isToken(id), 'token and id of a sentinel mean nothing to a shell');
  return String.raw` (s=$?;printf '\033]7737;${token};E;${id};%s\007' $s;exit $s)` + '\n';
}

function tooLong(bytes: number): TroupeError {
  const text =
    `A line of ${bytes} bytes: the line discipline takes ${lineBytesMax} and drops the rest in silence. ` +
    'Put the command into a file, or break its lines.';
  return new TroupeError('TOO_LARGE', text, { bytes, max: lineBytesMax });
}
