/**
 * The dialect of engines that take one prompt, as text on stdin, and end with the turn: `codex exec`, Gemini
 * CLI. The next prompt is for the next process.
 */
import type { Dialect, DialectPorts, EngineStart } from './engine.ts';
import { textOfPrompt } from './talk.ts';
import type { Prompt } from './talk.ts';

export function onePrompt(_: EngineStart, { writeText, end, tell }: DialectPorts): Dialect {
  let isTaken = false;
  return {
    begin: () => undefined,
    heard: () => undefined,
    prompt: ({ content, mode }: Prompt) => {
      if (!isTaken) {
        isTaken = true;
        writeText(textOfPrompt(content));
        end();
      } else if (mode === 'steer') {
        const message = 'This engine reads nothing during a turn: the prompt did not reach it.';
        tell({ type: 'error', class: 'steer_unsupported', message, retryable: false });
      }
    },
    answer: () => undefined,
    deny: () => undefined,
    update: () => undefined,
    interrupt: () => false,
  };
}
