/**
 * The other ends of messages, in the histories of those who sent or took them. Times lead there: an actor's
 * never go back, so the place is found by halving; from there it is looked for one by one, a bounded way.
 */
import type { Commit } from '../storage/commit.ts';
import type { Journal, Range } from '../storage/journal.ts';
import { parcelsIn, tookIn } from './leadParcels.ts';
import type { Parcel, Took } from './leadParcels.ts';
import type { LeadEnd } from './leads.ts';

/** Clocks of two threads are read one after the other. */
const slackMs = 1000;
/** As many facts of a peer are looked at. */
const reachFacts = 2000;
/** As many peers are asked at once. */
const peersMax = 64;

/** The facts that these messages became: taken after they were sent. */
export async function takenBy(
  journal: Journal,
  parcels: readonly Parcel[],
): Promise<ReadonlyMap<Parcel, LeadEnd>> {
  const found = new Map<Parcel, LeadEnd>();
  await Promise.all(
    groupsOf(parcels, ({ to }) => to).map(async ([peer, sent]) => {
      const wanted = new Map(sent.map((parcel) => [`${parcel.from.address} ${parcel.ordinal}`, parcel]));
      const since = Math.min(...sent.map(({ from }) => from.at)) - slackMs;
      const after = (await seqAt(journal, peer, since)) - 1;
      await walked(journal, peer, { after }, (commit) => {
        for (const { from, ordinal, end } of tookIn(commit)) {
          const parcel = wanted.get(`${from} ${ordinal}`);
          if (parcel === undefined) continue;
          found.set(parcel, end);
          wanted.delete(`${from} ${ordinal}`);
        }
        return wanted.size > 0;
      });
    }),
  );
  return found;
}

/** The commits that these messages were sent by: before they were taken. */
export async function sentBy(
  journal: Journal,
  address: string,
  tooks: readonly Took[],
): Promise<ReadonlyMap<Took, Parcel>> {
  const found = new Map<Took, Parcel>();
  await Promise.all(
    groupsOf(tooks, ({ from }) => from).map(async ([peer, took]) => {
      const wanted = new Map(took.map((one) => [one.ordinal, one]));
      const until = Math.max(...took.map(({ end }) => end.at)) + slackMs;
      const before = await seqAt(journal, peer, until);
      await walked(journal, peer, { before, reverse: true }, (commit) => {
        for (const parcel of parcelsIn(commit)) {
          const one = parcel.to === address ? wanted.get(parcel.ordinal) : undefined;
          if (one === undefined) continue;
          found.set(one, parcel);
          wanted.delete(parcel.ordinal);
        }
        return wanted.size > 0;
      });
    }),
  );
  return found;
}

function groupsOf<T>(list: readonly T[], peerOf: (one: T) => string): readonly (readonly [string, T[]])[] {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(peerOf(one));
    if (group === undefined) groups.set(peerOf(one), [one]);
    else group.push(one);
  }
  return [...groups].slice(0, peersMax);
}

/** The first seq recorded at that time or later; one behind the last where there is none. */
async function seqAt(journal: Journal, address: string, at: number): Promise<number> {
  let low = 1;
  let high = ((await journal.last(address))?.seq ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { commits } = await journal.read(address, { after: middle - 1, limit: 1 });
    const [commit] = commits;
    if (commit === undefined || commit.at < at) low = (commit?.to ?? middle) + 1;
    else high = Math.min(middle, commit.seq);
  }
  return low;
}

/** Commit by commit, as long as `goOn` says so and within reach. */
async function walked(
  journal: Journal,
  address: string,
  range: Range,
  goOn: (commit: Commit) => boolean,
): Promise<void> {
  let facts = 0;
  for (let next: Range | undefined = range; next !== undefined;) {
    const page = await journal.read(address, { limit: 200, ...next });
    for (const commit of page.commits) {
      facts += commit.facts.length;
      if (!goOn(commit) || facts > reachFacts) return;
    }
    next = page.next;
  }
}
