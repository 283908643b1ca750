/**
 * What a session tells whoever it works for when it has ended: the host puts it into the final commit, with
 * the hash of the seal, as a run's end is told (actors/agentRun/report.ts).
 */
import type { PtyDigest } from './digest.ts';
import type { PtyContext } from './machine.ts';

export interface PtyPost {
  readonly type: 'outbox.post';
  readonly kind: 'finished' | 'failed' | 'stopped' | 'crashed';
  /** The final state. */
  readonly outcome: string;
  readonly summary: string;
}

export interface PtyReport {
  readonly to: string;
  readonly event: PtyPost;
}

/** The outbox of `run/conductor` is `outbox/conductor`. Nobody is told if nobody was named. */
export function report(
  { launch }: Pick<PtyContext, 'launch'>,
  { end, commands }: PtyDigest,
  cause: string,
): readonly PtyReport[] {
  const parent = launch?.parent;
  if (parent === undefined) return [];
  const failed = end?.by === 'exit' && end.code !== 0;
  const how = end?.by === 'exit' ? (end.signal ?? `code ${end.code}`) : (end?.reason ?? cause);
  const count = `${commands.started} ${commands.started === 1 ? 'command' : 'commands'}`;
  const event: PtyPost = {
    type: 'outbox.post',
    kind: kindOf(cause, failed),
    outcome: cause,
    summary: `${launch?.command ?? 'A session'} ${cause}: ${how} (${count})`.slice(0, summaryLengthMax),
  };
  return [{ to: `outbox/${parent.slice(parent.indexOf('/') + 1)}`, event }];
}

const summaryLengthMax = 256;

function kindOf(cause: string, failed: boolean): PtyPost['kind'] {
  if (cause === 'lost') return 'crashed';
  if (cause === 'killed') return 'stopped';
  return cause === 'exited' && !failed ? 'finished' : 'failed';
}
