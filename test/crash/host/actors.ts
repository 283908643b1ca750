/** The actors module of the campaign's children: which machines, and where tasks leave word, its URL says. */
import { appendFileSync } from 'node:fs';
import { castOf } from './machines.ts';

const { searchParams } = new URL(import.meta.url);
const side = searchParams.get('side') ?? '';

export const [walker, mortal, merger, kid, poison] = castOf(Number(searchParams.get('seed')), (run) =>
  appendFileSync(side, `${JSON.stringify(run)}\n`),
);
