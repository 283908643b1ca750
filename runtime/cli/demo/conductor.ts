/**
 * The parent of the fleet: it drains its outbox, and takes a turn about what it was told, one record at a
 * time. Acknowledged is what it has dealt with.
 */
import type { OutboxRecord } from '../../outboxRecords.ts';
import type { Stage } from './crew.ts';

const readMs = 700;

export async function conduct({ troupe, conductor, signal, rest }: Stage): Promise<void> {
  const outbox = troupe.outbox(conductor.address.slice('run/'.length));
  let turns = 0;
  const taken = async ({ child, kind, summary }: OutboxRecord): Promise<void> => {
    const turnId = `t${++turns}`;
    const messageId = `${turnId}.1`;
    await conductor.send({ type: 'turn.start', turnId });
    await conductor.send({ type: 'message.start', messageId, role: 'assistant' });
    for (const word of `${child} ${kind}: ${summary ?? 'no more is known'}`.split(/(?= )/)) {
      conductor.push({ type: 'message.delta', messageId, part: 'text', text: word });
    }
    await conductor.send({ type: 'message.end', messageId });
    // At the end it does not rest, and finishes what it is about.
    if (!signal.aborted) await rest(readMs).catch(() => undefined);
    await conductor.send({ type: 'turn.end', turnId, status: 'ok' });
  };
  await outbox.consume(taken, { signal, max: 5 });
}
