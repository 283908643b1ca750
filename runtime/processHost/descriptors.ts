/**
 * Keeps the host's PTYs out of its children. node-pty opens masters without close-on-exec, so every child
 * started later would inherit them: it could read another session's output and type into it. Each such
 * descriptor is given to the child as /dev/null instead, at its own number. (Nothing in Node can close it in
 * the child, or set close-on-exec on a descriptor that is open.)
 */
import type { StdioOptions } from 'node:child_process';
import { openSync } from 'node:fs';
import { devNull } from 'node:os';

const inheritable = new Set<number>();
let nothing: number | undefined;

/** From now on no child gets this descriptor. */
export function shield(descriptor: number): void {
  inheritable.add(descriptor);
}

/** It is closed: its number may be anything's. */
export function unshield(descriptor: number): void {
  inheritable.delete(descriptor);
}

/** What a child is started with: its own three descriptors, and nothing of anybody else's. */
export function shielded(own: 'pipe' | number): StdioOptions {
  nothing ??= openSync(devNull, 'r+');
  const stdio: ('pipe' | 'ignore' | number)[] = [own, own, own];
  const last = Math.max(2, ...inheritable);
  for (let n = 3; n <= last; n++) stdio[n] = inheritable.has(n) ? nothing : 'ignore';
  return stdio;
}
