/**
 * A program for strace to watch: `node syncs.ts <directory> <n> <rounds>` drains and acknowledges n
 * records so many times, between the making of two folders.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openTroupe } from '../../../runtime/index.ts';

const [directory = '', n, rounds] = process.argv.slice(2);
const count = Number(n);
const troupe = await openTroupe({ directory: join(directory, 'journal'), workers: 1 });
const outbox = troupe.outbox('parent');
const all = Array.from({ length: count * Number(rounds) }, async (_, i) =>
  outbox.post({ child: 'run/a', childSeq: i, kind: 'finished' }),
);
await Promise.all(all);
mkdirSync(join(directory, 'begin'));
for (let i = 0; i < Number(rounds); i++) await outbox.ack(await outbox.drain({ max: count }));
mkdirSync(join(directory, 'end'));
await troupe.close();
