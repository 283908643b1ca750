/**
 * A PTY as the host keeps it: the master's stream, and a slave of the host's own, which no child inherits by
 * accident (H4: it stays open while the child lives).
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { shield, unshield } from './descriptors.ts';
import { openLibraryPty } from './ptyLibrary.ts';
import type { LibraryPty } from './ptyLibrary.ts';

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export interface Terminal extends Pick<LibraryPty, 'master' | 'fd' | 'ptsName' | 'resize'> {
  readonly slave: number;
  close(): void;
}

/** Throws `PTY_UNAVAILABLE`, or that the system has no more of them. */
export function openTerminal({ cols, rows }: Size): Terminal {
  const pty = openLibraryPty(cols, rows);
  const { master, fd, ptsName } = pty;
  const slave = slaveOf(pty);
  shield(fd);
  master.on('error', () => undefined); // Its reader is told of the end of its child instead.
  return {
    master,
    fd,
    ptsName,
    slave,
    resize: (columns, lines) => pty.resize(columns, lines),
    close() {
      closeSync(slave);
      unshield(fd);
      master.destroy();
    },
  };
}

/**
 * A slave of ours instead of the two that the library has opened: a stream, which would read the child's
 * input away, and what that stream was made of, for which it has no name.
 */
function slaveOf(pty: LibraryPty): number {
  const slave = openSync(pty.ptsName, constants.O_RDWR | constants.O_NOCTTY);
  pty.slave.destroy();
  const { rdev } = fstatSync(slave);
  // The next free number after the master's, unless something lay in between.
  for (let n = pty.fd + 1; n < pty.fd + descriptorsMax; n++) {
    if (n === slave || deviceOf(n) !== rdev) continue;
    closeSync(n);
    break;
  }
  return slave;
}

const descriptorsMax = 65_536;

function deviceOf(descriptor: number): number | undefined {
  try {
    return fstatSync(descriptor).rdev;
  } catch {
    return undefined;
  }
}
