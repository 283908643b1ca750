/**
 * The adapters by the names that `troupe/adapters` exports them under: for whoever can only say a name.
 */
import { acp, claude, codexAppServer, codexExec, gemini, openaiResponses } from '../actors/adapters/index.ts';
import type { RunEvent } from '../actors/agentRun/vocabulary.ts';
import type { Adapter } from '../actors/adapters/index.ts';
import { invalidOption } from './invalidOption.ts';
import type { OwnEngines } from './runProcess/ownEngines.ts';

/** An adapter whose state is its own matter: the method form lets those of all states stand here. */
export interface AnyAdapter extends Omit<Adapter, 'frame'> {
  frame(state: unknown, frame: unknown): { readonly state: unknown; readonly events: readonly RunEvent[] };
}

const adapters: Readonly<Record<string, AnyAdapter>> = {
  claude,
  codexExec,
  codexAppServer,
  gemini,
  acp,
  openaiResponses,
};

/** `own`: the engines of the user's own, whose names come first. */
export function adapterOf(name: string, own: OwnEngines): AnyAdapter {
  const adapter = own.of(name)?.adapter ?? (Object.hasOwn(adapters, name) ? adapters[name] : undefined);
  if (adapter !== undefined) return adapter;
  throw invalidOption('adapter', name, `it is one of ${[...own.names, ...Object.keys(adapters)].join(', ')}`);
}
