/**
 * The digest of a session (W5): an ordered left fold of its facts, integers only, a few KiB at most.
 * Where it stands also tells a driver that takes over what is recorded: `output.bytes` is the next byte it
 * wants, `inputs.count` the last input that must have been written.
 */
import type { Fact } from '../fact.ts';
import { storedKey } from '../storedKey.ts';
import { digestCodesMax, digestMarksMax } from './limits.ts';
import { hashOf, hashed, startHash } from './sha256.ts';
import type { HashState } from './sha256.ts';
import type { CommandOutcome, PtyEvent } from './vocabulary.ts';

export interface PtyDigest {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly output: {
    readonly bytes: number;
    readonly hiddenBytes: number;
    readonly hash: HashState;
    /** Of all output, once there is no more. */
    readonly sha256: string | null;
  };
  readonly inputs: { readonly count: number; readonly bytes: number };
  readonly commands: {
    readonly started: number;
    readonly byOutcome: Readonly<Partial<Record<CommandOutcome, number>>>;
    readonly byExitCode: Readonly<Record<string, number>>;
    readonly totalMs: number;
    readonly longestMs: number;
    /** When those that run were started; gone with their end. */
    readonly open: Readonly<Record<string, number>>;
  };
  readonly resizes: number;
  readonly marks: {
    readonly count: number;
    readonly first: readonly { readonly seq: number; readonly at: number; readonly label: string }[];
  };
  readonly end:
    | { readonly by: 'exit'; readonly code: number | null; readonly signal: string | null }
    | { readonly by: 'lost' | 'openFailed'; readonly reason: string }
    | null;
}

const start: PtyDigest = {
  firstAt: 0,
  lastAt: 0,
  output: { bytes: 0, hiddenBytes: 0, hash: startHash, sha256: null },
  inputs: { count: 0, bytes: 0 },
  commands: { started: 0, byOutcome: {}, byExitCode: {}, totalMs: 0, longestMs: 0, open: {} },
  resizes: 0,
  marks: { count: 0, first: [] },
  end: null,
};

export const digest = {
  /** Raise it when the fold's meaning changes. */
  schema: 1,
  start: (): PtyDigest => start,
  fold(before: PtyDigest, fact: Fact): PtyDigest {
    const timed = { ...before, firstAt: before.firstAt === 0 ? fact.at : before.firstAt, lastAt: fact.at };
    return { ...timed, ...changeOf(timed, fact) };
  },
};

function changeOf(before: PtyDigest, { seq, at, event: recorded }: Fact): Partial<PtyDigest> {
  const event = recorded as PtyEvent; // Its schema was checked at the door.
  switch (event.type) {
    case 'pty.output':
      return { output: withOutput(before.output, event.bytes) };
    case 'pty.hidden': {
      const hidden = event.ranges.reduce((sum, [from, to]) => sum + to - from, 0);
      return { output: { ...before.output, hiddenBytes: before.output.hiddenBytes + hidden } };
    }
    case 'pty.input': {
      const { count, bytes } = before.inputs;
      return { inputs: { count: count + 1, bytes: bytes + event.bytes.length } };
    }
    case 'command.start':
      return started(before, event.commandId, event.command, at);
    case 'command.end':
      return { commands: withEnd(before.commands, event, at) };
    case 'pty.resize':
      return { resizes: before.resizes + 1 };
    case 'pty.mark':
      return { marks: withMark(before.marks, { seq, at, label: event.label }) };
    case 'pty.exit':
      return { ...ended(before), end: { by: 'exit', code: event.code, signal: event.signal } };
    case 'pty.lost':
      return { ...ended(before), end: { by: 'lost', reason: event.reason } };
    case 'pty.openFailed':
      return { ...ended(before), end: { by: 'openFailed', reason: event.message } };
    default:
      return {};
  }
}

function withOutput(output: PtyDigest['output'], bytes: Uint8Array): PtyDigest['output'] {
  return { ...output, bytes: output.bytes + bytes.length, hash: hashed(output.hash, bytes) };
}

/** A command is an input too: the driver writes both by one count. */
function started(before: PtyDigest, id: string, command: string, at: number): Partial<PtyDigest> {
  const { inputs, commands } = before;
  const bytes = inputs.bytes + new TextEncoder().encode(command).length + 1;
  return {
    inputs: { count: inputs.count + 1, bytes },
    commands: { ...commands, started: commands.started + 1, open: { ...commands.open, [storedKey(id)]: at } },
  };
}

type End = Extract<PtyEvent, { type: 'command.end' }>;

function withEnd(before: PtyDigest['commands'], end: End, at: number): PtyDigest['commands'] {
  const key = storedKey(end.commandId);
  const { [key]: startedAt, ...open } = before.open;
  // A command may be called `constructor`, and its start be missing.
  const ms = Object.hasOwn(before.open, key) ? Math.max(0, at - (startedAt ?? at)) : 0;
  const code = end.exitCode === undefined ? undefined : String(end.exitCode);
  return {
    ...before,
    byOutcome: { ...before.byOutcome, [end.outcome]: (before.byOutcome[end.outcome] ?? 0) + 1 },
    byExitCode: code === undefined ? before.byExitCode : counted(before.byExitCode, code),
    totalMs: before.totalMs + ms,
    longestMs: Math.max(before.longestMs, ms),
    open,
  };
}

/** One more of this name; beyond the bound it counts as `other`. */
function counted(before: Readonly<Record<string, number>>, name: string): Readonly<Record<string, number>> {
  const isKnown = name in before || Object.keys(before).length < digestCodesMax;
  const key = isKnown ? name : 'other';
  return { ...before, [key]: (before[key] ?? 0) + 1 };
}

function withMark(
  before: PtyDigest['marks'],
  mark: { readonly seq: number; readonly at: number; readonly label: string },
): PtyDigest['marks'] {
  const first = before.first.length < digestMarksMax ? [...before.first, mark] : before.first;
  return { count: before.count + 1, first };
}

/** There is no more output: its hash is final. A command that runs has no end, and none is invented (C4). */
function ended(before: PtyDigest): Partial<PtyDigest> {
  return { output: { ...before.output, sha256: hashOf(before.output.hash) } };
}
