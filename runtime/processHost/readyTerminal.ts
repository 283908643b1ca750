/**
 * One terminal made ready ahead, so that the next program need not wait for it: nothing in Node sets `iutf8`
 * (the line discipline erases whole characters; the library's own default, not the system's), and a `stty`
 * between the opening of a terminal and the start of its program takes longer than either. It is made when
 * the host is at leisure; whoever comes before it is ready, as in a burst, runs `stty` itself.
 */
import { spawn } from 'node:child_process';
import { shielded } from './descriptors.ts';
import { openTerminal } from './terminal.ts';
import type { Size, Terminal } from './terminal.ts';

/** Once the start is told: the program that has just been started takes as long to its first output. */
const leisureMs = 1;
const anySize: Size = { cols: 80, rows: 24 };

let ready: Terminal | undefined;
let isUnderWay = false;

/** A terminal of this size; not set: its program has to be started by way of `stty iutf8`. */
export function takeTerminal(size: Size): { readonly terminal: Terminal; readonly isSet: boolean } {
  const taken = ready;
  ready = undefined;
  if (!isUnderWay) {
    isUnderWay = true;
    setTimeout(makeReady, leisureMs);
  }
  if (taken === undefined) return { terminal: openTerminal(size), isSet: false };
  taken.resize(size.cols, size.rows);
  return { terminal: taken, isSet: true };
}

function makeReady(): void {
  const made = opened();
  if (made === undefined) return settle(undefined);
  const stty = spawn('stty', ['iutf8'], { stdio: shielded(made.slave) });
  stty.once('exit', () => settle(made));
  stty.once('error', () => {
    made.close();
    settle(undefined);
  });
}

/** Undefined where the system has none to spare: whoever needs one is told. */
function opened(): Terminal | undefined {
  try {
    return openTerminal(anySize);
  } catch {
    return undefined;
  }
}

function settle(made: Terminal | undefined): void {
  isUnderWay = false;
  ready = made;
}
