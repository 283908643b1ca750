/**
 * A process that speaks no engine's language: what it prints is kept as notes, and a prompt is a line that is
 * typed. Turns are told by whoever knows of them.
 */
import { StringDecoder } from 'node:string_decoder';
import type { RunEvent } from '../../actors/agentRun/vocabulary.ts';
import { textOfPrompt } from './talk.ts';
import type { Prompt, Talk, TalkPorts } from './talk.ts';

export class PlainTalk implements Talk {
  readonly #ports: TalkPorts;
  readonly #enter: string;
  readonly #decoder = new StringDecoder('utf8');

  /** `enter`: what ends a line that is typed. */
  constructor(ports: TalkPorts, enter: '\n' | '\r') {
    this.#ports = ports;
    this.#enter = enter;
  }

  begin(): void {}

  output(bytes: Uint8Array): void {
    this.#tell(this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  }

  prompt({ content }: Prompt): void {
    this.#ports.write(textOfPrompt(content) + this.#enter);
  }

  answer(): void {}

  deny(): void {}

  update(): void {}

  interrupt(): boolean {
    return false;
  }

  drain(): boolean {
    return false;
  }

  ended(): void {
    this.#tell(this.#decoder.end());
  }

  #tell(text: string): void {
    // Fields that the vocabulary does not name are kept.
    if (text !== '') this.#ports.tell({ type: 'note', stream: 'stdout', text } as RunEvent);
  }
}
