/**
 * An agent for tests and demonstrations: a definition of kind `run` whose process is a script. Everything but
 * the process is the run itself: its statechart, its digest, its seal.
 *   - A list of steps goes on where it was when its worker was lost. A generator cannot: its process is lost
 *     then, and so is every scripted process when the process that hosts it ends.
 *   - A word that was told while its worker was lost is read from where the run stands: a prompt, an answer
 *     (not which one) and the end; an interruption is not.
 */
import { drivenRun } from '../actors/agentRun/driven.ts';
import { runDefinition } from './runDefinition.ts';
import type { RunDefinition } from './runDefinition.ts';
import { placedFold } from './scripted/place.ts';
import { Player } from './scripted/player.ts';
import type { Heard, Script } from './scripted/script.ts';

/** How an agent plays its script. */
export interface ScriptedAgentOptions {
  /** Words that it does not follow; `drain`: it does not end when it is asked to. */
  readonly deaf?: readonly Heard[];
}

/**
 * Give it to openTroupe in `actors`, or export it from an actors module: it takes the place of the built-in
 * run. Start runs with a `launch`, whose command is not looked at.
 */
export function scriptedAgent(script: Script, { deaf = [] }: ScriptedAgentOptions = {}): RunDefinition {
  const run = drivenRun((args) => {
    const player = new Player(args, { script, deaf });
    args.receive((word) => player.hear(word));
    player.start();
    return () => player.stop();
  });
  return runDefinition({ ...run, digest: placedFold(run.digest) });
}
