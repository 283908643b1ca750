/**
 * The dialect of engines that read frames as they come, without a handshake: Claude Code's
 * `--input-format stream-json`, and adapters of your own that have words for it.
 */
import type { Dialect, DialectPorts, EngineStart } from './engine.ts';
import { denialOf } from './engine.ts';

export function streamed(start: EngineStart, ports: DialectPorts): Dialect {
  const { say, requestId } = ports;
  const session = (): string => ports.session() ?? start.session ?? '';
  const write = (frame: object | undefined): boolean => {
    if (frame === undefined) return false;
    ports.write(frame);
    return true;
  };
  return {
    begin: () => undefined,
    heard: () => undefined,
    prompt: ({ content }) => {
      const isSaid = write(say.prompt?.({ content, session: session(), requestId: requestId() }));
      if (isSaid) return;
      const message = 'This engine is told nothing over its stdin: the prompt did not reach it.';
      ports.tell({ type: 'error', class: 'prompt_unsupported', message, retryable: false });
    },
    answer: (ask, answer) => void write(say.answer?.(ask, answer)),
    deny: (ask) => {
      const optionId = denialOf(ask);
      if (optionId !== undefined) write(say.answer?.(ask, { optionId, message: 'Nobody answered in time.' }));
    },
    update: ({ model, mode }) => {
      const { update } = say;
      for (const frame of update?.({ model, mode, requestId }) ?? []) ports.write(frame);
    },
    interrupt: () => {
      const turnId = ports.turnId();
      const words = { session: session(), requestId: requestId() };
      return write(say.interrupt?.({ ...words, ...(turnId !== undefined && { turnId }) }));
    },
  };
}
