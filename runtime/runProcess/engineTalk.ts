/**
 * A process that is an engine: its output goes through its adapter, frame by frame, and its dialect says what
 * is written to it. What the adapter knows of the talk (session, open turn, open asks) is kept here for it.
 */
import type { RunEvent } from '../../actors/agentRun/vocabulary.ts';
import { FrameReader } from '../frameReader.ts';
import type { Dialect, Engine, EngineStart } from './engine.ts';
import type { Answer, Ask, Prompt, Talk, TalkPorts } from './talk.ts';

/** As many as a run has open, with those that it has not refused yet. */
const asksMax = 64;

export class EngineTalk implements Talk {
  readonly #ports: TalkPorts;
  readonly #engine: Engine;
  readonly #dialect: Dialect;
  readonly #reader = new FrameReader();
  readonly #asks = new Map<string, Ask>();
  #state: unknown;
  #session: string | undefined;
  #turnId: string | undefined;
  #requests = 0;

  constructor(engine: Engine, start: EngineStart, ports: TalkPorts) {
    this.#ports = ports;
    this.#engine = engine;
    this.#state = engine.adapter.start(ports.processId);
    this.#dialect = engine.dialect(start, {
      say: engine.adapter.say ?? {},
      write: (frame) => ports.write(`${JSON.stringify(frame)}\n`),
      writeText: ports.write,
      end: ports.end,
      tell: (event) => this.#told(event),
      feed: (frame) => this.#take(frame),
      requestId: () => `${ports.processId}.${++this.#requests}`,
      session: () => this.#session,
      turnId: () => this.#turnId,
      asks: () => [...this.#asks.values()],
      newSession: ports.newSession,
      address: ports.address,
    });
  }

  begin(): void {
    this.#dialect.begin();
  }

  output(bytes: Uint8Array): void {
    for (const { frame } of this.#reader.read(bytes)) this.#heard(frame);
  }

  prompt(prompt: Prompt): void {
    this.#dialect.prompt(prompt);
  }

  answer({ requestId, ...words }: Answer): void {
    const ask = this.#asks.get(requestId);
    this.#asks.delete(requestId);
    if (ask !== undefined) this.#dialect.answer(ask, words);
  }

  deny(requestId: string): void {
    const ask = this.#asks.get(requestId);
    this.#asks.delete(requestId);
    if (ask !== undefined) this.#dialect.deny(ask);
  }

  update(change: { readonly model?: string; readonly mode?: string }): void {
    this.#dialect.update(change);
  }

  interrupt(): boolean {
    // It has ended meanwhile: a signal would end the process instead.
    if (this.#turnId === undefined) return true;
    const isTold = this.#dialect.interrupt();
    if (isTold) this.#asks.clear();
    return isTold;
  }

  /** The end of its stdin ends an engine that listens; a turn is called off before. */
  drain(): boolean {
    this.interrupt();
    return this.#engine.prompts === 'many';
  }

  ended(isInterrupted: boolean): void {
    const rest = this.#reader.end();
    if (typeof rest !== 'number') this.#heard(rest.frame);
    const turnId = this.#turnId;
    if (!isInterrupted || turnId === undefined) return;
    this.#told({ type: 'turn.end', turnId, status: 'cancelled', reason: 'interrupted' });
  }

  close(): void {
    this.#dialect.close?.();
  }

  #heard(frame: unknown): void {
    this.#take(frame);
    this.#dialect.heard(frame);
  }

  #take(frame: unknown): void {
    const { state, events } = this.#engine.adapter.frame(this.#state, frame);
    this.#state = state;
    for (const event of events) this.#told(event);
  }

  #told(event: RunEvent): void {
    switch (event.type) {
      case 'turn.start':
        this.#turnId = event.turnId;
        break;
      case 'turn.end':
        this.#turnId = undefined;
        this.#asks.clear();
        break;
      case 'permission.ask':
        this.#asks.set(event.requestId, event);
        if (this.#asks.size > asksMax) this.deny([...this.#asks.keys()][0] ?? '');
        break;
      case 'permission.cancelled':
        this.#asks.delete(event.requestId);
        break;
      default:
    }
    this.#ports.tell(this.#sessionIn(event) ?? event);
  }

  /** An adapter tells the engine's session as a note; here there is a process that it is of. */
  #sessionIn(event: RunEvent): RunEvent | undefined {
    const { engineSession, type, ...rest } = event as RunEvent & { readonly engineSession?: unknown };
    if (type !== 'note' || typeof engineSession !== 'string') return undefined;
    this.#session = engineSession;
    const { processId } = this.#ports;
    return { ...rest, type: 'process.session', processId, engineSession };
  }
}
