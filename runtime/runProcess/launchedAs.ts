/**
 * How the process of a run is started: what was recorded, what is secret, and what its engine needs to be
 * spoken with.
 */
import type { ProcessInput } from '../../actors/agentRun/runContext.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Launch } from '../processHost/processHost.ts';
import { EngineTalk } from './engineTalk.ts';
import { engineOf } from './engines.ts';
import type { OwnEngines } from './ownEngines.ts';
import { PlainTalk } from './plainTalk.ts';
import type { Talk, TalkPorts } from './talk.ts';

export interface Launched {
  readonly launch: Omit<Launch, 'id'>;
  readonly talk: Talk;
}

export interface LaunchParts {
  readonly secretEnv: Readonly<Record<string, string>>;
  readonly engines: OwnEngines;
}

export function launchedAs(
  input: ProcessInput,
  { secretEnv, engines }: LaunchParts,
  ports: TalkPorts,
): Launched {
  const { launch } = input;
  if (launch === null) throw new TroupeError('START_FAILED', 'Nothing says what this run launches.', {});
  const { command, args = [], env = {}, secretNames = [], stdio } = launch;
  assertSecrets(secretNames, secretEnv);
  const cwd = input.cwd ?? process.cwd();
  // On a terminal an engine talks with people.
  const engine = stdio === 'pty' ? undefined : (engines.of(input.engine) ?? engineOf(input.engine));
  const common = { command, cwd, env, secretEnv };
  if (engine === undefined) {
    const enter = stdio === 'pty' ? '\r' : '\n';
    return { launch: { ...common, args }, talk: new PlainTalk(ports, enter) };
  }
  const start = {
    args,
    cwd,
    model: input.model ?? undefined,
    mode: input.mode ?? undefined,
    session: input.engineSession ?? undefined,
    allows: launch.allows ?? [],
  };
  return { launch: { ...common, args: engine.args(start) }, talk: new EngineTalk(engine, start, ports) };
}

/** They are never recorded, so a runtime that was opened since has none of them. */
function assertSecrets(names: readonly string[], given: Readonly<Record<string, string>>): void {
  const missing = names.filter((name) => !Object.hasOwn(given, name));
  if (missing.length === 0) return;
  const text =
    `Its secretEnv (${missing.join(', ')}) was given to a runtime before this one, and recorded nowhere. ` +
    'Give it again with a prompt.';
  throw new TroupeError('START_FAILED', text, { missing });
}
