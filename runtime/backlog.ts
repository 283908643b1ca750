/**
 * What a subscriber has not read yet: live notices joined into one, up to a bound. Beyond it they are let go:
 * the journal has them all.
 */
import type { Fact } from '../actors/fact.ts';
import { bytesOf } from './notification.ts';
import type { Notice, WireFact } from './protocol.ts';

export interface Pending {
  readonly from: number;
  readonly to: number;
  readonly facts: readonly WireFact[];
  readonly bodies: readonly string[];
  readonly state: readonly string[];
  readonly tags: readonly string[];
  readonly sealed: boolean;
  /** Stands for the one notice that it is, the same for all its readers; absent: it was put together. */
  readonly source?: Source;
}

/**
 * What all readers of a notice share: its facts, copied once and changed by none of them. Not the notice
 * itself: that holds the batch that it came in.
 */
interface Source {
  readonly facts: WireFact[];
  /** For readers that change nothing. */
  unpacked?: readonly Fact[];
}

const sources = new WeakMap<Notice, Source>();

function sourceOf(notice: Notice): Source {
  let source = sources.get(notice);
  if (source === undefined) sources.set(notice, (source = { facts: notice.facts.map(kept) }));
  return source;
}

export class Backlog {
  readonly #maxBytes: number;
  #pending: (Pending & { facts: WireFact[]; bodies: string[] }) | undefined;
  bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get from(): number | undefined {
    return this.#pending?.from;
  }

  /** Whether something of it stands in the journal alone. */
  get hasBodies(): boolean {
    return this.#pending !== undefined && this.#pending.bodies.length > 0;
  }

  /** `let go`: it would be too much, and all of it is left to the journal. */
  add(notice: Notice): 'kept' | 'merged' | 'let go' {
    // A gap (another host took over) is read from the journal, and what lies before it too.
    if (notice.from !== (this.#pending?.to ?? 0) + 1) this.clear();
    this.bytes += bytesOf(notice.facts) + notice.bodyBytes;
    if (this.bytes > this.#maxBytes) {
      this.clear();
      return 'let go';
    }
    const before = this.#pending;
    const source = sourceOf(notice);
    const { to, state, tags, sealed, bodies } = notice;
    if (before === undefined) {
      const { from } = notice;
      this.#pending = { from, to, state, tags, sealed, facts: source.facts, bodies: [...bodies], source };
      return 'kept';
    }
    const { source: shared, ...first } = before;
    const facts = shared === undefined ? before.facts : [...before.facts];
    for (const fact of source.facts) facts.push(fact);
    before.bodies.push(...bodies);
    this.#pending = { ...first, facts, to, state, tags, sealed };
    return 'merged';
  }

  /** What was already told another way, up to and with `seq`. Ranges end there: it is where a cut was. */
  dropTo(seq: number): void {
    const pending = this.#pending;
    if (pending === undefined || pending.from > seq) return;
    const facts = pending.facts.filter((fact) => fact[0] > seq);
    const { source: _, ...rest } = pending;
    this.#pending = pending.to <= seq ? undefined : { ...rest, from: seq + 1, facts };
    this.bytes = this.#pending === undefined ? 0 : bytesOf(facts);
  }

  take(): Pending | undefined {
    const pending = this.#pending;
    this.clear();
    return pending;
  }

  clear(): void {
    this.#pending = undefined;
    this.bytes = 0;
  }
}

/** Its bytes are a view into the batch they came in, which would be kept as long as they are. */
function kept([seq, to, at, bytes, id, by, trace]: WireFact): WireFact {
  return [seq, to, at, bytes.slice(), id, by, trace];
}
