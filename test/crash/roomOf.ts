/** How much of the disk a file takes: its length is not that, where it has a hole. */
import { statSync } from 'node:fs';

export function roomOf(path: string): number {
  return statSync(path).blocks * 512;
}
