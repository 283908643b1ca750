/**
 * A run's verbs and what is read of it, each as the method of `Run` that has its name.
 */
import { Type } from 'typebox';
import type { TObject, TProperties } from 'typebox';
import { vocabulary } from '../../../actors/agentRun/vocabulary.ts';
import type { RunEventOf, RunEventType } from '../../../actors/agentRun/vocabulary.ts';
import type { AnyEvent } from '../../../actors/fact.ts';
import type { MessagesPage } from '../../messages.ts';
import type { Receipt } from '../../ref.ts';
import type { Run } from '../../run.ts';
import type { SendOptions } from '../../sending.ts';
import { rowsPageOf } from '../../list.ts';
import { notFound } from '../../history.ts';
import { labelsWithin } from '../access.ts';
import { json } from '../incoming.ts';
import { pageDefault, pageMax, waitMsMax } from '../limits.ts';
import { frameOf } from '../frame.ts';
import { plain } from '../plain.ts';
import { admitted, claimOutbox, runOf, sentAs, stillVisible, visible } from '../reach.ts';
import { route } from '../route.ts';
import type { AnyRoute, Call } from '../route.ts';
import { anything, nullableText, pageOf, receipt, row, seq, waitMs } from '../schemas.ts';
import { eventStream, streamed } from '../stream.ts';
import { inTime } from './reading.ts';
import { told } from './events.ts';

/** The payload of an event, without its type. */
function payloadOf(type: RunEventType): TObject {
  const { type: _, ...payload } = vocabulary[type].properties as TProperties;
  return Type.Object(payload);
}

const { type: _answer, ...answered } = vocabulary['permission.answer'].properties;

/** Each sends the event of its type, its body being the payload. */
const verbs: readonly (readonly [name: string, type: RunEventType, summary: string])[] = [
  ['start', 'run.start', 'Starts a run: its birth'],
  ['interrupt', 'turn.interrupt', 'Ends the open turn, and nothing else'],
  ['update', 'run.update', 'Changes its title, model, mode or budget'],
  ['pause', 'run.pause', 'Takes up no prompt any more'],
  ['unpause', 'run.unpause', 'Goes on with its prompts'],
  ['stop', 'run.stop', 'Drains its process, then ends it'],
  ['end', 'run.end', 'Ends it, with what it came to'],
];

const verbRoutes: readonly AnyRoute[] = verbs.map(([name, type, summary]) =>
  route({
    name: `${name}Run`,
    method: 'POST',
    path: `/v1/runs/{id}/${name}`,
    summary,
    needs: 'name',
    body: payloadOf(type),
    isBodyOptional: true,
    answers: { 200: receipt },
    run: async (call) => {
      const run = runOf(call);
      const event = await admitted(call, 'run', { ...call.body, type });
      await claimOutbox(call, 'run', event);
      const noted = { ...idIn(call), ...(type === 'run.start' && bornWith(event)) };
      const send = async (options: SendOptions): Promise<Receipt> => {
        const { labels } = options;
        // Its definition checks what it is.
        return run.send({ ...event, ...(labels !== undefined && { labels }) } as never, options);
      };
      return json(told(await sentAs(call, run, noted, send)));
    },
  }),
);

/** Labels of the row are those that the start tells; null there is none. */
function bornWith(start: AnyEvent): { readonly labels?: Record<string, string> } {
  const { labels } = start as RunEventOf<'run.start'>;
  if (labels === undefined) return {};
  const given = Object.entries(labels);
  return { labels: Object.fromEntries(given.filter((one): one is [string, string] => one[1] !== null)) };
}

const answerRun: AnyRoute = route({
  name: 'answerRun',
  method: 'POST',
  path: '/v1/runs/{id}/answer',
  summary: "Answers an agent's ask; whoever comes second is told who was first",
  needs: 'answer',
  body: Type.Object(answered),
  answers: { 200: receipt },
  run: async (call) => {
    const { requestId, optionId, input, message } = call.body;
    const run = runOf(call);
    const said = { ...(input !== undefined && { input }), ...(message !== undefined && { message }) };
    const send = async ({ labels: _, ...options }: SendOptions): Promise<Receipt> =>
      run.answer(requestId, optionId, { ...options, ...said });
    return json(told(await sentAs(call, await visible(call, run), idIn(call), send)));
  },
});

const promptBody = Type.Object({
  content: vocabulary['run.prompt'].properties.content,
  promptId: Type.Optional(vocabulary['run.prompt'].properties.promptId),
  mode: vocabulary['run.prompt'].properties.mode,
});

const promptRun: AnyRoute = route({
  name: 'promptRun',
  method: 'POST',
  path: '/v1/runs/{id}/prompt',
  summary:
    'Asks a run for something; its promptId, or else the Idempotency-Key, makes a retry the same prompt',
  needs: 'send',
  body: promptBody,
  answers: { 200: Type.Object({ promptId: Type.String(), ...receipt.properties }) },
  run: async (call) => {
    const { content, mode, promptId = idIn(call).id } = call.body;
    const run = runOf(call);
    const named = { ...(promptId !== undefined && { promptId }), ...(mode !== undefined && { mode }) };
    const given = await sentAs(call, run, {}, async ({ labels: _, ...options }) =>
      run.prompt(content, { ...named, ...options }),
    );
    return json(told(given));
  },
});

const messages = Type.Object({
  messages: Type.Array(anything),
  asks: Type.Array(anything),
  before: nullableText,
  seq,
  sealed: Type.Boolean(),
});

const readMessages: AnyRoute = route({
  name: 'readMessages',
  method: 'GET',
  path: '/v1/runs/{id}/messages',
  summary: 'A page of messages from the end; `before` is that of the page after it',
  needs: 'read',
  query: Type.Object({
    last: Type.Optional(Type.Integer({ minimum: 1, maximum: pageMax })),
    before: Type.Optional(Type.String()),
  }),
  answers: { 200: messages },
  run: async (call) => {
    const run = await known(call);
    if (call.query.before !== undefined) await assertReadable(call, call.query.before);
    for await (const page of run.messages(call.query)) return json(plain(pageTold(page)));
    throw new Error('there is one page at least');
  },
});

const streamMessages: AnyRoute = route({
  name: 'streamMessages',
  method: 'GET',
  path: '/v1/runs/{id}/messages/stream',
  summary:
    'The last messages, and then what is new or changed of them; whoever comes back says with `from` where ' +
    'the first message began that may have changed since',
  needs: 'read',
  query: Type.Object({
    last: Type.Optional(Type.Integer({ minimum: 1, maximum: pageMax })),
    from: Type.Optional(Type.Integer({ minimum: 1 })),
    windowMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })),
  }),
  answers: { 200: eventStream },
  run: async (call) => {
    const run = await known(call);
    return streamed(call, {
      open: (signal) => run.messages({ ...call.query, signal })[Symbol.asyncIterator](),
      told: (page) => ({
        frame: frameOf({ id: page.seq, event: 'messages', data: pageTold(page) }),
        isLast: page.sealed,
      }),
      isVisible: stillVisible(run),
    });
  },
});

const readResult: AnyRoute = route({
  name: 'readResult',
  method: 'GET',
  path: '/v1/runs/{id}/result',
  summary: 'What a run came to; waits `waitMs` for its end',
  needs: 'read',
  query: Type.Object({ waitMs: Type.Optional(waitMs) }),
  answers: {
    200: Type.Object({
      cause: Type.String(),
      text: Type.Optional(Type.String()),
      seq,
      digest: anything,
      seal: anything,
    }),
  },
  run: async (call) => {
    const run = await known(call);
    const isOver = (await run.opened.journal.last(run.address))?.sealed === true;
    // What there is needs no waiting, however little was allowed.
    const ms = isOver ? waitMsMax : (call.query.waitMs ?? 0);
    return inTime(call, ms, async (signal) => json(plain(await run.result({ signal }))));
  },
});

const listChildren: AnyRoute = route({
  name: 'listChildren',
  method: 'GET',
  path: '/v1/runs/{id}/children',
  summary: 'Runs that work for this one',
  needs: 'read',
  query: Type.Object({
    after: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageMax })),
  }),
  answers: { 200: pageOf(row) },
  run: async (call) => {
    const { address, opened } = await known(call);
    const filter = { kind: 'run', parent: address, ...labelsWithin(call.access) };
    const page = await rowsPageOf(opened, { limit: pageDefault, ...call.query, ...filter });
    return json({ items: plain(page.rows), next: page.next ?? null });
  },
});

export const runRoutes: readonly AnyRoute[] = [
  ...verbRoutes,
  answerRun,
  promptRun,
  readMessages,
  streamMessages,
  readResult,
  listChildren,
];

/** A run that exists: what is read of it would wait for its birth, or be empty. */
async function known(call: Call): Promise<Run> {
  const run = await visible(call, runOf(call));
  if (!(await run.exists())) throw notFound(run.address);
  return run;
}

/** A place may lie in a run that this one goes on with. */
async function assertReadable(call: Call, before: string): Promise<void> {
  const address = before.slice(0, before.lastIndexOf('@'));
  await visible(call, { address, opened: call.desk.troupe.opened });
}

function idIn({ incoming }: Call): { readonly id?: string } {
  const id = incoming.header('idempotency-key');
  return id === undefined ? {} : { id };
}

function pageTold({ before, ...page }: MessagesPage): object {
  return { ...page, before: before ?? null };
}
