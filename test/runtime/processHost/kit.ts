/**
 * What the tests of the process host share: a driver that records what it hears and acknowledges it, and the
 * facts of /proc that nothing else can tell.
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { onTestFinished, vi } from 'vitest';
import { ProcessHost } from '../../../runtime/processHost/processHost.ts';
import type { Launch, ProcessHostOptions } from '../../../runtime/processHost/processHost.ts';
import type { Child, Exit, Watch } from '../../../runtime/processHost/child.ts';
import type { StreamName } from '../../../runtime/processHost/frames.ts';

/** A host that ends with its test. */
export function newHost(options: ProcessHostOptions = {}): ProcessHost {
  const host = new ProcessHost(options);
  onTestFinished(async () => host.close());
  return host;
}

type Ending = { readonly exit: Exit } | { readonly lost: string };

/** Hears one child, in order, and lets whoever waits know. */
export class Recorder implements Watch {
  readonly parts: Record<StreamName, Uint8Array[]> = { out: [], err: [] };
  readonly ends: Record<StreamName, number>;
  readonly endings: Ending[] = [];
  child: Child | undefined;
  /** Acknowledges what it hears. */
  acks: boolean;
  #waiting: (() => void)[] = [];

  constructor({ acks = true, from = { out: 0, err: 0 } } = {}) {
    this.acks = acks;
    this.ends = { ...from };
  }

  output(stream: StreamName, offset: number, bytes: Uint8Array): void {
    if (offset !== this.ends[stream]) throw new Error(`a gap: ${offset} after ${this.ends[stream]}`);
    if (this.endings.length > 0) throw new Error('output after the end');
    this.ends[stream] += bytes.length;
    this.parts[stream].push(Buffer.from(bytes));
    if (this.acks) this.child?.ack(stream, this.ends[stream]);
    this.#heard();
  }

  exit(exit: Exit): void {
    this.endings.push({ exit });
    this.#heard();
  }

  lost(reason: string): void {
    this.endings.push({ lost: reason });
    this.#heard();
  }

  bytes(stream: StreamName = 'out'): Buffer {
    return Buffer.concat(this.parts[stream]);
  }

  text(stream: StreamName = 'out'): string {
    return this.bytes(stream).toString();
  }

  /** Resolves once this holds; looked at whenever something is heard. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  async says(text: string): Promise<void> {
    await this.until(() => this.text().includes(text));
  }

  /** How it ended. */
  async ending(): Promise<Exit> {
    await this.until(() => this.endings.length > 0);
    const [ending] = this.endings;
    if (ending === undefined || !('exit' in ending)) throw new Error(JSON.stringify(ending));
    return ending.exit;
  }

  #heard(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

let count = 0;

export type Given = Partial<Launch> & { readonly acks?: boolean };

export interface Opened {
  readonly child: Child;
  readonly heard: Recorder;
}

/** A child with its recorder. */
export async function open(host: ProcessHost, given: Given): Promise<Opened> {
  const { acks, ...launch } = given;
  const heard = new Recorder(acks === undefined ? {} : { acks });
  count += 1;
  const child = await host.open({ id: `child-${count}`, command: 'sh', ...launch }, heard);
  heard.child = child;
  if (heard.acks) {
    child.ack('out', heard.ends.out);
    child.ack('err', heard.ends.err);
  }
  return { child, heard };
}

export const size = { cols: 80, rows: 24 } as const;

/** A shell command, on pipes. */
export async function piped(host: ProcessHost, script: string, given: Given = {}): Promise<Opened> {
  return open(host, { args: ['-c', script], ...given });
}

/** A shell command, on a PTY. */
export async function onPty(host: ProcessHost, script: string, given: Given = {}): Promise<Opened> {
  return open(host, { args: ['-c', script], size, ...given });
}

/**
 * The processes of this session, dead ones that ours has not waited for included. (Orphans are init's to wait
 * for, and it takes its time.)
 */
export function sessionOf(leader: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.[3] === String(leader) && isThere(pid));
}

/** Whether this process is there; a dead one counts, unless it is init's to wait for. */
export function isThere(pid: number): boolean {
  const [state, parent] = statOf(pid) ?? [];
  return state !== undefined && !(state === 'Z' && parent === '1');
}

/** The fields of a process from its state on, while it is there. */
export function statOf(pid: number): readonly string[] | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

export function parentOf(pid: number): number | undefined {
  const parent = statOf(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** What the descriptors of a process lead to. */
export function descriptorsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [`${fd}:${readlinkSync(`/proc/${pid}/fd/${fd}`)}`];
    } catch {
      return []; // closed meanwhile
    }
  });
}

/** Waits for a fact of the system that announces itself to nobody. */
export async function becomes(holds: () => boolean): Promise<void> {
  await vi.waitFor(
    () => {
      if (!holds()) throw new Error(`not yet: ${holds.toString()}`);
    },
    { timeout: 50_000, interval: 5 },
  );
}
