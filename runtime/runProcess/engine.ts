/**
 * An engine as a run launches it: its adapter, the arguments it needs, and the dialect in which it is spoken
 * to over its stdin.
 */
import type { AnswerWords, Say } from '../../actors/adapters/adapter.ts';
import type { Launch, RunEvent } from '../../actors/agentRun/vocabulary.ts';
import type { AnyAdapter } from '../adapters.ts';
import type { Pty } from '../pty.ts';
import type { Ask, Prompt } from './talk.ts';

/** What an engine is started with. */
export interface EngineStart {
  /** Of the launch; what is among them already is not added. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly model: string | undefined;
  readonly mode: string | undefined;
  /** The session that it goes on with (R2). */
  readonly session: string | undefined;
  /** What it may ask the runtime for. */
  readonly allows: readonly NonNullable<Launch['allows']>[number][];
}

export interface Engine {
  readonly adapter: AnyAdapter;
  /** All of them, those of the launch first. */
  readonly args: (start: EngineStart) => readonly string[];
  /** `one`: its stdin is one prompt, and each prompt has a process of its own. */
  readonly prompts: 'many' | 'one';
  readonly dialect: (start: EngineStart, ports: DialectPorts) => Dialect;
}

/** What a dialect knows of the talk, and how it speaks. */
export interface DialectPorts {
  readonly say: Say;
  /** A line to its stdin. */
  readonly write: (frame: object) => void;
  readonly writeText: (text: string) => void;
  /** The end of its stdin. */
  readonly end: () => void;
  readonly tell: (event: RunEvent) => void;
  /** A frame of our own that the adapter has to see. */
  readonly feed: (frame: object) => void;
  readonly requestId: () => string;
  readonly session: () => string | undefined;
  readonly turnId: () => string | undefined;
  readonly asks: () => readonly Ask[];
  /** A new session on a PTY, which works for this run. */
  readonly newSession: () => Pty;
  /** Of the run. */
  readonly address: string;
}

export interface Dialect {
  begin(): void;
  /** After the adapter had it. */
  heard(frame: unknown): void;
  prompt(prompt: Prompt): void;
  answer(ask: Ask, answer: AnswerWords): void;
  deny(ask: Ask): void;
  update(change: { readonly model?: string; readonly mode?: string }): void;
  /** False: it has no words for it. */
  interrupt(): boolean;
  /** Its process has ended, or nobody records any more what it says. */
  close?(): void;
}

/** The option by which an ask is declined, if it has one. */
export const denialOf = ({ options }: Ask): string | undefined =>
  options.find(({ effect }) => effect === 'deny')?.optionId;
