/** One actor as a bundle has it: what the API would say of it. */
import type { LeadEnd, Snapshot } from '../told.ts';
import { Absent } from './absent.ts';
import type { BundledActor } from './bundled.ts';
import { patched } from './patched.ts';
import { screenAt } from './screenAt.ts';
import { visitsIn } from './visitsIn.ts';

export class Recorded {
  readonly #of: BundledActor;
  readonly #takenAt: number;
  /** From the last fact backwards, as far as somebody looked; undefined where nobody can tell. */
  readonly #snapshots: (Snapshot | undefined)[];
  /** The oldest of them that is known. */
  #oldest: Snapshot;

  constructor(of: BundledActor, takenAt: number) {
    this.#of = of;
    this.#takenAt = takenAt;
    this.#oldest = of.last;
    this.#snapshots = [of.last];
  }

  /** As the path behind the actor's own says, with its query. */
  answer(path: string, query: URLSearchParams): unknown {
    const { digest, messages, deadLetters, screens } = this.#of;
    switch (path) {
      case 'events':
        return this.#events(query);
      case 'snapshot':
        return this.#at(Number(query.get('at') ?? this.#of.head));
      case 'leads':
        return { items: this.#leads(query), head: this.#of.head };
      case 'visits':
        return { items: this.#visits(Number(query.get('until') ?? this.#of.head)) };
      case 'digest':
        return digest;
      case 'messages':
        return { ...messages, before: null };
      case 'dead-letters':
        return { items: deadLetters };
      case 'screen':
        return screens && screenAt(screens, Number(query.get('at') ?? this.#of.head));
      default:
        return undefined;
    }
  }

  #events(query: URLSearchParams): unknown {
    const { head, facts } = this.#of;
    const [after, before] = rangeOf(query);
    const found = facts.filter(({ seq }) => after < seq && seq < before);
    const ordered = query.get('reverse') === 'true' ? found.toReversed() : found;
    return { items: ordered.slice(0, Number(query.get('limit') ?? ordered.length)), head };
  }

  #leads(query: URLSearchParams): unknown {
    const [after, before] = rangeOf(query);
    const { row, leads } = this.#of;
    const isInside = (end: LeadEnd | undefined): boolean =>
      end?.address === row.address && end.to > after && end.seq < before;
    return leads.filter(({ from, to }) => isInside(from) || isInside(to));
  }

  #at(seq: number): Snapshot {
    const { facts, row } = this.#of;
    const index = facts.findLastIndex((fact) => fact.seq <= seq);
    const found = index < 0 ? undefined : this.#snapshotOf(facts.length - 1 - index);
    if (found !== undefined) return found;
    throw new Absent(`How ${row.address} stood at seq ${seq} is not in this bundle.`);
  }

  /** So many facts before the last. */
  #snapshotOf(back: number): Snapshot | undefined {
    for (let i = this.#snapshots.length; i <= back; i++) {
      const delta = this.#of.before[i - 1] ?? null;
      if (delta !== null) this.#oldest = patched(this.#oldest, delta) as Snapshot;
      this.#snapshots.push(delta === null ? undefined : this.#oldest);
    }
    return this.#snapshots[back];
  }

  #visits(until: number): unknown {
    const { commits, facts, row } = this.#of;
    const stays = commits.flatMap(([to, at], i) => {
      // A commit is one step, of which its last fact tells the end.
      const back = facts.length - 1 - facts.findLastIndex(({ seq }) => seq <= to);
      const { state } = this.#snapshotOf(back) ?? {};
      return state === undefined || (commits[i - 1]?.[0] ?? 0) >= until ? [] : [{ at, state }];
    });
    const isNow = until >= (facts.at(-1)?.seq ?? 0) && row.endedAt === undefined;
    return visitsIn(stays, isNow ? this.#takenAt : undefined);
  }
}

/** Exclusive, both. */
function rangeOf(query: URLSearchParams): readonly [number, number] {
  return [Number(query.get('after') ?? 0), Number(query.get('before') ?? Infinity)];
}
