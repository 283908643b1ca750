/**
 * The process host: one small process that owns every child of a runtime, piped and on a PTY, and starts
 * nothing else (but the `stty` of a terminal that it makes ready). It speaks frames with the runtime over
 * descriptor 3, or over the socket it is told to connect to. When the runtime goes, by whatever means, it
 * ends all children and itself (H3).
 */
import { connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Children } from './children.ts';
import { protocolVersion } from './frames.ts';
import type { Frame } from './frames.ts';
import { closeInherited } from './inherited.ts';
import { processLimitsOf } from './limits.ts';
import { Wire } from './wire.ts';

function connection(): Duplex {
  const at = process.argv.indexOf('--connect');
  const path = at < 0 ? undefined : process.argv[at + 1];
  if (path !== undefined) return connect(path);
  // Of a process that somebody else starts, they know what it needs.
  closeInherited(new Set([0, 1, 2, 3]));
  return new Socket({ fd: 3 });
}

let children: Children | undefined;
let ending = false;

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  await children?.close();
  await wire.flushed();
  process.exit(code);
}

function greeted(frame: Extract<Frame, { kind: 'hello' }>): void {
  if (frame.version !== protocolVersion) {
    wire.end(`it speaks version ${frame.version}, this host ${protocolVersion}`); // Q2
    return;
  }
  children = new Children(processLimitsOf(frame.limits), (answer) => wire.send(answer));
}

const wire = new Wire(connection(), {
  frame(frame) {
    if (frame.kind === 'hello') greeted(frame);
    else children?.take(frame);
  },
  ended: () => void end(0),
});
wire.send({ kind: 'hello', version: protocolVersion, pid: process.pid });

// A shell's Ctrl-C or a system that shuts down: the children go first.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => void end(0));
}
