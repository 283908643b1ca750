/**
 * An agent run of a server; each verb sends the event that `Run` sends.
 */
import type { PromptContent, RunEventOf } from '../../actors/agentRun/vocabulary.ts';
import type { run } from '../builtIn.ts';
import type { ListedRow } from '../list.ts';
import type { UntilOptions } from '../leaving.ts';
import type { MessagesOptions, MessagesPage } from '../messages.ts';
import type { Receipt } from '../ref.ts';
import type { PromptOptions, PromptReceipt, Run, RunResult, RunStart, VerbOptions } from '../run.ts';
import { Endable } from './endable.ts';
import { liveMessages, pageOf } from './messages.ts';
import { pages } from './paging.ts';
import { ClientRef } from './ref.ts';
import { aborted } from './refusal.ts';
import { newSendId, unless, within } from './remote.ts';
import type { Remote } from './remote.ts';

type Verbs =
  | 'start'
  | 'prompt'
  | 'interrupt'
  | 'answer'
  | 'update'
  | 'pause'
  | 'unpause'
  | 'stop'
  | 'end'
  | 'result'
  | 'messages'
  | 'children';
type Sent = Promise<Receipt<undefined>>;
type Options = Omit<VerbOptions, 'by'>;
type Event = Parameters<ClientRef<typeof run>['send']>[0];
/** The longest that a server waits in one request. */
const waitMs = 30_000;

/** An agent run on a server. */
export class ClientRun extends ClientRef<typeof run> implements Pick<Run, Verbs> {
  readonly #path: string;

  constructor(remote: Remote, id: string) {
    super(remote, 'run', id);
    this.#path = `/v1/runs/${encodeURIComponent(id)}`;
  }

  async start(start: RunStart = {}, options: Options = {}): Sent {
    const given = Object.entries(start.labels ?? {});
    const labels = Object.fromEntries(given.filter((one): one is [string, string] => one[1] !== null));
    return this.send({ type: 'run.start', ...start }, { ...options, labels });
  }

  /** Its id is that of the send: asked again, it is prompted once. */
  async prompt(content: PromptContent, options: Omit<PromptOptions, 'by'> = {}): Promise<PromptReceipt> {
    const { promptId = newSendId(), mode, ...rest } = options;
    const event = { type: 'run.prompt' as const, promptId, content, ...(mode !== undefined && { mode }) };
    const receipt = await this.send(event, { id: promptId, ...rest });
    const isOwn = options.promptId === undefined && rest.id === undefined;
    return { promptId, ...receipt, ...(isOwn && { duplicate: false }) };
  }

  async interrupt(options?: Options): Sent {
    return this.send({ type: 'turn.interrupt' }, options);
  }

  /** One answer each: whoever comes second is told who was first (`ALREADY_ANSWERED`). */
  async answer(
    requestId: string,
    optionId: string,
    options: Options & { readonly input?: unknown; readonly message?: string } = {},
  ): Sent {
    const { input, message, signal, id = newSendId() } = options;
    const body = { requestId, optionId, input, message };
    const receipt = await this.remote.ask<Receipt<undefined>>(`${this.#path}/answer`, { body, id, signal });
    return { ...receipt, ...(options.id === undefined && { duplicate: false }) };
  }

  async update(patch: Omit<RunEventOf<'run.update'>, 'type'>, options?: Options): Sent {
    return this.#say('run.update', patch, options);
  }

  async pause(options?: Options): Sent {
    return this.#say('run.pause', {}, options);
  }

  async unpause(options?: Options): Sent {
    return this.#say('run.unpause', {}, options);
  }

  /** Drains its process, then ends it. */
  async stop(stop: Omit<RunEventOf<'run.stop'>, 'type'> = {}, options?: Options): Sent {
    return this.#say('run.stop', stop, options);
  }

  async end(end: Omit<RunEventOf<'run.end'>, 'type'>, options?: Options): Sent {
    return this.#say('run.end', end, options);
  }

  async #say(type: Event['type'], payload: object, options?: Options): Sent {
    return this.send({ ...payload, type } as Event, options); // The payload of its type.
  }

  /** What it came to, once it has ended, whatever way. */
  async result({ timeoutMs, ...given }: UntilOptions = {}): Promise<RunResult> {
    const signal = within(given.signal, timeoutMs);
    for (;;) {
      const asked = this.remote.ask<RunResult>(`${this.#path}/result`, { query: { waitMs }, signal });
      const result = await unless('TIMEOUT', asked);
      if (result !== undefined) return result;
      if (signal?.aborted === true) throw aborted(signal);
    }
  }

  /** The last messages, then those that are new or changed; with `before`, that page alone. */
  messages({ signal, ...query }: MessagesOptions = {}): Endable<MessagesPage> {
    const { remote } = this;
    const path = `${this.#path}/messages`;
    return new Endable(signal, async function* (ended) {
      if (query.before === undefined) yield* liveMessages(remote, path, query, ended);
      else yield await pageOf(remote, path, { last: query.last, before: query.before }, ended);
    });
  }

  /** Runs that work for this one. */
  children(): AsyncIterable<ListedRow> {
    return pages(this.remote, `${this.#path}/children`, {});
  }
}
