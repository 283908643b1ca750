/** Outboxes on a stage: posts as children make them. */
import type { OutboxPost } from '../../../runtime/outbox.ts';
import type { Lease, Outbox } from '../../../runtime/outbox.ts';
import { openStage } from '../host/kit.ts';
import type { Stage, StageOptions } from '../host/kit.ts';

export async function openDesk(options: StageOptions = {}): Promise<Stage<never>> {
  return openStage([], options);
}

export function post(childSeq: number, more: Partial<OutboxPost> = {}): OutboxPost {
  return { child: 'run/a', childSeq, kind: 'finished', summary: `news ${childSeq}`, ...more };
}

export async function posted(outbox: Outbox, count: number, from = 1): Promise<void> {
  await Promise.all(Array.from({ length: count }, async (_, i) => outbox.post(post(from + i))));
}

export const seqsOf = ({ records }: Lease): number[] => records.map(({ childSeq }) => childSeq);
