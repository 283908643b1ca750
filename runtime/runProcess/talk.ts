/**
 * The port between a process of a run and its run: what its output means, and what it is told over its input.
 *   T1. Everything that it says is told as events of the run, in its order; nothing is dropped.
 *   T2. What it cannot be told it is not: `false`, and the process is treated as any other.
 */
import type { RunEvent, RunEventOf, PromptContent } from '../../actors/agentRun/vocabulary.ts';
import type { Pty } from '../pty.ts';

export interface TalkPorts {
  readonly processId: string;
  readonly tell: (event: RunEvent) => void;
  /** To its stdin. */
  readonly write: (text: string) => void;
  /** The end of its stdin. */
  readonly end: () => void;
  /** A new session on a PTY. */
  readonly newSession: () => Pty;
  /** Of the run. */
  readonly address: string;
}

export interface Prompt {
  readonly promptId: string;
  readonly content: PromptContent;
  readonly mode: 'queue' | 'steer';
}

export interface Answer {
  readonly requestId: string;
  readonly optionId: string;
  readonly input?: unknown;
  readonly message?: string;
}

export interface Talk {
  /** The process has started. */
  begin(): void;
  output(bytes: Uint8Array): void;
  prompt(prompt: Prompt): void;
  answer(answer: Answer): void;
  /** Nobody answered in time, or the run had no room for its ask: it is told no. */
  deny(requestId: string): void;
  update(change: { readonly model?: string; readonly mode?: string }): void;
  /** Its own way to end a turn (T2). */
  interrupt(): boolean;
  /** Its own way to end altogether, beside the end of its stdin (T2). */
  drain(): boolean;
  /** It has ended; `isInterrupted`: by a signal that was to end its turn. */
  ended(isInterrupted: boolean): void;
  /** Nothing of it is recorded any more: what was opened for it is closed. */
  close?(): void;
}

export type Ask = RunEventOf<'permission.ask'>;

/** The text of a prompt, for whoever reads nothing else. */
export function textOfPrompt(content: PromptContent): string {
  if (typeof content === 'string') return content;
  return content.map((part) => ('text' in part ? part.text : JSON.stringify(part))).join('\n');
}
