/**
 * The kinds that every runtime hosts. Each is an ordinary definition, as a user could write it; a user's own
 * of the same name takes its place.
 */
import { agentRun } from '../actors/agentRun/agentRun.ts';
import { outboxFold } from '../actors/outbox/digest.ts';
import { outboxMachine } from '../actors/outbox/machine.ts';
import { outboxIds, outboxReply } from '../actors/outbox/reply.ts';
import { vocabulary } from '../actors/outbox/vocabulary.ts';
import { refused, standardsOf } from '../actors/standardSchema.ts';
import { defineActor } from './definition.ts';
import type { AnyDefinition } from './definition.ts';
import { pty } from './ptyDefinition.ts';
import { runDefinition } from './runDefinition.ts';

/** What they launch has a driver in the callers' thread; without a launch their orchestrator tells it all. */
export const run = runDefinition(agentRun());

export const outbox = defineActor({
  kind: 'outbox',
  version: 1,
  machine: outboxMachine,
  digest: outboxFold,
  reply: outboxReply,
  // Who posts again after a lost answer does so often, and asks for no count of that time.
  replyNow: ['outbox.post'],
  ids: outboxIds,
  schemas: { ...standardsOf(vocabulary), 'outbox.expired': refused },
});

const builtIns: readonly AnyDefinition[] = [run, pty, outbox];

export { pty };

/** What is hosted where these definitions are given. */
export function hostedWith(definitions: readonly AnyDefinition[]): readonly AnyDefinition[] {
  const own = new Set(definitions.map(({ kind }) => kind));
  return [...builtIns.filter(({ kind }) => !own.has(kind)), ...definitions];
}
