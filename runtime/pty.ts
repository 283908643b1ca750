/**
 * A PTY session as its user has it: a shell or any program on a terminal, whose every byte is recorded. Each
 * verb sends exactly one documented event (actors/ptySession/vocabulary.ts); whatever else a reference can
 * do, a session can.
 */
import { randomUUID } from 'node:crypto';
import { keys } from '../actors/ptySession/keys.ts';
import type { KeyModes } from '../actors/ptySession/keys.ts';
import { paste } from '../actors/ptySession/paste.ts';
import { shellOf } from '../actors/ptySession/shellIntegration.ts';
import type { Shell } from '../actors/ptySession/shellIntegration.ts';
import type { PtyEventOf } from '../actors/ptySession/vocabulary.ts';
import { errorCodes, isTroupeError, TroupeError } from '../actors/troupeError.ts';
import type { ErrorCode } from '../actors/troupeError.ts';
import type { pty } from './builtIn.ts';
import { exec } from './pty/ptyExec.ts';
import type { ExecOptions, ExecResult } from './pty/ptyExec.ts';
import { ShownOutput } from './pty/shownOutput.ts';
import type { ShownPiece } from './pty/shownOutput.ts';
import { attached } from './pty/attached.ts';
import type { PtyAttach } from './pty/attached.ts';
import type { Attached } from './ptySession/attach.ts';
import type { InputModes } from './ptySession/inputModes.ts';
import { recording } from './ptySession/recording.ts';
import type { RecordingFormat, RecordingOptions } from './ptySession/recording.ts';
import type { LookOptions } from './ptySession/screen.ts';
import type { Screen } from './ptySession/screenOf.ts';
import type { SessionClock, SessionFacts } from './ptySession/sessionFacts.ts';
import type { WaitOptions } from './ptySession/waiting.ts';
import type { WaitCondition } from './ptySession/watch.ts';
import { assertNames } from './invalidOption.ts';
import { Ref } from './ref.ts';
import type { Receipt } from './ref.ts';
import type { VerbOptions } from './run.ts';

/** The program of a session, and its terminal. */
export interface PtyOpen {
  /** A program and its arguments. Absent: a shell. */
  readonly command?: string;
  readonly args?: readonly string[];
  /** A shell that tells its prompts; default: the user's own (`$SHELL`), or else `sh`. */
  readonly shell?: Shell;
  readonly cwd?: string;
  /** Beside the documented minimum (PATH, HOME, LANG, …), which is all that is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** As `env`, and never recorded. */
  readonly secretEnv?: Readonly<Record<string, string>>;
  readonly cols?: number;
  readonly rows?: number;
  /** Whom it works for, `run/login`: the outbox of that name is told of its end. */
  readonly parent?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Which part of the output. */
export interface OutputOptions {
  /** What was recorded behind this fact; absent: from the beginning. */
  readonly after?: number;
  /** Goes on with what comes, until the session has ended. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

const outputNames: Record<keyof OutputOptions, true> = { after: true, follow: true, signal: true };

/** One event holds at most so much input; more becomes several. */
const inputBytesMax = 32 * 1024;

export class Pty extends Ref<typeof pty> {
  /** Resolves when it has started; rejects with why it has not (`START_FAILED`, `PTY_UNAVAILABLE`). */
  async open(
    { shell, labels, secretEnv, args, ...options }: PtyOpen = {},
    send: VerbOptions = {},
  ): Promise<Receipt<undefined>> {
    const command = options.command ?? shell ?? ownShell();
    const isShell = shellOf(command) !== undefined && args === undefined;
    const launchId = secretEnv === undefined ? undefined : randomUUID();
    const event = {
      type: 'pty.open' as const,
      cwd: process.cwd(),
      ...options,
      command,
      ...(args !== undefined && { args: [...args] }),
      ends: isShell ? ('prompt' as const) : ('sentinel' as const),
      ...(launchId !== undefined && { launchId }),
    };
    const { ptys } = this.opened;
    if (launchId !== undefined && secretEnv !== undefined) ptys.keepSecret(launchId, { ...secretEnv });
    try {
      const receipt = await this.send(event, {
        ...send,
        ...(labels && { labels }),
      });
      await this.#live(send.signal);
      return receipt;
    } finally {
      if (launchId !== undefined) ptys.dropSecret(launchId);
    }
  }

  async #live(signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.reached('attached.live', signal);
    } catch (error) {
      if (!isTroupeError(error, 'SEALED')) throw error;
      for await (const { event } of this.history({ types: ['pty.openFailed'] })) throw failed(event);
    }
  }

  /** As typed. */
  async write(data: string | Uint8Array, options: VerbOptions = {}): Promise<Receipt<undefined>> {
    return this.#input(data, 'write', options);
  }

  /** As pasted; bracketed if the program in it asked for that (mode 2004), unless it is said here. */
  async paste(
    text: string,
    {
      bracketed = this.#modes.bracketedPaste,
      ...options
    }: VerbOptions & { readonly bracketed?: boolean } = {},
  ): Promise<Receipt<undefined>> {
    return this.#input(paste(text, bracketed), 'paste', options);
  }

  /** By name: `keys(['Ctrl+C', 'Up', 'F5'])`; cursor keys as the program in it asked for them. */
  async keys(
    names: string | readonly string[],
    { applicationCursor = this.#modes.applicationCursor, ...options }: VerbOptions & KeyModes = {},
  ): Promise<Receipt<undefined>> {
    const list = typeof names === 'string' ? [names] : names;
    return this.#input(keys(list, { applicationCursor }), 'keys', options);
  }

  get #modes(): Readonly<Pick<InputModes, 'applicationCursor' | 'bracketedPaste'>> {
    return this.opened.ptys.modesOf(this.address) ?? { applicationCursor: false, bracketedPaste: false };
  }

  async #input(
    data: string | Uint8Array,
    via: 'write' | 'paste' | 'keys',
    { id, ...options }: VerbOptions,
  ): Promise<Receipt<undefined>> {
    const bytes = Uint8Array.from(typeof data === 'string' ? Buffer.from(data) : data);
    this.opened.ptys.assertRoom(this.address, bytes.length);
    const parts = Math.max(1, Math.ceil(bytes.length / inputBytesMax));
    const sent = Array.from({ length: parts }, async (_, i) => {
      const part = bytes.slice(i * inputBytesMax, (i + 1) * inputBytesMax);
      const own = id === undefined ? {} : { id: parts === 1 ? id : `${id}#${i}` };
      return this.send({ type: 'pty.input', bytes: part, via }, { ...options, ...own });
    });
    const receipts = await Promise.all(sent);
    return receipts.at(-1) as Receipt<undefined>; // There is one part at least.
  }

  /** Types a command when the shell can take it, and waits for its end. */
  async exec(command: string, options?: ExecOptions): Promise<ExecResult> {
    return exec(this, command, options);
  }

  async resize(cols: number, rows: number, options?: VerbOptions): Promise<Receipt<undefined>> {
    return this.send({ type: 'pty.resize', cols, rows }, options);
  }

  /** To the group in the foreground. */
  async kill(signal: NodeJS.Signals = 'SIGTERM', options?: VerbOptions): Promise<Receipt<undefined>> {
    return this.send({ type: 'pty.signal', signal }, options);
  }

  /** A name for this place of the recording. */
  async mark(label: string, options?: VerbOptions): Promise<Receipt<undefined>> {
    return this.send({ type: 'pty.mark', label }, options);
  }

  /** Ends it in order (HUP, TERM, KILL), and resolves when its end is recorded. */
  async close(options: VerbOptions = {}): Promise<void> {
    const { signal } = options;
    try {
      await this.send({ type: 'pty.close' }, options);
    } catch (error) {
      const isClosing = isTroupeError(error, 'NOT_ACCEPTED') || isTroupeError(error, 'SEALED');
      if (!isClosing) throw error;
      if ((await this.snapshot()).matches('new')) throw error;
    }
    for await (const { sealed } of this.subscribe({ windowMs: 0, ...(signal && { signal }) })) {
      if (sealed) break;
    }
  }

  /** What its terminal shows; with `at`, what it showed after that fact. */
  async screen(options?: LookOptions): Promise<Screen> {
    return this.opened.looks.screens.screen(this.#facts, options);
  }

  /** The screen at which it holds; what passes between two looks is seen as well. */
  async waitFor(condition: WaitCondition, options?: WaitOptions): Promise<Screen> {
    return this.opened.looks.waitFor(this.#facts, condition, options);
  }

  /** What a terminal needs to show it live: a repaint, then everything behind it. */
  attach(options?: PtyAttach): AsyncGenerator<Attached, void, undefined> {
    return attached(this.#facts, this.opened, options);
  }

  /** The lines of an asciicast, each with its line end. */
  recording(
    format: RecordingFormat = 'asciicast-v3',
    options?: RecordingOptions,
  ): AsyncGenerator<string, void, undefined> {
    return recording(this.#facts, format, options);
  }

  get #facts(): SessionFacts & SessionClock {
    const { now, wait } = this.opened.plan;
    return {
      address: this.address,
      now,
      wait,
      history: (options) => this.history(options),
      subscribe: (options) => this.subscribe(options),
    };
  }

  /** Its output as bytes, less what is hidden. */
  async *output(options: OutputOptions = {}): AsyncGenerator<ShownPiece, void, undefined> {
    assertNames('output', options, outputNames);
    const shown = new ShownOutput();
    const { follow = false, signal } = options;
    let { after = 0 } = options;
    const types = ['pty.output', 'pty.hidden'] as const;
    if (!follow) {
      for await (const fact of this.history({ after, types })) yield* shown.take(fact);
      return;
    }
    for await (const note of this.subscribe({ after, windowMs: 0, ...(signal && { signal }) })) {
      // A reader that is slow reads in the journal what it missed.
      const facts =
        note.reset === undefined ? note.facts : this.history({ after, before: note.to + 1, types });
      for await (const fact of facts) yield* shown.take(fact);
      after = note.to;
    }
  }
}

/** What the user works with, if we can tell its prompts. */
function ownShell(): string {
  const { SHELL: own } = process.env;
  return own !== undefined && shellOf(own) !== undefined ? own : 'sh';
}

function failed({ code, message }: PtyEventOf<'pty.openFailed'>): TroupeError {
  return new TroupeError(code in errorCodes ? (code as ErrorCode) : 'START_FAILED', message);
}
