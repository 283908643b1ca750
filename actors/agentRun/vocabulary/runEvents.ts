/**
 * What is said to and about a run as a whole: its start and end, its prompts, its processes.
 */
import { Type } from 'typebox';
import { event, words } from '../../schemaPieces.ts';
import { anything, budget, content, count, id, name, ms, span, text } from './pieces.ts';
import { launchLengthMax } from '../limits.ts';

const argument = Type.String({ maxLength: launchLengthMax });

/** Whatever an event holds is recorded for good, so a secret in one is refused rather than kept. */
const secretEnv = Type.Optional(Type.Never());

/** How the process of a run is started, now and after each end of it. */
export const launch = Type.Object({
  command: argument,
  args: Type.Optional(Type.Array(argument, { maxItems: 256 })),
  cwd: Type.Optional(argument),
  env: Type.Optional(Type.Record(Type.String(), argument)),
  stdio: words('pipe', 'pty'),
  /** What an agent that speaks ACP may ask the runtime for, within `cwd`; absent: nothing. */
  allows: Type.Optional(Type.Array(words('readFiles', 'writeFiles', 'terminals'), { maxItems: 3 })),
  secretEnv,
  /** Names of what its environment has beside `env`; the values are recorded nowhere. */
  secretNames: Type.Optional(Type.Array(name, { maxItems: 256 })),
});

/** What a run came to; a text that is not given is that of the last message of the assistant. */
const result = Type.Object({
  text: Type.Optional(Type.String({ maxLength: 64 * 1024 })),
  output: Type.Optional(anything),
});

export const runEvents = {
  'run.start': event('run.start', {
    title: Type.Optional(name),
    engine: Type.Optional(name),
    model: Type.Optional(name),
    cwd: Type.Optional(argument),
    labels: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))),
    /** The address of the actor that this run works for. */
    parent: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
    /** The id of an outbox that is told instead of the parent's. */
    notify: Type.Optional(id),
    launch: Type.Optional(launch),
    secretEnv,
    onExit: Type.Optional(words('end', 'idle')),
    deadlineMs: Type.Optional(span),
    stallMs: Type.Optional(span),
    budget: Type.Optional(budget),
    /** The address of the run whose work this one goes on with. */
    continues: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  }),
  'run.pause': event('run.pause', {}),
  'run.unpause': event('run.unpause', {}),
  'run.stop': event('run.stop', {
    cause: Type.Optional(words('stopped', 'terminated', 'superseded')),
    by: Type.Optional(name),
    reason: Type.Optional(text),
    drainMs: Type.Optional(span),
  }),
  'run.end': event('run.end', {
    cause: words('completed', 'failed', 'selfStopped'),
    reason: Type.Optional(text),
    result: Type.Optional(result),
  }),
  'run.update': event('run.update', {
    title: Type.Optional(name),
    model: Type.Optional(name),
    mode: Type.Optional(name),
    budget: Type.Optional(budget),
  }),
  'run.prompt': event('run.prompt', {
    promptId: id,
    content,
    /** `steer` goes into the open turn; `queue`, the default, waits for its end. */
    mode: Type.Optional(words('queue', 'steer')),
  }),
  /** Takes a prompt back that waits. */
  'run.unprompt': event('run.unprompt', { promptId: id }),
  /** Puts another content into a prompt that waits; it keeps its place. */
  'run.reprompt': event('run.reprompt', { promptId: id, content }),
  'process.start': event('process.start', {
    processId: id,
    pid: Type.Optional(count),
    startTime: Type.Optional(ms),
    engineSession: Type.Optional(id),
    /** The address of the session that it runs in, on a PTY. */
    pty: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
  }),
  'process.session': event('process.session', { processId: id, engineSession: id }),
  'process.exit': event('process.exit', {
    processId: id,
    code: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    signal: Type.Optional(Type.Union([name, Type.Null()])),
    /** Its last 8 KiB. */
    stderr: Type.Optional(text),
  }),
  'process.lost': event('process.lost', { processId: Type.Optional(id), reason: Type.Optional(text) }),
  /** A launch that came to no process. */
  'process.failed': event('process.failed', { processId: Type.Optional(id), message: text }),
};
