/**
 * The dialect of `codex app-server`: a handshake, a thread that is started or resumed, turns on it. A prompt
 * that comes before its thread waits for it.
 */
import { fieldsOf, wordOf } from '../../actors/adapters/reading.ts';
import type { Dialect, DialectPorts, EngineStart } from './engine.ts';
import { denialOf } from './engine.ts';
import { failTurn, Handshake } from './handshake.ts';
import { Rpc } from './rpc.ts';
import type { Prompt } from './talk.ts';

const isServed = (method: string): boolean =>
  method.endsWith('/requestApproval') || method.endsWith('/requestUserInput');

export function codexRpc(start: EngineStart, ports: DialectPorts): Dialect {
  const rpc = new Rpc(ports);
  const { say, requestId } = ports;
  let { model } = start;
  const ready = new Handshake<string>(ports);
  const thread = (result: object): void => {
    const id = wordOf(fieldsOf(fieldsOf(result)['thread'])['id']);
    if (id === undefined) return ready.failed('it gave no thread');
    // The adapter knows a resumed thread by this alone.
    ports.feed({ method: 'thread/started', params: { thread: { id, ...(model && { model }) } } });
    return ready.done(id);
  };
  const open = (): void => {
    const common = { cwd: start.cwd, ...(model !== undefined && { model }) };
    const begin = (): void =>
      void rpc.request('thread/start', common, { done: thread, failed: ready.failed });
    if (start.session === undefined) return begin();
    const failed = (message: string): void => {
      ports.tell({ type: 'error', class: 'resume_failed', message, retryable: false });
      begin();
    };
    rpc.request('thread/resume', { threadId: start.session, ...common }, { done: thread, failed });
  };
  const prompted = ({ content, mode }: Prompt, session: string): void => {
    const turnId = mode === 'steer' ? ports.turnId() : undefined;
    const said = fieldsOf(
      say.prompt?.({ content, session, requestId: requestId(), ...(turnId && { turnId }) }),
    );
    const params = { ...fieldsOf(said['params']), ...(model !== undefined && !turnId && { model }) };
    const failed = (message: string): void => failTurn(ports, message);
    rpc.send({ ...said, params }, { done: () => undefined, failed });
  };
  return {
    begin: () => {
      const clientInfo = { name: 'troupe', title: 'Troupe', version: '1' };
      const done = (): void => {
        rpc.notify('initialized');
        open();
      };
      rpc.request('initialize', { clientInfo }, { done, failed: ready.failed });
    },
    heard: (frame) => rpc.heard(frame, isServed),
    prompt: (prompt) => ready.whenDone((session) => prompted(prompt, session)),
    answer: (ask, answer) => ports.write(say.answer?.(ask, answer) ?? {}),
    deny: (ask) => ports.write(say.answer?.(ask, { optionId: denialOf(ask) ?? 'decline' }) ?? {}),
    update: (change) => {
      model = change.model ?? model; // Of the next turn.
    },
    interrupt: () => {
      const [session, turnId] = [ready.value, ports.turnId()];
      if (session === undefined || turnId === undefined) return false;
      const frame = say.interrupt?.({ session, turnId, requestId: requestId() });
      if (frame !== undefined) rpc.send(frame, { done: () => undefined, failed: () => undefined });
      return frame !== undefined;
    },
  };
}
