/**
 * Terminals that an ACP agent asks its client for (`terminal/*`): sessions on a PTY that work for its run, so
 * that whatever runs in one is recorded, can be watched, and ends with the agent.
 */
import type { PtyEventOf } from '../../actors/ptySession/vocabulary.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Pty } from '../pty.ts';
import { placeWithin } from './acpFiles.ts';

/** Live or over, until they are released. */
const terminalsMax = 16;
/** What is kept of an output for the agent; the session has all of it. */
const outputBytesMax = 1024 * 1024;

export interface TerminalStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly outputByteLimit: number | undefined;
}

interface ExitStatus {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export class AcpTerminals {
  readonly #newSession: () => Pty;
  readonly #parent: string;
  readonly #root: string;
  readonly #terminals = new Map<string, Terminal>();
  #count = 0;
  #opening = 0;
  #isClosed = false;

  /** `parent`: the run that they work for; they begin within `root`. */
  constructor(newSession: () => Pty, parent: string, root: string) {
    this.#newSession = newSession;
    this.#parent = parent;
    this.#root = root;
  }

  async create(start: TerminalStart): Promise<{ readonly terminalId: string; readonly session: string }> {
    const cwd = await placeWithin(this.#root, start.cwd);
    if (this.#terminals.size + this.#opening >= terminalsMax) {
      const text = `${terminalsMax} terminals are there: release one.`;
      throw new TroupeError('TOO_MANY_REQUESTS', text, { terminalsMax });
    }
    const terminal = new Terminal(this.#newSession(), start.outputByteLimit);
    this.#opening++;
    try {
      await terminal.open({ ...start, cwd }, this.#parent);
    } finally {
      this.#opening--;
    }
    const terminalId = `terminal-${++this.#count}`;
    this.#terminals.set(terminalId, terminal);
    // The agent ended meanwhile.
    if (this.#isClosed) await this.release(terminalId);
    return { terminalId, session: terminal.address };
  }

  output(terminalId: string): object {
    return this.#of(terminalId).output;
  }

  async exit(terminalId: string): Promise<ExitStatus> {
    return this.#of(terminalId).exit();
  }

  async kill(terminalId: string): Promise<void> {
    await this.#of(terminalId).end();
  }

  async release(terminalId: string): Promise<void> {
    const terminal = this.#of(terminalId);
    this.#terminals.delete(terminalId);
    await terminal.end();
  }

  /** The agent has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#terminals.keys(), async (id) => this.release(id)));
  }

  #of(terminalId: string): Terminal {
    const terminal = this.#terminals.get(terminalId);
    if (terminal !== undefined) return terminal;
    throw new TroupeError('NOT_FOUND', `There is no terminal "${terminalId.slice(0, 100)}".`, {});
  }
}

class Terminal {
  readonly #session: Pty;
  readonly #limit: number;
  #tail = Buffer.alloc(0);
  #isTruncated = false;
  #exitStatus: ExitStatus | undefined;
  #over: Promise<ExitStatus> | undefined;

  constructor(session: Pty, limit = outputBytesMax) {
    this.#session = session;
    this.#limit = Math.min(limit, outputBytesMax);
  }

  get address(): string {
    return this.#session.address;
  }

  async open({ command, args, env, cwd }: TerminalStart, parent: string): Promise<void> {
    await this.#session.open({ command, args, env, cwd, parent });
    this.#over = this.#followed();
    // Whoever waits for it is told; perhaps nobody does.
    this.#over.catch(() => undefined);
  }

  async exit(): Promise<ExitStatus> {
    return this.#over ?? { exitCode: null, signal: null };
  }

  async #followed(): Promise<ExitStatus> {
    for await (const { bytes } of this.#session.output({ follow: true })) {
      const all = Buffer.concat([this.#tail, bytes]);
      this.#isTruncated ||= all.length > this.#limit;
      this.#tail = wholeCharacters(all.subarray(Math.max(0, all.length - this.#limit)));
    }
    this.#exitStatus = { exitCode: null, signal: null };
    for await (const { event } of this.#session.history({ types: ['pty.exit'], reverse: true })) {
      const { code, signal }: PtyEventOf<'pty.exit'> = event;
      this.#exitStatus = { exitCode: code, signal };
    }
    return this.#exitStatus;
  }

  get output(): object {
    const exitStatus = this.#exitStatus;
    return { output: this.#tail.toString(), truncated: this.#isTruncated, ...(exitStatus && { exitStatus }) };
  }

  async end(): Promise<void> {
    if (this.#exitStatus === undefined) await this.#session.close();
  }
}

/** Without the rest of a character whose beginning was cut off. */
function wholeCharacters(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  let at = 0;
  while (at < 3 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at++;
  return bytes.subarray(at);
}
