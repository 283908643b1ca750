/**
 * A command in a session, waited for (C1–C5). The waiter is no part of the session: whatever becomes of it,
 * the command runs on, and its end is recorded.
 */
import { randomUUID } from 'node:crypto';
import { commandLine } from '../../actors/ptySession/commandLine.ts';
import { outputFactBytesMax } from '../../actors/ptySession/limits.ts';
import type { CommandOutcome, PtyEventOf } from '../../actors/ptySession/vocabulary.ts';
import { assertMs, assertNames } from '../invalidOption.ts';
import type { Pty } from '../pty.ts';
import type { Screen } from '../ptySession/screenOf.ts';
import type { CommandEnd } from './commandWaiters.ts';
import { ShownOutput } from './shownOutput.ts';

/** How a command is waited for. */
export interface ExecOptions {
  /** How long to wait for its end; the command itself is not ended. */
  readonly timeoutMs?: number;
  /** Ends the waiting, not the command. */
  readonly signal?: AbortSignal;
  /** Its identity: asked again with it, it runs once. */
  readonly commandId?: string;
  readonly by?: string;
  readonly trace?: string;
  /** Of its output the last so many bytes; default 1 MiB. The whole stands in the history. */
  readonly maxOutputBytes?: number;
}

/** What a command printed, and how it ended. */
export interface ExecResult {
  readonly commandId: string;
  readonly outcome: CommandOutcome | 'timedOut' | 'aborted';
  /** Of a command that has ended. */
  readonly exitCode?: number;
  /** What the session printed meanwhile, as its terminal got it, without what is hidden. */
  readonly output: Uint8Array;
  /** There was more than `maxOutputBytes`: these are the last of them. */
  readonly truncated?: true;
  /** The same as text. */
  readonly text: string;
  /** The facts from its start to its end, or to the last one when nobody waited longer. */
  readonly seqFrom: number;
  readonly seqTo: number;
  readonly durationMs: number;
  /** What is on the screen, if it took longer than the caller would wait. */
  readonly screen?: Screen;
}

type SessionFact = ReturnType<Pty['history']> extends AsyncIterable<infer F> ? F : never;
type Waited = CommandEnd | 'exited' | 'timedOut' | 'aborted';

const names: Readonly<Record<keyof ExecOptions, true>> = {
  timeoutMs: true,
  signal: true,
  commandId: true,
  by: true,
  trace: true,
  maxOutputBytes: true,
};
const outputBytesDefault = 1024 * 1024;

export async function exec(session: Pty, command: string, options: ExecOptions = {}): Promise<ExecResult> {
  assertNames('exec', options, names);
  const { commandId = randomUUID(), timeoutMs, signal, by, trace } = options;
  commandLine(command); // C5: said here, where it says what to do.
  if (timeoutMs !== undefined) assertMs('timeoutMs', timeoutMs);
  const waiting = waitedFor(session, commandId, options);
  try {
    const event = { type: 'command.start' as const, commandId, command };
    const notes = { id: commandId, ...(by !== undefined && { by }), ...(trace !== undefined && { trace }) };
    const { seq, duplicate } = await session.send(event, { ...notes, ...(signal && { signal }) });
    const known = duplicate ? await endIn(session, commandId, seq) : undefined;
    const waited = known ?? (await waiting.result);
    return await resultOf(session, { commandId, seqFrom: seq, waited, options });
  } finally {
    waiting.stop();
  }
}

/** Entered before the command is recorded (C3). */
function waitedFor(
  session: Pty,
  commandId: string,
  { timeoutMs, signal }: ExecOptions,
): { readonly result: Promise<Waited>; stop(): void } {
  const { promise, resolve, reject } = withResolvers<Waited>();
  promise.catch(() => undefined); // A refused send is what the caller hears then.
  const leave = session.opened.ptys.waiters.add(session.address, commandId, {
    ended: resolve,
    exited: () => resolve('exited'),
    failed: reject,
  });
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => resolve('timedOut'), timeoutMs);
  const abort = (): void => resolve('aborted');
  signal?.addEventListener('abort', abort, { once: true });
  const stop = (): void => {
    leave();
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  };
  return { result: promise, stop };
}

function withResolvers<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((one, other) => {
    resolve = one;
    reject = other;
  });
  return { promise, resolve, reject };
}

/** Of a command that was asked for before: its end, if it has one, or the session's. */
async function endIn(session: Pty, commandId: string, after: number): Promise<Waited | undefined> {
  for await (const { seq, event } of session.history({ after, types: ['command.end'] })) {
    if (event.commandId === commandId) return { end: event, seq };
  }
  return (await session.digest()).sealed ? 'exited' : undefined;
}

interface Parts {
  readonly commandId: string;
  readonly seqFrom: number;
  readonly waited: Waited;
  readonly options: ExecOptions;
}

async function resultOf(session: Pty, { commandId, seqFrom, waited, options }: Parts): Promise<ExecResult> {
  const found = typeof waited === 'string' ? await endIn(session, commandId, seqFrom) : waited;
  const end = typeof found === 'object' ? found : undefined;
  const told = await toldBetween(session, seqFrom, end, options.maxOutputBytes ?? outputBytesDefault);
  const outcome = end?.end.outcome ?? (waited as Exclude<Waited, CommandEnd>); // One of them it is.
  const isLate = outcome === 'timedOut';
  return {
    commandId,
    outcome,
    ...(end?.end.exitCode !== undefined && { exitCode: end.end.exitCode }),
    ...told,
    text: new TextDecoder().decode(told.output),
    ...(isLate && { screen: await session.screen() }),
  };
}

async function toldBetween(
  session: Pty,
  seqFrom: number,
  ended: CommandEnd | undefined,
  bytesMax: number,
): Promise<Pick<ExecResult, 'output' | 'truncated' | 'seqFrom' | 'seqTo' | 'durationMs'>> {
  const before = ended === undefined ? {} : { before: ended.seq + 1 };
  const facts = await lastFacts(session, { after: seqFrom - 1, ...before }, bytesMax);
  const [first, last] = [facts[0], facts.at(-1)];
  const started = first?.seq === seqFrom ? first : await factAt(session, seqFrom);
  const { from = 0, offset: to = Infinity }: Partial<PtyEventOf<'command.end'>> = ended?.end ?? {};
  const shown = new ShownOutput();
  const tail = new Tail(bytesMax);
  for (const fact of facts) {
    for (const { offset, bytes } of shown.take(fact)) {
      tail.push(bytes.subarray(Math.max(0, from - offset), Math.max(0, to - offset)));
    }
  }
  const durationMs = Math.max(0, (last?.at ?? 0) - (started?.at ?? 0));
  const output = tail.bytes();
  const cut = tail.pushed > output.length && { truncated: true as const };
  return { output, ...cut, seqFrom, seqTo: last?.seq ?? seqFrom, durationMs };
}

/**
 * The facts of a range with its last so many shown bytes, oldest first: what a command printed before them
 * may be gigabytes. What hides an output stands right before it, so that two facts more tell it.
 */
async function lastFacts(
  session: Pty,
  range: { readonly after: number; readonly before?: number },
  bytesMax: number,
): Promise<readonly SessionFact[]> {
  const facts: SessionFact[] = [];
  const wanted = bytesMax + 2 * outputFactBytesMax;
  let bytes = 0;
  for await (const fact of session.history({ ...range, reverse: true })) {
    facts.push(fact);
    bytes += shownBytesOf(fact);
    if (bytes >= wanted) break;
  }
  return facts.toReversed();
}

function shownBytesOf({ event }: SessionFact): number {
  if (event.type === 'pty.output') return event.bytes.length;
  if (event.type !== 'pty.hidden') return 0;
  return event.ranges.reduce((sum, [from, to]) => sum + from - to, 0);
}

async function factAt(session: Pty, seq: number): Promise<SessionFact | undefined> {
  for await (const fact of session.history({ after: seq - 1, before: seq + 1 })) return fact;
  return undefined;
}

/** The last bytes of a stream. */
class Tail {
  readonly #most: number;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  /** Bytes of the whole stream. */
  pushed = 0;

  constructor(most: number) {
    this.#most = most;
  }

  push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.pushed += bytes.length;
    this.#length += bytes.length;
    for (let [first] = this.#chunks; first !== undefined; [first] = this.#chunks) {
      if (this.#length - first.length < this.#most) return;
      this.#length -= first.length;
      this.#chunks.shift();
    }
  }

  bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.#chunks).subarray(-this.#most));
  }
}
