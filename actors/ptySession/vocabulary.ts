/**
 * The vocabulary of a PTY session: one TypeBox schema an event is the source of its type, of the check at the
 * door and of the documentation. Fields a schema does not name are allowed and kept.
 *   B1. `pty.output` holds the bytes that came, markers included, at their offset in the stream; what is not
 *       to be shown is told by `pty.hidden` in offsets of the same stream, and readers decide.
 *   W7. `secretEnv` is no field of `pty.open`: secrets reach the child past the journal.
 */
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { event, words } from '../schemaPieces.ts';
import { isAddress } from '../address.ts';
import { lineBytesMax, longestLineBytes } from './commandLine.ts';
import { idLengthMax, outputFactBytesMax, sideMax } from './limits.ts';

const id = Type.String({ minLength: 1, maxLength: idLengthMax });
const label = Type.String({ maxLength: 1024 });
const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const status = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });
const side = Type.Integer({ minimum: 1, maximum: sideMax });
const signal = Type.String({ pattern: '^SIG[A-Z0-9]{2,10}$' });
const address = Type.Refine(
  Type.String(),
  (value) => isAddress(value),
  () => 'must be an address',
);
/** C5: what the line discipline would cut is refused before it is recorded. */
const command = Type.Refine(
  Type.String(),
  (value) => longestLineBytes(value) <= lineBytesMax,
  () => `must have no line of more than ${lineBytesMax - 1} bytes`,
);
/** Raw bytes; the journal keeps them as they are. */
const bytes = Type.Refine(
  Type.Unsafe<Uint8Array>({}),
  (value) => value instanceof Uint8Array,
  () => 'must be bytes',
);
const environment = Type.Record(Type.String(), Type.String());

/** How a waited command ends. What only its waiter sees (a timeout, an abort) is no end, and not recorded. */
export const commandOutcomes = ['completed', 'interrupted', 'incompleteInput', 'exited'] as const;
export type CommandOutcome = (typeof commandOutcomes)[number];

/** The schema of each event, by its type. */
export const vocabulary = {
  'pty.open': event('pty.open', {
    command: Type.String({ minLength: 1 }),
    args: Type.Optional(Type.Array(Type.String())),
    cwd: Type.Optional(Type.String()),
    env: Type.Optional(environment),
    cols: Type.Optional(side),
    rows: Type.Optional(side),
    /** How ends of commands are told: by the prompt of a shell we start, or by a sentinel. */
    ends: Type.Optional(words('prompt', 'sentinel')),
    /** Whom it works for; the outbox of that name is told of its end. */
    parent: Type.Optional(address),
    /** The name under which its secret environment was handed over (W7). */
    launchId: Type.Optional(id),
  }),
  'pty.opened': event('pty.opened', { pid: count, startTime: Type.Union([count, Type.Null()]) }),
  'pty.openFailed': event('pty.openFailed', { code: label, message: Type.String() }),
  'pty.output': event('pty.output', {
    offset: count,
    bytes,
    /** Its last byte ends a question to the terminal whose answer depends on what is shown by then. */
    asks: Type.Optional(Type.Literal(true)),
  }),
  'pty.hidden': event('pty.hidden', {
    /** From (inclusive) and to (exclusive), rising. */
    ranges: Type.Array(Type.Tuple([count, count]), { minItems: 1, maxItems: outputFactBytesMax }),
  }),
  'pty.prompt': event('pty.prompt', { status }),
  'pty.input': event('pty.input', { bytes, via: Type.Optional(words('write', 'paste', 'keys', 'reply')) }),
  'pty.resize': event('pty.resize', { cols: side, rows: side }),
  'pty.signal': event('pty.signal', { signal }),
  'pty.mark': event('pty.mark', { label }),
  'command.start': event('command.start', { commandId: id, command }),
  'command.end': event('command.end', {
    commandId: id,
    outcome: words(...commandOutcomes),
    exitCode: Type.Optional(status),
    /** Where its output begins and ends in the stream. */
    from: Type.Optional(count),
    offset: count,
  }),
  'pty.close': event('pty.close', {}),
  'pty.exit': event('pty.exit', {
    code: Type.Union([status, Type.Null()]),
    signal: Type.Union([signal, Type.Null()]),
  }),
  'pty.lost': event('pty.lost', { reason: Type.String() }),
};

export type PtyEventType = keyof typeof vocabulary;
export type PtyEventOf<T extends PtyEventType> = Static<(typeof vocabulary)[T]>;
export type PtyEvent = { [T in PtyEventType]: PtyEventOf<T> }[PtyEventType];

/** What only the driver says; refused from anybody else by the runtime. */
export const driverTypes = [
  'pty.opened',
  'pty.openFailed',
  'pty.output',
  'pty.hidden',
  'pty.prompt',
  'command.end',
  'pty.exit',
  'pty.lost',
] as const satisfies readonly PtyEventType[];

/** Recorded without a step (B2): output is no business of the statechart. */
export const passiveTypes = [
  'pty.output',
  'pty.hidden',
  'pty.mark',
] as const satisfies readonly PtyEventType[];
