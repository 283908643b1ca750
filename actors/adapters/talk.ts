/**
 * What an adapter remembers of the talk so far, and the words it tells it in. Lanes keep apart what the agent
 * says from what its sub-agents say: a lane is the call that started the sub-agent, '' the agent's own.
 */
import { openCallsMax, openMessagesMax } from '../agentRun/limits.ts';
import type { RunEvent, RunEventOf, TurnStatus } from '../agentRun/vocabulary.ts';
import type { Told } from './adapter.ts';
import { idOf, nameOf } from './reading.ts';

/** A message that grows. */
export interface OpenMessage {
  readonly lane: string;
  readonly messageId: string;
  /** Its text came in pieces: whole blocks repeat it. */
  readonly isStreamed: boolean;
  /** Its end was told; it is remembered for what still comes of it. */
  readonly isEnded: boolean;
}

export interface Talk {
  readonly source: string;
  /** Ids made so far, where the engine gives none. */
  readonly minted: number;
  readonly turnId: string | null;
  readonly turns: number;
  readonly messages: readonly OpenMessage[];
  /** Calls without a result. */
  readonly calls: readonly string[];
  readonly session: string | null;
  readonly model: string;
}

/** Nothing has been said yet. */
export function startTalk(source: string): Talk {
  const nothing = { turnId: null, turns: 0, messages: [], calls: [], session: null };
  return { source, minted: 0, ...nothing, model: 'unknown' };
}

type Role = RunEventOf<'message.start'>['role'];

/** One frame being told: the events so far, and the talk as they leave it. */
export class Telling<T extends Talk> {
  readonly events: RunEvent[] = [];
  talk: T;

  constructor(talk: T) {
    this.talk = talk;
  }

  get told(): Told<T> {
    return { state: this.talk, events: this.events };
  }

  /** Only what the adapter itself adds to a talk, or what the talk has. */
  set(patch: Partial<T>): void {
    this.talk = { ...this.talk, ...patch };
  }

  tell(event: RunEvent): void {
    this.events.push(event);
  }

  /** An id that is the engine's within this source. */
  scoped(id: unknown): string {
    const { source } = this.talk;
    return (source === '' ? idOf(id) : idOf(`${source}:${idOf(id) ?? ''}`)) ?? this.mint('item');
  }

  mint(what: string): string {
    const minted = this.talk.minted + 1;
    this.set({ minted } as Partial<T>);
    return this.scoped(`${what}.${minted}`);
  }

  /** The frame as it came, of a kind that nobody knows. */
  unknown(raw: unknown): void {
    this.tell({ type: 'note', unknown: true, raw } as RunEvent);
  }

  /** The frame as it came, of a kind that has no event of its own. */
  note(raw: unknown): void {
    this.tell({ type: 'note', raw } as RunEvent);
  }

  /** The engine's session: told once, and again when it is another. */
  session(session: string | undefined, model: string | undefined): void {
    if (model !== undefined) this.set({ model: nameOf(model, 'unknown') } as Partial<T>);
    const id = idOf(session);
    if (id === undefined || id === this.talk.session) return;
    this.set({ session: id } as Partial<T>);
    this.tell({ type: 'note', engineSession: id, model: this.talk.model } as RunEvent);
  }

  turnStart(id?: unknown): void {
    if (this.talk.turnId !== null) return;
    const turns = this.talk.turns + 1;
    const turnId = idOf(id) ?? this.scoped(`turn.${turns}`);
    this.set({ turnId, turns, calls: [] } as unknown as Partial<T>);
    this.tell({ type: 'turn.start', turnId });
  }

  turnEnd(status: TurnStatus, reason?: string): void {
    const { turnId, messages } = this.talk;
    if (turnId === null) return;
    for (const { lane } of messages) this.messageEnd(lane);
    this.set({ turnId: null, messages: [], calls: [] } as unknown as Partial<T>);
    this.tell({ type: 'turn.end', turnId, status, ...(reason !== undefined && { reason }) });
  }

  open(lane: string): OpenMessage | undefined {
    return this.talk.messages.find((message) => message.lane === lane);
  }

  /** The lane's message; another one ends the one before. */
  message(lane: string, id: unknown, role: Role = 'assistant', isStreamed = false): OpenMessage {
    const before = this.open(lane);
    const wanted = idOf(id);
    const isSame = wanted === undefined ? before?.isEnded === false : before?.messageId === wanted;
    if (before !== undefined && isSame) return isStreamed ? this.#streamed(before) : before;
    this.messageEnd(lane);
    const message = { lane, messageId: wanted ?? this.mint('message'), isStreamed, isEnded: false };
    const others = this.talk.messages.filter((other) => other.lane !== lane).slice(1 - openMessagesMax);
    this.set({ messages: [...others, message] } as unknown as Partial<T>);
    const { messageId } = message;
    this.tell({ type: 'message.start', messageId, role, ...(lane !== '' && { parentCallId: lane }) });
    return message;
  }

  #streamed(message: OpenMessage): OpenMessage {
    if (message.isStreamed) return message;
    const streamed = { ...message, isStreamed: true };
    const messages = this.talk.messages.map((one) => (one === message ? streamed : one));
    this.set({ messages } as unknown as Partial<T>);
    return streamed;
  }

  delta(messageId: string, part: 'text' | 'reasoning', text: string): void {
    if (text !== '') this.tell({ type: 'message.delta', messageId, part, text });
  }

  messageEnd(lane: string, finish?: string): void {
    const message = this.open(lane);
    if (message === undefined || message.isEnded) return;
    const messages = this.talk.messages.map((one) => (one === message ? { ...one, isEnded: true } : one));
    this.set({ messages } as unknown as Partial<T>);
    const { messageId } = message;
    this.tell({
      type: 'message.end',
      messageId,
      ...(finish !== undefined && { finish: nameOf(finish, '') }),
    });
  }

  /** A message that comes whole. */
  whole(lane: string, id: unknown, role: Role, text: string): void {
    this.message(lane, id ?? this.mint('message'), role);
    this.delta(this.open(lane)?.messageId ?? '', 'text', text);
    this.messageEnd(lane);
  }

  isOpenCall(callId: string): boolean {
    return this.talk.calls.includes(callId);
  }

  call(callId: string, call: Omit<RunEventOf<'tool.call'>, 'type' | 'callId'>): void {
    const calls = [...this.talk.calls.filter((open) => open !== callId), callId].slice(-openCallsMax);
    this.set({ calls } as unknown as Partial<T>);
    this.tell({ type: 'tool.call', callId, ...call });
  }

  callEnd(callId: string, end: Omit<RunEventOf<'tool.end'>, 'type' | 'callId'>): void {
    this.set({ calls: this.talk.calls.filter((open) => open !== callId) } as unknown as Partial<T>);
    this.tell({ type: 'tool.end', callId, ...end });
  }
}
