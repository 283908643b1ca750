/**
 * What can be read of one actor, and done to it as a whole.
 */
import { Type } from 'typebox';
import { kindOf } from '../../../actors/address.ts';
import { TroupeError } from '../../../actors/troupeError.ts';
import type { AnyDefinition } from '../../definition.ts';
import type { Digest, Ref } from '../../ref.ts';
import type { Seal } from '../../../storage/commit.ts';
import type { Snapshot } from '../../snapshot.ts';
import { json, noContent } from '../incoming.ts';
import type { Answer } from '../incoming.ts';
import { plain } from '../plain.ts';
import { assertWhole } from '../access.ts';
import { recordOf, refOf, runOf, visible } from '../reach.ts';
import { route } from '../route.ts';
import type { AnyRoute, Call } from '../route.ts';
import { digest, snapshot, verified, waitMs } from '../schemas.ts';

type AnyRef = Ref<AnyDefinition>;

const readSnapshot: AnyRoute = route({
  name: 'readSnapshot',
  method: 'GET',
  path: '/v1/actors/{kind}/{id}/snapshot',
  summary: 'Where an actor stands, or stood after the fact `at`',
  needs: 'read',
  query: Type.Object({ at: Type.Optional(Type.Integer({ minimum: 1 })) }),
  answers: { 200: snapshot },
  run: async (call) => {
    const { at } = call.query;
    const ref = await readable(call);
    return json(shown(at === undefined ? await ref.snapshot() : await ref.at(at)));
  },
});

const readDigest: AnyRoute = route({
  name: 'readDigest',
  method: 'GET',
  path: '/v1/actors/{kind}/{id}/digest',
  summary: 'The running summary of an actor, with its seal once it has ended',
  needs: 'read',
  answers: { 200: digest },
  run: async (call) => json(plain((await digestOfUnknown(call)) ?? (await (await readable(call)).digest()))),
});

const verifyActor: AnyRoute = route({
  name: 'verifyActor',
  method: 'GET',
  path: '/v1/actors/{kind}/{id}/verify',
  summary: 'Whether its history is what was written',
  needs: 'read',
  answers: { 200: verified },
  run: async (call) => json(await call.desk.troupe.verify((await recordOf(call)).address)),
});

const describeActor: AnyRoute = route({
  name: 'describeActor',
  method: 'GET',
  path: '/v1/actors/{kind}/{id}/describe',
  summary: 'How an actor stands, as text for people, agents and logs',
  needs: 'read',
  answers: { 200: { content: 'text/plain', about: 'Lines of text' } },
  run: async (call) => {
    const ref = await readable(call);
    // A run says more of itself.
    const told = call.params['kind'] === 'run' ? runOf(call) : ref;
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    return { status: 200, headers, body: `${await told.describe()}\n` };
  },
});

const untilState: AnyRoute = route({
  name: 'untilState',
  method: 'GET',
  path: '/v1/actors/{kind}/{id}/until',
  summary: 'Waits until an actor is in a state, at most `waitMs`, and gives its snapshot',
  needs: 'read',
  query: Type.Object({ state: Type.String(), waitMs: Type.Optional(waitMs) }),
  answers: { 200: snapshot },
  run: async (call) => {
    const { state, waitMs: ms = 30_000 } = call.query;
    const ref = await readable(call);
    return inTime(call, ms, async (signal) => json(shown(await ref.until(state, { signal }))));
  },
});

const labelActor: AnyRoute = route({
  name: 'labelActor',
  method: 'PATCH',
  path: '/v1/actors/{kind}/{id}/labels',
  summary: 'Sets labels; null takes one away',
  needs: 'send',
  body: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
  answers: { 204: Type.Null() },
  run: async (call) => {
    const ref = await readable(call);
    // What makes it theirs stays.
    await ref.label({ ...call.body, ...call.access.labels });
    return noContent;
  },
});

const eraseActor: AnyRoute = route({
  name: 'eraseActor',
  method: 'DELETE',
  path: '/v1/actors/{kind}/{id}',
  summary: 'Forgets the facts of an actor that has ended, or their payloads (`what=bodies`); its seal stays',
  needs: 'send',
  query: Type.Object({
    what: Type.Optional(Type.Union([Type.Literal('history'), Type.Literal('bodies')])),
  }),
  answers: { 204: Type.Null() },
  run: async (call) => {
    const ref = await readable(call);
    await assertSealed(ref);
    await ref.erase(call.query.what === 'bodies' ? { bodies: true } : { history: true });
    return noContent;
  },
});

const releaseActor: AnyRoute = route({
  name: 'releaseActor',
  method: 'POST',
  path: '/v1/actors/{kind}/{id}/release',
  summary: 'Lets an actor that was set aside try again',
  needs: 'send',
  answers: { 204: Type.Null() },
  run: async (call) => {
    assertWhole(call.access);
    await call.desk.troupe.release(refOf(call).address);
    return noContent;
  },
});

export const readingRoutes: readonly AnyRoute[] = [
  readSnapshot,
  readDigest,
  verifyActor,
  describeActor,
  untilState,
  labelActor,
  eraseActor,
  releaseActor,
];

async function readable(call: Call): Promise<AnyRef> {
  return visible(call, refOf(call));
}

/** Of a kind that is not hosted here, one that has ended tells its digest: by its seal. */
async function digestOfUnknown(call: Call): Promise<Digest | undefined> {
  const { opened, address } = await recordOf(call);
  const { hosting, journal } = opened;
  if (hosting.shapes.some(({ kind }) => kind === kindOf(address))) return undefined;
  const [standing, bytes] = [await journal.last(address), await journal.seal(address)];
  if (standing === undefined || bytes === undefined) return undefined;
  // The bytes that were hashed are its JSON.
  const seal = JSON.parse(Buffer.from(bytes).toString()) as Seal;
  return { seq: standing.seq, sealed: true, digest: seal.digest, seal };
}

/** Its questions stay here. */
function shown(standing: Snapshot<AnyDefinition>): unknown {
  return plain({ ...standing, matches: undefined });
}

/** What still lives would go on from what nobody can read. */
async function assertSealed({ address, opened }: AnyRef): Promise<void> {
  const standing = await opened.journal.last(address);
  if (standing === undefined || standing.sealed) return;
  const text = `${address} has not ended: only what is sealed is erased over HTTP. End it first.`;
  throw new TroupeError('CONFLICT', text, { address, seq: standing.seq });
}

/** Waits no longer than that; `TIMEOUT` after it. */
export async function inTime(
  { incoming }: Call,
  ms: number,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const late = AbortSignal.timeout(ms);
  try {
    return await work(AbortSignal.any([late, incoming.gone()]));
  } catch (error) {
    if (!late.aborted) throw error;
    throw new TroupeError('TIMEOUT', `It has not happened within ${ms} ms: ask again.`, { waitMs: ms });
  }
}
