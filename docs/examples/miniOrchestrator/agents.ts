/**
 * The agents, played from scripts. Yours are processes or SDKs: what they say is the same vocabulary.
 */
import { ask, exit, scriptedAgent, turn } from 'troupe/testing';
import type { Steps } from 'troupe/testing';

const scripts: Readonly<Record<string, readonly Steps[]>> = {
  'run/code.1': [turn('The form is there.')],
  'run/tests.1': [turn('The old tests stay.', { steps: ask('delete', 'Delete the old tests?') })],
  'run/docs.3': [turn('At the third try.')],
};

export const agents = scriptedAgent(
  ({ address }) => scripts[address] ?? [exit(1, { stderr: 'out of memory' })],
);
