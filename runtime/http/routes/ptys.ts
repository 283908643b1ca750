/**
 * Sessions on a terminal over HTTP, each as the method of `Pty` that has its name. Opening one starts a
 * process, which is a right of its own (Q4). What is waited for on a screen is a text here, not a pattern:
 * nobody from outside has the server search with an expression of theirs.
 */
import { Type } from 'typebox';
import { vocabulary } from '../../../actors/ptySession/vocabulary.ts';
import { shells } from '../../../actors/ptySession/shellIntegration.ts';
import { TroupeError } from '../../../actors/troupeError.ts';
import { notFound } from '../../history.ts';
import type { Pty } from '../../pty.ts';
import type { ExecResult } from '../../pty/ptyExec.ts';
import { recordingFormats } from '../../ptySession/recording.ts';
import type { Receipt } from '../../ref.ts';
import type { VerbOptions } from '../../run.ts';
import type { SendOptions } from '../../sending.ts';
import { frameOf } from '../frame.ts';
import { json, noContent } from '../incoming.ts';
import type { Answer } from '../incoming.ts';
import { waitMsMax } from '../limits.ts';
import { plain } from '../plain.ts';
import { admitted, claimOutbox, sentAs, stillVisible, visible } from '../reach.ts';
import { route } from '../route.ts';
import type { AnyRoute, Call } from '../route.ts';
import { anything, labels, receipt, seq, texts, waitMs } from '../schemas.ts';
import { eventStream, streamed } from '../stream.ts';
import { told } from './events.ts';

const {
  type: _open,
  ends: _ends,
  launchId: _launchId,
  command,
  ...launch
} = vocabulary['pty.open'].properties;
const environment = Type.Record(Type.String(), Type.String());
const screen = Type.Object({
  seq,
  lines: texts,
  cursor: anything,
  title: Type.String(),
  hash: Type.String(),
});

const openPty: AnyRoute = route({
  name: 'openPty',
  method: 'POST',
  path: '/v1/ptys/{id}/open',
  summary: 'Starts a shell or a program on a terminal; `secretEnv` is never recorded',
  needs: 'launch',
  body: Type.Object({
    ...launch,
    command: Type.Optional(command),
    shell: Type.Optional(Type.Union(shells.map((name) => Type.Literal(name)))),
    secretEnv: Type.Optional(environment),
    labels: Type.Optional(labels),
  }),
  answers: { 200: receipt },
  run: async (call) => {
    const session = ptyOf(call);
    const { labels: own, ...options } = call.body;
    await claimOutbox(call, 'pty', await admitted(call, 'pty', { type: 'pty.open', ...options }));
    const noted = own === undefined ? idIn(call) : { ...idIn(call), labels: own };
    return json(
      told(
        await sentAs(call, session, noted, async ({ labels: stamped, ...send }) =>
          session.open({ ...options, ...(stamped !== undefined && { labels: stamped }) }, send),
        ),
      ),
    );
  },
});

const inputPty: AnyRoute = route({
  name: 'inputPty',
  method: 'POST',
  path: '/v1/ptys/{id}/input',
  summary: 'Types: one of `text`, `base64` (bytes), `paste`, `keys`',
  needs: 'send',
  body: Type.Object({
    text: Type.Optional(Type.String()),
    base64: Type.Optional(Type.String()),
    paste: Type.Optional(Type.String()),
    keys: Type.Optional(texts),
  }),
  answers: { 200: receipt },
  run: async (call) => {
    const { text, base64, paste, keys } = call.body;
    if ([text, base64, paste, keys].filter((one) => one !== undefined).length !== 1) {
      const wrong = 'An input is exactly one of text, base64, paste and keys.';
      throw new TroupeError('INVALID_OPTION', wrong, { option: 'input' });
    }
    return sent(call, async (session, options) => {
      if (keys !== undefined) return session.keys(keys, options);
      if (paste !== undefined) return session.paste(paste, options);
      return session.write(base64 === undefined ? (text ?? '') : Buffer.from(base64, 'base64'), options);
    });
  },
});

const execPty: AnyRoute = route({
  name: 'execPty',
  method: 'POST',
  path: '/v1/ptys/{id}/commands',
  summary:
    'Types a command and waits for its end, at most `timeoutMs`; asked again with its id, it runs once',
  needs: 'send',
  body: Type.Object({
    command: vocabulary['command.start'].properties.command,
    commandId: Type.Optional(vocabulary['command.start'].properties.commandId),
    timeoutMs: Type.Optional(waitMs),
  }),
  answers: {
    200: Type.Object({
      commandId: Type.String(),
      outcome: Type.String(),
      exitCode: Type.Optional(Type.Integer()),
      text: Type.String(),
      output: anything,
      seqFrom: seq,
      seqTo: seq,
      durationMs: Type.Number(),
      screen: Type.Optional(anything),
    }),
  },
  run: async (call) => {
    const { command: line, timeoutMs = waitMsMax, commandId = idIn(call).id } = call.body;
    const session = await known(call);
    const options = { timeoutMs, by: call.access.by, signal: call.incoming.gone() };
    const result: ExecResult = await session.exec(line, { ...options, ...(commandId && { commandId }) });
    return json(plain(result));
  },
});

const screenPty: AnyRoute = route({
  name: 'screenPty',
  method: 'GET',
  path: '/v1/ptys/{id}/screen',
  summary: 'What its terminal shows, or showed after the fact `at`; with `cells` also the colours',
  needs: 'read',
  query: Type.Object({
    at: Type.Optional(Type.Integer({ minimum: 1 })),
    cells: Type.Optional(Type.Boolean()),
  }),
  answers: { 200: screen },
  run: async (call) => json(plain(await (await known(call)).screen(call.query))),
});

const quietMs = Type.Integer({ minimum: 0, maximum: waitMsMax });
const place = Type.Integer({ minimum: 0 });

const waitPty: AnyRoute = route({
  name: 'waitPty',
  method: 'POST',
  path: '/v1/ptys/{id}/wait',
  summary: 'Waits until all of it holds, at most `waitMs`, and gives the screen',
  needs: 'read',
  body: Type.Object({
    text: Type.Optional(Type.String()),
    stableMs: Type.Optional(quietMs),
    idleMs: Type.Optional(quietMs),
    cursor: Type.Optional(Type.Object({ x: Type.Optional(place), y: Type.Optional(place) })),
    exit: Type.Optional(Type.Literal(true)),
    after: Type.Optional(seq),
    waitMs: Type.Optional(waitMs),
  }),
  answers: { 200: screen },
  run: async (call) => {
    const { after, waitMs: timeoutMs = 30_000, ...condition } = call.body;
    const options = { timeoutMs, signal: call.incoming.gone(), ...(after !== undefined && { after }) };
    return json(plain(await (await known(call)).waitFor(condition, options)));
  },
});

const resizePty: AnyRoute = route({
  name: 'resizePty',
  method: 'POST',
  path: '/v1/ptys/{id}/resize',
  summary: 'Gives its terminal another size',
  needs: 'send',
  body: Type.Omit(vocabulary['pty.resize'], ['type']),
  answers: { 200: receipt },
  run: async (call) => {
    const { cols, rows } = call.body;
    return sent(call, async (session, options) => session.resize(cols, rows, options));
  },
});

const signalPty: AnyRoute = route({
  name: 'signalPty',
  method: 'POST',
  path: '/v1/ptys/{id}/signal',
  summary: 'Sends a signal to the group in the foreground',
  needs: 'send',
  body: Type.Omit(vocabulary['pty.signal'], ['type']),
  answers: { 200: receipt },
  run: async (call) => {
    const signal = call.body.signal as NodeJS.Signals; // The system refuses what is none.
    return sent(call, async (session, options) => session.kill(signal, options));
  },
});

const closePty: AnyRoute = route({
  name: 'closePty',
  method: 'POST',
  path: '/v1/ptys/{id}/close',
  summary: 'Ends it in order, and answers when its end is recorded',
  needs: 'send',
  answers: { 204: Type.Null() },
  run: async (call) => {
    await (await known(call)).close({ by: call.access.by });
    return noContent;
  },
});

const recordPty: AnyRoute = route({
  name: 'recordPty',
  method: 'GET',
  path: '/v1/ptys/{id}/recording',
  summary: 'Its recording so far, as asciinema plays it',
  needs: 'read',
  query: Type.Object({
    format: Type.Optional(Type.Union(recordingFormats.map((name) => Type.Literal(name)))),
  }),
  answers: { 200: { content: 'application/x-asciicast', about: 'One JSON value a line' } },
  run: async (call) => {
    const lines = (await known(call)).recording(call.query.format, { signal: call.incoming.gone() });
    const headers = { 'content-type': 'application/x-asciicast' };
    return { status: 200, headers, body: bytesOf(lines) };
  },
});

const attachPty: AnyRoute = route({
  name: 'attachPty',
  method: 'GET',
  path: '/v1/ptys/{id}/attach',
  summary:
    'A live terminal: a repaint, then what follows; keys are sent as input. Whoever returns begins anew',
  needs: 'read',
  answers: { 200: eventStream },
  run: async (call) => {
    const session = await known(call);
    return streamed(call, {
      open: (signal) => session.attach({ signal }),
      told: ({ kind, ...part }) => ({
        frame: frameOf({ event: kind, data: part }),
        isLast: kind === 'exit',
      }),
      isVisible: stillVisible(session),
    });
  },
});

export const ptyRoutes: readonly AnyRoute[] = [
  openPty,
  inputPty,
  execPty,
  screenPty,
  waitPty,
  resizePty,
  signalPty,
  closePty,
  recordPty,
  attachPty,
];

function ptyOf({ desk, params }: Pick<Call, 'desk' | 'params'>): Pty {
  return desk.troupe.pty(params['id'] ?? '');
}

/** A session that exists and may be seen. */
async function known(call: Pick<Call, 'access' | 'desk' | 'params'>): Promise<Pty> {
  const session = await visible(call, ptyOf(call));
  if (!(await session.exists())) throw notFound(session.address);
  return session;
}

async function sent(
  call: Pick<Call, 'access' | 'desk' | 'params' | 'incoming'>,
  send: (session: Pty, options: VerbOptions) => Promise<Receipt<undefined>>,
): Promise<Answer> {
  const session = await known(call);
  return json(told(await send(session, { ...idIn(call), by: call.access.by })));
}

function idIn({ incoming }: Pick<Call, 'incoming'>): Pick<SendOptions, 'id'> {
  const id = incoming.header('idempotency-key');
  return id === undefined ? {} : { id };
}

async function* bytesOf(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const line of lines) yield Buffer.from(line);
}
