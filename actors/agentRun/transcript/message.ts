/**
 * What a transcript is made of, as its readers see it.
 */
import type { PromptContent, RunEventOf } from '../vocabulary.ts';

export type Role = RunEventOf<'message.start'>['role'];

export interface TextPart {
  readonly type: 'text' | 'reasoning';
  readonly text: string;
}

export interface ToolPart {
  readonly type: 'tool';
  readonly callId: string;
  readonly name: string;
  readonly input?: unknown;
  /** What it said while it ran. */
  readonly progress: string;
  /** Undefined while it runs, and for ever if nobody told. */
  readonly result?: { readonly ok: boolean; readonly error?: string; readonly output?: unknown };
  /** What the sub-agent behind it said and did. */
  readonly messages: readonly Message[];
}

/** A piece of a message: text, thinking, a tool with its result, or something attached. */
export type Part = TextPart | ToolPart | ContentPart;

/** A part of a prompt that is no text. */
export interface ContentPart {
  readonly type: 'content';
  readonly content: Exclude<PromptContent, string>[number];
}

/** What a message held before it was tried again. */
export interface Superseded {
  readonly attempt: number;
  readonly reason: string;
  readonly parts: readonly Part[];
}

export interface Message {
  readonly messageId: string;
  readonly role: Role;
  /** Of its first fact. */
  readonly seq: number;
  readonly at: number;
  readonly parts: readonly Part[];
  readonly superseded: readonly Superseded[];
  /** How it ended; undefined while more can come. */
  readonly finish?: string;
  /** A prompt that nobody has taken up yet. */
  readonly isWaiting?: true;
}

/** A question to a human that waits for its answer. */
export type OpenAsk = RunEventOf<'permission.ask'> & { readonly seq: number; readonly at: number };

/** A run as people read it: messages, and what waits for an answer. */
export interface Transcript {
  /** The last fact in it; 0 if there is none. */
  readonly seq: number;
  readonly messages: readonly Message[];
  /** The asks of the engine that wait for an answer, in the order in which they came. */
  readonly asks: readonly OpenAsk[];
}
