/**
 * What waits for actors at this moment, and which worker has them. Nothing of it is recorded: it is asked of
 * the workers, for as many actors as somebody looks at.
 */
import { Type } from 'typebox';
import { TroupeError } from '../../../actors/troupeError.ts';
import type { Opened } from '../../opened.ts';
import { isScoped, isWithin } from '../access.ts';
import type { Access } from '../access.ts';
import { json } from '../incoming.ts';
import { route } from '../route.ts';
import type { AnyRoute } from '../route.ts';
import { texts } from '../schemas.ts';

/** As many as a tall screen shows. */
const addressesMax = 200;
/** A worker that does not answer is told without. */
const answerMs = 1000;

export const readMailboxes: AnyRoute = route({
  name: 'readMailboxes',
  method: 'GET',
  path: '/v1/mailboxes',
  summary: `Of at most ${addressesMax} actors: which worker has them, and how many events wait there`,
  needs: 'read',
  query: Type.Object({ address: texts }),
  answers: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          address: Type.String(),
          worker: Type.Integer(),
          waiting: Type.Optional(Type.Integer({ description: 'Absent: its worker does not answer' })),
        }),
      ),
    }),
  },
  run: async ({ desk, access, query }) => {
    const asked = [...new Set(query.address)];
    if (asked.length > addressesMax) {
      const text = `At most ${addressesMax} actors are asked for at once, not ${asked.length}.`;
      throw new TroupeError('INVALID_OPTION', text, { option: 'address' });
    }
    const { opened } = desk.troupe;
    const addresses = await visibleOf(opened, access, asked);
    return json({ items: await mailboxesOf(opened, addresses) });
  },
});

/** Q1: of somebody else's not even that there is a worker for it. */
async function visibleOf(
  { journal }: Opened,
  access: Access,
  addresses: readonly string[],
): Promise<readonly string[]> {
  if (!isScoped(access)) return addresses;
  const mine = await Promise.all(
    addresses.map(async (address) => {
      const row = (await journal.last(address))?.row;
      return row !== undefined && isWithin(access, row.labels) ? [address] : [];
    }),
  );
  return mine.flat();
}

async function mailboxesOf({ router }: Opened, addresses: readonly string[]): Promise<readonly object[]> {
  const ofLinks = new Map<(typeof router.links)[number], string[]>();
  for (const address of addresses) {
    const link = router.linkOf(address);
    ofLinks.set(link, [...(ofLinks.get(link) ?? []), address]);
  }
  const waiting = new Map<string, number | undefined>();
  const told = Array.from(ofLinks, async ([link, own]) => {
    try {
      const request = { op: 'waiting' as const, addresses: own };
      // Counts in the order of the addresses, as protocol.ts has it.
      const counts = (await router.ask(link, request, AbortSignal.timeout(answerMs))) as readonly number[];
      own.forEach((address, i) => waiting.set(address, counts[i]));
    } catch {
      // Nobody is there to say it.
    }
  });
  await Promise.all(told);
  return addresses.map((address) => ({
    address,
    worker: router.linkOf(address).slot,
    waiting: waiting.get(address),
  }));
}
