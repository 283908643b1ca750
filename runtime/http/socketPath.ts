/**
 * Where the socket of a directory's owner is.
 */
import { join, relative } from 'node:path';

/** As systems bound the path of a socket: 104 with its end on macOS, 108 on Linux. */
export const pathBytesMax = 103;
const name = 'owner.sock';

/** Its path, the shorter way from here if need be; undefined: the system allows no path of that length. */
export function socketIn(directory: string): string | undefined {
  const path = join(directory, name);
  const nearer = relative(process.cwd(), path);
  return [path, nearer].find((one) => Buffer.byteLength(one) <= pathBytesMax);
}
