/**
 * `troupe ingest`: what an engine emits, from stdin into a run, for as long as it comes.
 */
import { TroupeError } from '../../../actors/troupeError.ts';
import { wrong } from '../commandLine.ts';
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';

interface Ingested {
  readonly frames: number;
  readonly resumedAfter: number;
  readonly events: number;
  readonly refusals: number;
  readonly incomplete: number;
}

export const ingest: Verb = {
  name: 'ingest',
  summary: 'take what an engine emits into a run, from stdin',
  args: 'ADDRESS',
  flags: {
    ...reachFlags,
    adapter: { type: 'text', value: 'NAME', about: 'of the engine: claude, codexExec, gemini, acp, …' },
    source: { type: 'text', value: 'NAME', about: 'of this stream within the run' },
  },
  examples: [
    ['troupe ingest run/a --adapter claude < frames.ndjson', 'again: it goes on where it was'],
    ['codex exec --json … | troupe ingest run/a --adapter codexExec --source p1', 'as it comes'],
  ],
  run: async ({ args: [address = ''], given, out, way }) => {
    const [adapter, source] = [given.text('adapter'), given.text('source')];
    if (adapter === undefined) throw wrong('An ingest says whose frames they are: --adapter claude.');
    const path = pathOfRun(address);
    const told = await (await way()).pour(path, { adapter, source }, ndjson, process.stdin);
    const { frames, resumedAfter, events, refusals, incomplete } = told as Ingested; // Ours, of its route.
    await out.item(told, () => {
      const known = resumedAfter > 0 ? `, ${resumedAfter} of them known before` : '';
      const refused = refusals > 0 ? `, ${refusals} not accepted` : '';
      const rest = incomplete > 0 ? `, ${incomplete} characters of a line that was cut off left` : '';
      return `${address} took ${frames} frames${known}: ${events} events${refused}${rest}`;
    });
    return undefined;
  },
};

const ndjson = 'application/x-ndjson';

function pathOfRun(address: string): string {
  if (/^run\/./.test(address)) return `/v1/runs/${encodeURIComponent(address.slice('run/'.length))}/ingest`;
  throw new TroupeError('INVALID_ADDRESS', `Frames go into a run: "run/id", not "${address}".`, { address });
}
