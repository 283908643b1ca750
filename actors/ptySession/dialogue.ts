/**
 * What is said between a session and its shell: commands are typed one after the other, each when the shell
 * can take it, and what the shell says of them becomes facts at their place in the output. Pure: bytes and
 * orders in; what to type (`typed`) and what to record (`transcript`) out.
 *   C1. A shell that marks its prompts has ended a command when it has taken all of its lines: each gives one
 *       prompt, or one continuation prompt. Where the last of them gives a continuation, the input is
 *       incomplete; the next command ends it first, with a Ctrl-C that is recorded as any input (fish: with a
 *       key of ours, for it loses a signal that comes while it works). What fish finds wrong has ended, and
 *       stays in its editor just so.
 *   C2. Any other shell tells by a sentinel.
 *   C4. One command at a time; the others wait. Nothing here counts how long.
 * A program that reads lines of the command itself (`read` in the midst of several lines) takes them from the
 * shell, and there will be no prompt for them: give such input with `write`.
 */
import { commandLine, sentinelLine } from './commandLine.ts';
import { EchoFinder } from './echoFinder.ts';
import type { Marker } from './marker.ts';
import { MarkerScanner } from './markerScanner.ts';
import type { Piece } from './markerScanner.ts';
import { paste } from './paste.ts';
import { fishCancelKeys } from './shellIntegration.ts';
import type { Shell } from './shellIntegration.ts';
import { Transcript } from './transcript.ts';
import type { CommandOutcome } from './vocabulary.ts';

export interface DialogueOptions {
  readonly token: string;
  /** The shell that marks its prompts; undefined: ends are told by a sentinel. */
  readonly shell: Shell | undefined;
}

interface Command {
  readonly commandId: string;
  readonly command: string;
}

interface Current {
  readonly commandId: string;
  /** Of its sentinel. */
  readonly id: string;
  /** Where its output begins. */
  readonly from: number;
  /** Lines that the shell has not answered. */
  lines: number;
  interrupted: boolean;
}

const interrupt = 0x03;
const interruptedStatus = 130;

export class Dialogue {
  readonly transcript = new Transcript();
  /** To be written to the shell, oldest first; whoever writes it takes it away. */
  readonly typed: string[] = [];
  readonly #token: string;
  readonly #shell: Shell | undefined;
  readonly #scanner: MarkerScanner;
  readonly #echo = new EchoFinder();
  readonly #waiting: Command[] = [];
  #current: Current | undefined;
  #count = 0;
  /** Where the shell stands, if it says so. */
  #stands: 'away' | 'prompt' | 'continuation' | 'called off' = 'away';

  constructor({ token, shell }: DialogueOptions) {
    this.#token = token;
    this.#shell = shell;
    this.#scanner = new MarkerScanner(token);
  }

  run(command: Command): void {
    this.#waiting.push(command);
    this.#next();
  }

  /** An input that was recorded, and is written to the shell now. */
  input(bytes: Uint8Array): void {
    const current = this.#current;
    if (current === undefined || !bytes.includes(interrupt)) return;
    current.interrupted = true;
    // The terminal drops what was typed ahead, the sentinel with it; a second one with its id is only hidden.
    if (this.#shell === undefined) this.typed.push(sentinelLine(this.#token, current.id));
  }

  /** Its incomplete input was called off by a signal, and it has not said so yet. */
  get isCalledOff(): boolean {
    return this.#stands === 'called off' && this.#shell !== 'fish';
  }

  interrupted(): void {
    if (this.#current !== undefined) this.#current.interrupted = true;
  }

  output(chunk: Uint8Array): void {
    for (const piece of this.#scanner.feed(chunk)) this.#piece(piece);
  }

  /** There is no more (C4): the scanner's tail, then the echo's. No end is invented. */
  end(): void {
    for (const piece of this.#scanner.flush()) this.#piece(piece);
    this.#flushEcho();
  }

  #piece(piece: Piece): void {
    if (piece.kind === 'output') {
      for (const { offset, bytes, isEcho } of this.#echo.feed(piece.offset, piece.bytes)) {
        if (isEcho) this.transcript.hide(offset, offset + bytes.length);
        this.transcript.output(offset, bytes);
      }
      return;
    }
    this.#flushEcho();
    this.transcript.hide(piece.from, piece.to);
    this.transcript.output(piece.from, piece.bytes);
    this.#marker(piece.marker, piece.from);
  }

  #flushEcho(): void {
    for (const { offset, bytes } of this.#echo.flush()) this.transcript.output(offset, bytes);
  }

  #marker(marker: Marker, offset: number): void {
    if (marker.kind === 'sentinel') return this.#sentinel(marker.id, marker.status, offset);
    if (this.#shell === undefined) return;
    if (marker.kind === 'prompt') this.#prompt(marker.status, offset);
    else if (marker.kind === 'refusal') this.#refusal(marker.status, offset);
    else this.#continuation(offset);
  }

  #sentinel(id: string, status: number, offset: number): void {
    this.#echo.forget(id);
    if (this.#current?.id !== id) return;
    this.#ended(outcomeOf(this.#current, status), offset, status);
    this.#next();
  }

  #prompt(status: number, offset: number): void {
    this.#stands = 'prompt';
    this.transcript.say({ type: 'pty.prompt', status });
    const current = this.#current;
    if (current !== undefined) {
      current.lines -= 1;
      const outcome = outcomeOf(current, status);
      if (current.lines <= 0 || outcome === 'interrupted') this.#ended(outcome, offset, status);
    }
    this.#next();
  }

  #continuation(offset: number): void {
    if (this.#stands === 'called off') return; // Drawn again.
    this.#stands = 'continuation';
    const current = this.#current;
    if (current !== undefined) {
      current.lines -= 1;
      if (current.lines <= 0) this.#ended('incompleteInput', offset);
    }
    this.#next();
  }

  #refusal(status: number, offset: number): void {
    this.#stands = 'continuation';
    if (this.#current !== undefined) this.#ended('completed', offset, status);
    this.#next();
  }

  #ended(outcome: CommandOutcome, offset: number, exitCode?: number): void {
    const { commandId = '', from = 0 } = this.#current ?? {};
    this.#current = undefined;
    this.transcript.say({
      type: 'command.end',
      commandId,
      outcome,
      ...(exitCode !== undefined && { exitCode }),
      from,
      offset,
    });
  }

  #next(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#current !== undefined) return;
    if (this.#shell !== undefined && this.#stands !== 'prompt') {
      if (this.#stands !== 'continuation') return;
      this.#stands = 'called off';
      const bytes = this.#shell === 'fish' ? fishCancelKeys : Uint8Array.of(interrupt);
      this.transcript.say({ type: 'pty.input', bytes, via: 'reply' });
      return;
    }
    this.#waiting.shift();
    this.#type(next);
  }

  #type({ commandId, command }: Command): void {
    this.#count += 1;
    const id = `s${String(this.#count).padStart(4, '0')}`;
    this.#stands = 'away';
    const lines = command.split('\n').length;
    this.#current = { commandId, id, from: this.#scanner.openAt, lines, interrupted: false };
    if (this.#shell === undefined) {
      const line = sentinelLine(this.#token, id);
      this.#echo.expect(id, line);
      this.typed.push(commandLine(command) + line);
    } else if (this.#shell === 'fish' && lines > 1) {
      // Its editor takes an unfinished block for one text, and a pasted text for one in any case.
      this.#current.lines = 1;
      this.typed.push(`${paste(command, true)}\r`);
    } else this.typed.push(commandLine(command));
  }
}

function outcomeOf({ interrupted }: Current, status: number): CommandOutcome {
  return interrupted && status === interruptedStatus ? 'interrupted' : 'completed';
}
