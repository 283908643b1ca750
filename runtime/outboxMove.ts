/**
 * What waits of a child goes to another outbox, in one commit here and one there for each bunch of records.
 * Others drain and post meanwhile: what is gone by then is not moved, nor is what came later. What the other
 * one does not take comes back behind everything else, so that a move ends.
 */
import type { Received } from '../actors/outbox/vocabulary.ts';
import { limits } from '../actors/outbox/limits.ts';
import { isTroupeError } from '../actors/troupeError.ts';
import { packWhole } from '../storage/values.ts';
import type { Outbox } from './outbox.ts';
import type { OutboxRecord } from './outboxRecords.ts';

/** Of one bunch: it stands in the commit twice, as the event and as the message. */
const bunchBytesMax = 4 * 1024 * 1024;

/** How many were moved. */
export async function moved(from: Outbox, child: string, to: string): Promise<number> {
  if (to === from.address) return 0;
  let count = 0;
  let newest: number | undefined;
  for (;;) {
    const { ready, last } = await from.book();
    const end = (newest ??= last);
    const waiting = ready.flat().filter((entry) => entry.child === child && entry.position <= end);
    if (waiting.length === 0) return count;
    const records = bunchOf(await from.readable(waiting.slice(0, limits.drain)));
    // What could not be read is out of the way now.
    if (records.length > 0 && (await isMoved(from, child, to, records))) count += records.length;
  }
}

function bunchOf(records: readonly OutboxRecord[]): readonly OutboxRecord[] {
  let bytes = 0;
  const end = records.findIndex(({ post }) => (bytes += packWhole(post).byteLength) > bunchBytesMax);
  return end < 0 ? records : records.slice(0, end);
}

/** False: one of them was drained, or stands for another one by now. */
async function isMoved(
  from: Outbox,
  child: string,
  to: string,
  bunch: readonly OutboxRecord[],
): Promise<boolean> {
  const positions = bunch.map(({ position }) => position);
  const records = bunch.map(carried);
  try {
    await from.send({ type: 'outbox.move', child, to, positions, records });
    return true;
  } catch (error) {
    if (!isTroupeError(error, 'NOT_ACCEPTED')) throw error;
    return false;
  }
}

/** With what only this outbox knows of it. */
function carried({ post, at, sentAs, count, firstChildSeq }: OutboxRecord): Received {
  const merged = count === undefined ? {} : { count, ...(firstChildSeq !== undefined && { firstChildSeq }) };
  return { ...post, was: { at, ...(sentAs !== undefined && { id: sentAs }), ...merged } };
}
