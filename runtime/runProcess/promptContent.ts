/** What a prompt says: the last content that was recorded under its id. */
import type { PromptContent, RunEventOf } from '../../actors/agentRun/vocabulary.ts';
import type { DriverPort } from '../drivers.ts';

type Prompting = RunEventOf<'run.prompt' | 'run.reprompt'>;

const types = ['run.prompt', 'run.reprompt'];

/** Undefined: it was erased. */
export async function contentOf(port: DriverPort, promptId: string): Promise<PromptContent | undefined> {
  for await (const { event } of port.facts({ reverse: true, types })) {
    const prompting = event as Prompting; // Its schema was checked at the door.
    if (prompting.promptId === promptId) return prompting.content;
  }
  return undefined;
}
