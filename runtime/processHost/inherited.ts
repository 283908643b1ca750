/**
 * Closes what came along from the runtime's process: descriptors that were open there without close-on-exec
 * (LMDB opens its data file so; whoever started the runtime may have left pipes). A child of the host would
 * have them next: it could write into the journal, or keep a pipe open that somebody waits for. Node's own
 * descriptors are all close-on-exec. Where there is no /proc nobody can tell them apart, and they stay.
 */
import { closeSync, existsSync, readFileSync, readdirSync } from 'node:fs';

const closeOnExec = 0o2000000;

export function closeInherited(kept: ReadonlySet<number>): void {
  if (!existsSync('/proc/self/fdinfo')) return;
  for (const descriptor of readdirSync('/proc/self/fdinfo').map(Number)) {
    if (!kept.has(descriptor) && isInherited(descriptor)) closeSync(descriptor);
  }
}

function isInherited(descriptor: number): boolean {
  let text: string;
  try {
    text = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false; // That of the listing itself.
    throw error;
  }
  const flags = /^flags:\s*([0-7]+)$/m.exec(text)?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
}
