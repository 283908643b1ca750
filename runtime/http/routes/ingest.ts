/**
 * What an engine emits, streamed into a run: `run.ingest` over HTTP. Its body is taken as it comes, and each
 * frame counts once however often the stream is given (runtime/ingest.ts).
 *   - Whoever gives a stream again ends the request before: its sender may be gone without a word.
 *   - Its facts have their source as their sender, `ingest:<source>`: so it is known how far it came (Q2).
 */
import { Type } from 'typebox';
import { TroupeError } from '../../../actors/troupeError.ts';
import { adapterOf } from '../../adapters.ts';
import type { Ingested } from '../../ingest.ts';
import { json } from '../incoming.ts';
import { inflowOf } from '../inflow.ts';
import { runOf, stillVisible, visible } from '../reach.ts';
import { route } from '../route.ts';
import type { AnyRoute, Call, Desk } from '../route.ts';

interface Taking {
  readonly ended: AbortController;
  readonly over: Promise<unknown>;
}

/** By run and source. */
const underWay = new WeakMap<Desk, Map<string, Taking>>();

export const ingestRun: AnyRoute = route({
  name: 'ingestRun',
  method: 'POST',
  path: '/v1/runs/{id}/ingest',
  summary:
    'Takes what an engine emits into a run, frame by frame; given again from its first frame, ' +
    'a stream goes on where it was',
  needs: 'send',
  query: Type.Object({
    adapter: Type.String(),
    source: Type.Optional(Type.String()),
  }),
  streams: 'application/x-ndjson',
  answers: {
    200: Type.Object({
      frames: Type.Integer(),
      resumedAfter: Type.Integer(),
      events: Type.Integer(),
      refusals: Type.Integer(),
      refused: Type.Array(Type.Object({ type: Type.String(), frame: Type.Integer(), why: Type.String() })),
      incomplete: Type.Integer(),
    }),
  },
  run: async (call) => {
    const { adapter: name, source } = call.query;
    const adapter = adapterOf(name, call.desk.troupe.opened.engines);
    const run = await visible(call, runOf(call));
    const ended = new AbortController();
    const taken = async (): Promise<Ingested> =>
      run.ingest(inflowOf(call, ended, stillVisible(run)), adapter, source === undefined ? {} : { source });
    return json(await alone(call, `${run.address} ${source ?? adapter.name}`, ended, taken));
  },
});

/** The last that asks is the one that is served. */
async function alone<T>(
  { desk }: Pick<Call, 'desk'>,
  name: string,
  ended: AbortController,
  take: () => Promise<T>,
): Promise<T> {
  const takings = underWay.get(desk) ?? new Map<string, Taking>();
  underWay.set(desk, takings);
  const before = takings.get(name);
  before?.ended.abort(takenOver());
  const over = (async () => {
    await before?.over.catch(() => undefined);
    return take();
  })();
  const taking = { ended, over };
  takings.set(name, taking);
  try {
    return await over;
  } finally {
    if (takings.get(name) === taking) takings.delete(name);
  }
}

function takenOver(): TroupeError {
  const text = 'Another request gives this stream, and goes on with it.';
  return new TroupeError('CONFLICT', text, {});
}
