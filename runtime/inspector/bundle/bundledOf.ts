/**
 * What a bundle of an actor holds: the actor, its children, theirs and so on as far as there is room, and the
 * charts of their kinds. All of it is what the API tells to who asks.
 */
import { isTroupeError } from '../../../actors/troupeError.ts';
import { abortError } from '../../abort.ts';
import type { Ask } from '../../http/asking.ts';
import type { ChartOfKind, Row } from '../page/told.ts';
import type { Bundled, BundledActor, BundledChart } from '../page/bundle/bundled.ts';
import { Budget } from './budget.ts';
import { bundledActor } from './bundledActor.ts';
import type { Beside } from './bundledActor.ts';
import { actorsMax } from './limits.ts';

export interface Bundling {
  readonly ask: Ask;
  readonly row: Row;
  readonly besideOf: (address: string, budget: Budget) => Beside;
  /** Of all actors together. */
  readonly facts: number;
  readonly now: number;
  readonly signal: AbortSignal;
}

export async function bundledOf(bundling: Bundling): Promise<Bundled> {
  const { ask, row, besideOf, facts, now, signal } = bundling;
  const budget = new Budget(facts);
  const actors: BundledActor[] = [];
  const waiting = [row];
  let omitted = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (signal.aborted) throw abortError(signal, 'read');
    if (actors.length > 0 && (budget.isSpent || actors.length >= actorsMax)) {
      omitted++;
      continue;
    }
    const one = await told(ask, next, besideOf(next.address, budget), budget, actors.length === 0);
    if (one !== undefined) actors.push(one);
    waiting.push(...(await childrenOf(ask, next.address)));
  }
  if (omitted > 0) budget.left.push(`For ${omitted} of its children there was no room.`);
  const charts: Record<string, BundledChart> = {};
  for (const { row: of } of actors) charts[of.kind] ??= await chartOf(ask, of.kind);
  return { address: row.address, takenAt: now, actors, charts, left: budget.left };
}

/** A child that is set aside, or of an unknown kind, keeps nobody from seeing the others. */
async function told(
  ask: Ask,
  row: Row,
  beside: Beside,
  budget: Budget,
  isFirst: boolean,
): Promise<BundledActor | undefined> {
  try {
    return await bundledActor(ask, row, beside, budget);
  } catch (error) {
    if (isFirst || !isTroupeError(error)) throw error;
    budget.left.push(`${row.address} is not in it: ${error.code}.`);
    return undefined;
  }
}

async function childrenOf(ask: Ask, address: string): Promise<readonly Row[]> {
  const query = new URLSearchParams({ parent: address, order: 'oldest', limit: String(actorsMax + 1) });
  const { items } = (await ask(`/v1/actors?${query.toString()}`)) as { readonly items: readonly Row[] };
  return items.filter((row) => row.address !== address);
}

async function chartOf(ask: Ask, kind: string): Promise<BundledChart> {
  const path = `/v1/definitions/${encodeURIComponent(kind)}/chart`;
  const [chart, svg, mermaid] = await Promise.all([
    ask(path),
    ask(`${path}.svg?theme=none`),
    ask(`${path}.mmd`),
  ]);
  // As the routes tell them.
  return { chart: chart as ChartOfKind, svg: svg as string, mermaid: mermaid as string };
}
