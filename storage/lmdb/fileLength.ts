/**
 * How long data.mdb is. A cut file is refused while its length is only a number: reading beyond its end kills
 * the process. LMDB itself leaves the last pages unwritten that a transaction took and gave back, so the
 * file of a good journal could be as short as a cut one; therefore it is kept longer than its pages.
 *   L1. `keepAhead` runs inside a write transaction: nobody else writes then, and so it never cuts.
 *   L2. What it adds is a hole: it takes no room on the disk.
 *   L3. It holds the file itself, not its name: after a takeover the name may be another's (shrink.ts).
 */
import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { TroupeError } from '../../actors/troupeError.ts';

const aheadBytes = 4 * 1024 * 1024;
/** What is written between two looks, which cost some 9 µs. */
const lookEveryBytes = 1024 * 1024;
/** Pages that a small transaction copies. */
const copiedBytes = 16 * 1024;

export class FileLength {
  readonly #file: number;
  readonly #pagesBytes: () => number;
  #writtenBytes = Infinity;

  /** `pagesBytes`: where its last page ends, as LMDB tells it. */
  constructor(directory: string, isOwned: boolean, pagesBytes: () => number) {
    this.#pagesBytes = pagesBytes;
    this.#file = openSync(join(directory, 'data.mdb'), isOwned ? 'r+' : 'r');
  }

  close(): void {
    closeSync(this.#file);
  }

  assertUncut(): void {
    const expected = this.#pagesBytes();
    const actual = fstatSync(this.#file).size;
    if (actual >= expected) return;
    const text = `data.mdb was cut to ${actual} of ${expected} bytes. Restore a backup.`;
    throw new TroupeError('CORRUPT', text, { actual, expected });
  }

  /** L1. For a transaction that puts so many bytes. */
  keepAhead(bytes: number): void {
    // Twice: pages are not full.
    const growsBytes = copiedBytes + 2 * Math.max(0, bytes);
    this.#writtenBytes += growsBytes;
    if (this.#writtenBytes < lookEveryBytes) return;
    const wanted = this.#pagesBytes() + growsBytes + lookEveryBytes;
    if (fstatSync(this.#file).size < wanted) this.#lengthen(wanted + aheadBytes);
    this.#writtenBytes = growsBytes;
  }

  #lengthen(bytes: number): void {
    try {
      ftruncateSync(this.#file, bytes);
    } catch (error) {
      const text = `data.mdb cannot grow to ${bytes} bytes (${String(error)}). Give it room and send again.`;
      throw new TroupeError('JOURNAL_FULL', text, { bytes }, error);
    }
  }
}
