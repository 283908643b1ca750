/**
 * Waiting for an actor to be somewhere, judged after every single event: a state entered and left within one
 * commit is seen. An actor that ends first is `SEALED`; one without a history `NOT_FOUND`.
 */
import { TroupeError } from '../actors/troupeError.ts';
import { failureOf } from './host/words.ts';
import type { Snapshot } from './snapshot.ts';

/** What waiting asks of an actor. */
export interface Watched<D> {
  readonly address: string;
  /** The last durable seq when the wait began: what has no answer yet comes after it. 0 before birth. */
  readonly from: Promise<number>;
  /** Why it has ended, as its seal says. */
  cause(): Promise<string>;
  /** As it stands now, or as it stood after `seq`. */
  at(seq?: number): Promise<Snapshot<D>>;
  /** The last seq, once it is greater. */
  after(seq: number): PromiseLike<number>;
}

/** The first snapshot from now on of which `isMet` says so. */
export async function untilMet<D>(
  watched: Watched<D>,
  isMet: (snapshot: Snapshot<D>) => boolean,
): Promise<Snapshot<D>> {
  const from = await watched.from;
  let snapshot = await (from === 0 ? watched.at() : watched.at(from));
  for (;;) {
    if (isMet(snapshot)) return snapshot;
    if (snapshot.status === 'sealed') throw sealed(watched.address, snapshot, await watched.cause());
    const last = await watched.after(snapshot.seq);
    for (let seq = snapshot.seq + 1; seq < last; seq++) {
      const between = await watched.at(seq);
      if (isMet(between)) return between;
    }
    snapshot = await watched.at(last);
  }
}

function sealed<D>(address: string, { seq, error }: Snapshot<D>, cause: string): TroupeError {
  const why = error === undefined ? '' : ` (${failureOf(error).message})`;
  const text = `${address} ended at seq ${seq} as ${cause}${why}, without what was waited for.`;
  return new TroupeError('SEALED', text, { address, seq, cause, ...(error !== undefined && { error }) });
}
