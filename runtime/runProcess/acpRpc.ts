/**
 * The client's side of the Agent Client Protocol: a session that is new or loaded, prompts one after the
 * other, the agent's requests for permission, and for files and terminals where the launch allows it. The
 * adapter sees our own requests, so that it knows history from news.
 */
import type { AnswerWords } from '../../actors/adapters/adapter.ts';
import { fieldsOf, wordOf } from '../../actors/adapters/reading.ts';
import type { Fields } from '../../actors/adapters/reading.ts';
import { AcpClient, codeOf, messageIn } from './acpClient.ts';
import type { Dialect, DialectPorts, EngineStart } from './engine.ts';
import { denialOf } from './engine.ts';
import { failTurn, Handshake } from './handshake.ts';
import { Rpc } from './rpc.ts';
import type { Ask, Prompt } from './talk.ts';

const clientInfo = { name: 'troupe', version: '1' };
const isAsk = (method: string): boolean => method === 'session/request_permission';
const nothing = (): void => undefined;

interface Change {
  readonly model?: string | undefined;
  readonly mode?: string | undefined;
}

export class AcpRpc implements Dialect {
  readonly #start: EngineStart;
  readonly #ports: DialectPorts;
  readonly #rpc: Rpc;
  readonly #client: AcpClient;
  readonly #ready: Handshake<string>;
  /** The protocol has one prompt at a time: what is to go into an open turn follows it. */
  readonly #waiting: Prompt[] = [];

  constructor(start: EngineStart, ports: DialectPorts) {
    this.#start = start;
    this.#ports = ports;
    this.#rpc = new Rpc(ports, { jsonrpc: '2.0' });
    this.#client = new AcpClient(start, ports);
    this.#ready = new Handshake(ports);
  }

  begin(): void {
    const done = (result: Fields): void => {
      const canLoad = fieldsOf(result['agentCapabilities'])['loadSession'] === true;
      const { session } = this.#start;
      if (session !== undefined && canLoad) this.#load(session);
      else this.#create();
    };
    const initialize = {
      protocolVersion: 1,
      clientCapabilities: this.#client.capabilities,
      clientInfo,
    };
    this.#rpc.request('initialize', initialize, { done, failed: this.#ready.failed });
  }

  #create(): void {
    const done = (result: Fields): void => {
      const id = wordOf(result['sessionId']);
      if (id === undefined) this.#ready.failed('it gave no session');
      else this.#opened(id);
    };
    this.#rpc.request('session/new', this.#place(), { done, failed: this.#ready.failed });
  }

  #load(sessionId: string): void {
    const done = (): void => this.#opened(sessionId);
    const failed = (message: string): void => {
      this.#ports.tell({ type: 'error', class: 'resume_failed', message, retryable: false });
      this.#create();
    };
    const params = { sessionId, ...this.#place() };
    this.#ports.feed(this.#rpc.request('session/load', params, { done, failed }));
  }

  #place(): object {
    return { cwd: this.#start.cwd, mcpServers: [] };
  }

  #opened(sessionId: string): void {
    this.#change(sessionId, this.#start);
    this.#ready.done(sessionId);
  }

  #change(sessionId: string, { model, mode }: Change): void {
    const failed = (message: string): void =>
      this.#ports.tell({ type: 'error', class: 'update_failed', message, retryable: false });
    const answered = { done: nothing, failed };
    if (mode !== undefined) this.#rpc.request('session/set_mode', { sessionId, modeId: mode }, answered);
    if (model !== undefined) this.#rpc.request('session/set_model', { sessionId, modelId: model }, answered);
  }

  heard(frame: unknown): void {
    this.#rpc.heard(frame, (method) => isAsk(method) || this.#client.serves(method));
    void this.#serve(fieldsOf(frame));
    if (this.#ports.turnId() !== undefined) return;
    const next = this.#waiting.shift();
    if (next !== undefined) this.prompt(next);
  }

  /** What it asks its client for. */
  async #serve({ id, method, params }: Fields): Promise<void> {
    if (typeof method !== 'string' || id === undefined || !this.#client.serves(method)) return;
    try {
      this.#rpc.answer(id, await this.#client.serve(method, fieldsOf(params)));
    } catch (error) {
      this.#rpc.refuse(id, codeOf(error), messageIn(error));
    }
  }

  close(): void {
    this.#client.close();
  }

  prompt(prompt: Prompt): void {
    this.#ready.whenDone((session) => this.#prompted(prompt, session));
  }

  #prompted(prompt: Prompt, session: string): void {
    const { say, requestId, turnId, feed } = this.#ports;
    if (turnId() !== undefined) return void this.#waiting.push(prompt);
    const frame = say.prompt?.({ content: prompt.content, session, requestId: requestId() });
    if (frame === undefined) return undefined;
    // The adapter reads the answer first, and ends the turn by it.
    const failed = (message: string): void =>
      turnId() === undefined ? undefined : failTurn(this.#ports, message);
    this.#rpc.send(frame, { done: nothing, failed });
    return feed(frame);
  }

  answer(ask: Ask, answer: AnswerWords): void {
    const frame = this.#ports.say.answer?.(ask, answer);
    if (frame !== undefined) this.#ports.write(frame);
  }

  deny(ask: Ask): void {
    const optionId = denialOf(ask);
    if (optionId === undefined) this.#cancelled(ask);
    else this.answer(ask, { optionId });
  }

  #cancelled(ask: Ask): void {
    const { nativeId } = ask as Ask & { readonly nativeId?: unknown }; // As the adapter notes it.
    this.#rpc.answer(nativeId, { outcome: { outcome: 'cancelled' } });
  }

  update(change: Change): void {
    this.#ready.whenDone((session) => this.#change(session, change));
  }

  interrupt(): boolean {
    const { say, requestId, write, asks } = this.#ports;
    const session = this.#ready.value;
    const frame = session === undefined ? undefined : say.interrupt?.({ session, requestId: requestId() });
    if (frame === undefined) return false;
    write(frame);
    // The protocol wants every open request answered so.
    for (const ask of asks()) this.#cancelled(ask);
    return true;
  }
}
