/**
 * A run as text: where it stands and the end of what was said.
 */
import { description } from '../actors/agentRun/description.ts';
import type { RunDigest } from '../actors/agentRun/digest/digest.ts';
import type { MessagesOptions, MessagesPage } from './messages.ts';

/** A run, as much of it as is told here. */
interface ToldRun {
  digest(): Promise<{ readonly digest: unknown }>;
  messages(options: MessagesOptions): AsyncIterable<MessagesPage>;
}

const messagesShown = 5;

export async function describedRun(run: ToldRun): Promise<string> {
  const { digest } = await run.digest();
  for await (const page of run.messages({ last: messagesShown })) {
    return description(digest as RunDigest, page, { messages: messagesShown }); // A run's digest.
  }
  return description(digest as RunDigest, { messages: [], asks: [] });
}
