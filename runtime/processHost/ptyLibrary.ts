/**
 * The one home of node-pty. It is loaded when the first PTY is opened; whoever has pipes only need not
 * install it. Of the library only the opening and the size of a PTY are used: its own way of starting a child
 * loses the end of the output, and passes every open PTY on to the next child.
 */
import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import { TroupeError } from '../../actors/troupeError.ts';

/** A PTY as the library gives it; its declarations leave these out. */
export interface LibraryPty {
  readonly master: Duplex;
  readonly slave: Duplex;
  readonly fd: number;
  readonly ptsName: string;
  resize(cols: number, rows: number): void;
}

interface Library {
  open(options: { cols: number; rows: number; encoding: null }): LibraryPty;
}

const names = ['@lydell/node-pty', 'node-pty'];
const load = createRequire(import.meta.url);
let library: Library | undefined;

/** A new PTY; throws `PTY_UNAVAILABLE` with what to install. */
export function openLibraryPty(cols: number, rows: number): LibraryPty {
  library ??= loaded();
  return library.open({ cols, rows, encoding: null });
}

function loaded(): Library {
  if (process.platform === 'win32') throw unavailable('PTYs are not supported on Windows yet.');
  const reasons: string[] = [];
  for (const name of names) {
    try {
      return load(name) as Library; // its shape is proved by the first PTY
    } catch (error) {
      const [line = ''] = (error as Error).message.split('\n');
      reasons.push(line);
    }
  }
  throw unavailable(`No PTY without its library: npm install ${names[0]}. (${reasons.join(' ')})`);
}

function unavailable(text: string): TroupeError {
  return new TroupeError('PTY_UNAVAILABLE', text, { install: names[0] });
}
