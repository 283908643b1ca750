/**
 * An agent run as its orchestrator uses it. Each verb sends exactly one documented event
 * (actors/agentRun/vocabulary.ts); whatever else a reference can do, a run can.
 */
import { randomUUID } from 'node:crypto';
import { mergeDigests } from '../actors/agentRun/digest/merge.ts';
import { startDigest } from '../actors/agentRun/digest/digest.ts';
import type { RunDigest } from '../actors/agentRun/digest/digest.ts';
import type { Cause, PromptContent, RunEventOf } from '../actors/agentRun/vocabulary.ts';
import { isTroupeError, TroupeError } from '../actors/troupeError.ts';
import type { run } from './builtIn.ts';
import type { Adapter } from '../actors/adapters/adapter.ts';
import { ingest } from './ingest.ts';
import type { Frames, Ingested, IngestOptions } from './ingest.ts';
import { assertUntil } from './leaving.ts';
import type { UntilOptions } from './leaving.ts';
import { rowsOf } from './list.ts';
import type { ListedRow } from './list.ts';
import { chainMax, messagesOf } from './messages.ts';
import type { MessagesOptions, MessagesPage } from './messages.ts';
import { Ref } from './ref.ts';
import type { Digest, Receipt } from './ref.ts';
import { describedRun } from './runText.ts';
import type { SendOptions } from './sending.ts';

type Said<T extends Parameters<Ref<typeof run>['send']>[0]['type']> = Omit<
  Extract<Parameters<Ref<typeof run>['send']>[0], { readonly type: T }>,
  'type'
>;

/** How a send is known, and who sent it. */
export type VerbOptions = Pick<SendOptions, 'id' | 'by' | 'trace' | 'ifSeq' | 'signal' | 'wait'>;

/** What a run is started with. */
export type RunStart = Omit<RunEventOf<'run.start'>, 'type' | 'secretEnv'>;

/** How a start is sent. */
export interface StartOptions extends VerbOptions {
  /** Environment of its processes, as `launch.env`, and never recorded: only its names are. */
  readonly secretEnv?: SecretEnv;
}

export type SecretEnv = Readonly<Record<string, string>>;

/** How a prompt is sent. */
export interface PromptOptions extends VerbOptions {
  readonly promptId?: string;
  /** `steer` goes into the open turn; `queue`, the default, waits for its end. */
  readonly mode?: 'queue' | 'steer';
  /** Given again, where a runtime that was opened since has to launch the run's process anew. */
  readonly secretEnv?: SecretEnv;
}

/** The receipt of a prompt, with the id that makes a retry the same. */
export interface PromptReceipt extends Receipt<undefined> {
  readonly promptId: string;
}

/** What a run came to. */
export interface RunResult {
  readonly cause: Cause;
  readonly text: string | undefined;
  readonly seq: number;
  readonly digest: RunDigest;
  readonly seal: NonNullable<Digest['seal']>;
}

export class Run extends Ref<typeof run> {
  async start(
    start: RunStart = {},
    { secretEnv, ...options }: StartOptions = {},
  ): Promise<Receipt<undefined>> {
    const { launch } = start;
    const names = Object.keys(secretEnv ?? {});
    if (secretEnv !== undefined && launch === undefined) throw unlaunched(this.address, names);
    const labels = Object.fromEntries(
      Object.entries(start.labels ?? {}).filter((label): label is [string, string] => label[1] !== null),
    );
    const named = launch !== undefined && names.length > 0 && { launch: { ...launch, secretNames: names } };
    const send = async () => this.send({ type: 'run.start', ...start, ...named }, { ...options, labels });
    return this.#withSecret(secretEnv, send);
  }

  /** It is there when the process needs it; of a send that is refused nothing is kept. */
  async #withSecret<T>(secretEnv: SecretEnv | undefined, send: () => Promise<T>): Promise<T> {
    if (secretEnv === undefined) return send();
    const takeBack = this.opened.processes.keepSecret(this.address, secretEnv);
    try {
      return await send();
    } catch (error) {
      takeBack();
      throw error;
    }
  }

  /** Its id is that of the send: asked again, it is prompted once. */
  async prompt(content: PromptContent, options: PromptOptions = {}): Promise<PromptReceipt> {
    const { promptId = randomUUID(), mode, secretEnv, ...rest } = options;
    const event = { type: 'run.prompt' as const, promptId, content, ...(mode !== undefined && { mode }) };
    const send = async () => this.send(event, { id: promptId, ...rest });
    return { promptId, ...(await this.#withSecret(secretEnv, send)) };
  }

  /** Ends the open turn, and nothing else. */
  async interrupt(options: VerbOptions = {}): Promise<Receipt<undefined>> {
    const { by } = options;
    return this.send({ type: 'turn.interrupt', ...(by !== undefined && { by }) }, options);
  }

  /** One answer each: whoever comes second is told who was first (`ALREADY_ANSWERED`). */
  async answer(
    requestId: string,
    optionId: string,
    {
      input,
      message,
      ...options
    }: VerbOptions & { readonly input?: unknown; readonly message?: string } = {},
  ): Promise<Receipt<undefined>> {
    const said = { ...(input !== undefined && { input }), ...(message !== undefined && { message }) };
    try {
      return await this.send({ type: 'permission.answer', requestId, optionId, ...said }, options);
    } catch (error) {
      if (!isTroupeError(error, 'NOT_ACCEPTED') && !isTroupeError(error, 'SEALED')) throw error;
      throw (await this.#answered(requestId)) ?? error;
    }
  }

  async #answered(requestId: string): Promise<TroupeError | undefined> {
    for await (const { seq, at, by, event } of this.history({
      types: ['permission.answer'],
      reverse: true,
    })) {
      if (event.requestId !== requestId) continue;
      const { optionId } = event;
      const text = `${requestId} was answered with ${optionId} at seq ${seq}.`;
      const details = { seq, at, optionId, ...(by !== undefined && { by }) };
      return new TroupeError('ALREADY_ANSWERED', text, details);
    }
    return undefined;
  }

  async update(patch: Said<'run.update'>, options?: VerbOptions): Promise<Receipt<undefined>> {
    return this.send({ type: 'run.update', ...patch }, options);
  }

  async pause(options?: VerbOptions): Promise<Receipt<undefined>> {
    return this.send({ type: 'run.pause' }, options);
  }

  async unpause(options?: VerbOptions): Promise<Receipt<undefined>> {
    return this.send({ type: 'run.unpause' }, options);
  }

  /** Drains its process, then ends it. */
  async stop(stop: Said<'run.stop'> = {}, options?: VerbOptions): Promise<Receipt<undefined>> {
    return this.send({ type: 'run.stop', ...stop }, options);
  }

  async end(end: Said<'run.end'>, options?: VerbOptions): Promise<Receipt<undefined>> {
    return this.send({ type: 'run.end', ...end }, options);
  }

  /** What it came to, once it has ended, whatever way. */
  async result(options: UntilOptions = {}): Promise<RunResult> {
    assertUntil('result', options);
    const { leaving, opened } = this.holder;
    return leaving.within(`The end of ${this.address}`, options, opened.plan.wait, async (signal) => {
      for await (const { sealed } of this.subscribe({ signal, windowMs: 1000 })) if (sealed) break;
      return this.#result();
    });
  }

  async #result(): Promise<RunResult> {
    const { seq, digest, seal } = await this.digest();
    if (seal === undefined) throw new TroupeError('CORRUPT', `${this.address} has ended without a seal.`, {});
    // The cause of a run that its machine ended is in its list; the host's own words stand beside it.
    return { cause: seal.cause as Cause, text: digest.result?.text, seq, digest, seal };
  }

  /** Pages of messages, newest first page; without `before` it goes on live with what changes. */
  messages(options: MessagesOptions = {}): AsyncIterable<MessagesPage> {
    return messagesOf(this, options);
  }

  /** What an engine emits, through its adapter, each frame once; resolves when all of it is durable. */
  async ingest<S>(frames: Frames, adapter: Adapter<S>, options: IngestOptions = {}): Promise<Ingested> {
    return ingest(this, frames, adapter, options);
  }

  /** Runs that work for this one. */
  children(): AsyncIterable<ListedRow> {
    return rowsOf(this.opened, { kind: 'run', parent: this.address });
  }

  /** The digests of this run and all that it goes on with (`continues`), or of its children, as one. */
  async total(of: 'chain' | 'children' = 'chain'): Promise<RunDigest> {
    const digests: RunDigest[] = [];
    if (of === 'children') {
      for await (const { address } of this.children()) digests.push(await this.#digestOf(address));
    } else {
      for (let address: string | null = this.address; address !== null;) {
        const digest = await this.#digestOf(address);
        digests.push(digest);
        address = digest.identity.continues;
        if (digests.length >= chainMax) break;
      }
    }
    return digests.toReversed().reduce(mergeDigests, startDigest);
  }

  async #digestOf(address: string): Promise<RunDigest> {
    const ref = new Ref<typeof run>(this.holder, address);
    return (await ref.digest()).digest;
  }

  override async describe(): Promise<string> {
    return describedRun(this);
  }
}

/** Only the names: the values are secret. */
function unlaunched(address: string, names: readonly string[]): TroupeError {
  const text =
    'A secretEnv is for the process of a `launch`: this run launches none, so nothing would get it.';
  return new TroupeError('UNSUPPORTED', text, { address, option: 'secretEnv', names });
}
