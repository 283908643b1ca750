/**
 * The actors of a runtime in the words of Stately's inspection protocol, live: an actor first, then its
 * events as they are committed, and after those of a window the snapshot they led to.
 *   I1. An actor is told before anything of it, and its parent before it, where both are wanted.
 *   I2. Nothing waits here: whoever reads slowly gets longer windows, of each actor its last events.
 */
import { configOf } from '../../actors/chart/stateConfig.ts';
import { isTroupeError } from '../../actors/troupeError.ts';
import type { Fact } from '../../actors/fact.ts';
import type { AnyDefinition } from '../definition.ts';
import type { ListedRow } from '../list.ts';
import type { Ref } from '../ref.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Troupe } from '../troupe.ts';
import { protocolVersion } from './protocol.ts';
import type { StatelyInspection, StatelySnapshot } from './protocol.ts';

/** Which actors are told of. */
export interface InspectedFilter {
  readonly kind?: string;
  readonly id?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of those there are at the beginning, the live and newest; later ones are told as something happens. */
  readonly limit?: number;
}

const limitDefault = 100;
/** Events of one actor in one window; of more the last ones. */
const eventsMax = 200;
const windowMs = 50;

type AnyRef = Ref<AnyDefinition>;
type Standing = Snapshot<AnyDefinition>;

/** Ends with the signal. */
export async function* inspected(
  troupe: Troupe<unknown>,
  { id, limit = limitDefault, ...filter }: InspectedFilter,
  signal: AbortSignal,
): AsyncGenerator<StatelyInspection, void, undefined> {
  const telling = new Telling(troupe);
  let isFirst = true;
  for await (const { changed, removed } of troupe.watch(filter, { windowMs, signal })) {
    const rows = changed.filter((row) => id === undefined || row.id === id);
    for (const address of removed) telling.forget(address);
    telling.note(rows, isFirst);
    for (const row of isFirst ? firstOf(rows, limit) : rows) yield* telling.tell(row.address);
    isFirst = false;
  }
}

/** The live before the others, the newest before the older; told in the order of their beginning. */
function firstOf(rows: readonly ListedRow[], limit: number): readonly ListedRow[] {
  const rank = ({ status }: ListedRow): number => (status === 'live' ? 0 : 1);
  const sorted = rows.toSorted((a, b) => rank(a) - rank(b) || b.lastAt - a.lastAt);
  return sorted.slice(0, limit).toSorted((a, b) => a.startedAt - b.startedAt);
}

interface Known {
  readonly row: ListedRow;
  /** Absent: it was not told yet. */
  toldSeq: number | undefined;
}

class Telling {
  readonly #troupe: Troupe<unknown>;
  readonly #known = new Map<string, Known>();
  readonly #definitions = new Map<string, string>();

  constructor(troupe: Troupe<unknown>) {
    this.#troupe = troupe;
  }

  note(rows: readonly ListedRow[], isFirst: boolean): void {
    for (const row of rows) {
      const toldSeq = isFirst ? undefined : this.#known.get(row.address)?.toldSeq;
      this.#known.set(row.address, { row, toldSeq });
    }
  }

  forget(address: string): void {
    this.#known.delete(address);
  }

  async *tell(address: string): AsyncGenerator<StatelyInspection, void, undefined> {
    const known = this.#known.get(address);
    if (known === undefined) return;
    const { row, toldSeq } = known;
    // Who cannot be read is passed over: it may have been erased, or set aside.
    const found = await readable(async () => this.#ref(row).snapshot());
    if (found === undefined || found.seq === toldSeq) return;
    known.toldSeq = found.seq;
    if (toldSeq === undefined) yield* this.#introduce(row, found);
    else yield* this.#goOn(row, toldSeq, found);
  }

  async *#introduce(row: ListedRow, standing: Standing): AsyncGenerator<StatelyInspection, void, undefined> {
    const { address, parent, kind, id } = row;
    const above = parent === undefined ? undefined : this.#known.get(parent);
    if (above !== undefined && above.toldSeq === undefined) yield* this.tell(above.row.address);
    yield {
      type: '@xstate.actor',
      ...this.#about(address, standing.seq, row.startedAt),
      name: id,
      definition: await this.#definition(kind),
      parentId: parent,
      snapshot: snapshotOf(standing),
    };
    // What led here: a sealed actor will say nothing else any more.
    yield* this.#goOn(row, standing.seq - 1, standing);
  }

  async *#goOn(
    row: ListedRow,
    toldSeq: number,
    standing: Standing,
  ): AsyncGenerator<StatelyInspection, void, undefined> {
    const { address } = row;
    const after = Math.max(toldSeq, standing.seq - eventsMax);
    const facts = await readable(async () => this.#facts(row, after, standing.seq));
    for (const { seq, at, event, by } of facts ?? []) {
      yield { type: '@xstate.event', ...this.#about(address, seq, at), event, sourceId: by };
    }
    yield {
      type: '@xstate.snapshot',
      ...this.#about(address, standing.seq, standing.at),
      event: facts?.at(-1)?.event ?? { type: '' },
      snapshot: snapshotOf(standing),
    };
  }

  async #facts(row: ListedRow, after: number, to: number): Promise<readonly Fact[]> {
    const facts: Fact[] = [];
    for await (const fact of this.#ref(row).history({ after, before: to + 1 })) facts.push(fact as Fact);
    return facts;
  }

  /** Its kinds are known when it runs. */
  #ref({ kind, id }: ListedRow): AnyRef {
    return (this.#troupe as unknown as { actor(kind: string, id: string): AnyRef }).actor(kind, id);
  }

  async #definition(kind: string): Promise<string> {
    let text = this.#definitions.get(kind);
    if (text === undefined) {
      const [shape] = await this.#troupe.definitions(kind);
      text = JSON.stringify(shape === undefined ? { id: kind } : configOf(shape.structure));
      this.#definitions.set(kind, text);
    }
    return text;
  }

  #about(
    address: string,
    seq: number,
    at: number,
  ): Pick<StatelyInspection, 'sessionId' | 'rootId' | 'createdAt' | 'id' | '_version'> {
    return {
      sessionId: address,
      rootId: this.#rootOf(address),
      createdAt: String(at),
      id: `${address}@${seq}`,
      _version: protocolVersion,
    };
  }

  #rootOf(address: string): string {
    const seen = new Set<string>();
    let at = address;
    for (
      let above = this.#parentOf(at);
      above !== undefined && !seen.has(above);
      above = this.#parentOf(at)
    ) {
      seen.add(above);
      at = above;
    }
    return at;
  }

  /** Only who can be told of: a reader looks for roots among the actors it has. */
  #parentOf(address: string): string | undefined {
    const parent = this.#known.get(address)?.row.parent;
    return parent !== undefined && this.#known.has(parent) ? parent : undefined;
  }
}

function snapshotOf({ status, value, context, tags, output, error }: Standing): StatelySnapshot {
  const ended = error === undefined ? 'done' : 'error';
  return {
    status: status === 'live' ? 'active' : status === 'sealed' ? ended : 'stopped',
    value,
    context,
    tags,
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
  };
}

/** Undefined where an actor cannot be read any more; what ends the reading is thrown. */
async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const isItsOwn = isTroupeError(error) && error.code !== 'CLOSED' && error.code !== 'ABORTED';
    if (isItsOwn) return undefined;
    throw error;
  }
}
