/**
 * The last moments of a guest: an event each, and the snapshot after it, numbered 1, 2, 3, … as they came.
 * The oldest go first. Values are kept as text: what they take is known, and nothing is shared with who
 * told them.
 */
import { TroupeError } from '../../actors/troupeError.ts';
import { jsonOf } from './inspection.ts';
import type { Json } from './inspection.ts';
import { guestLimits } from './limits.ts';

interface Moment {
  readonly seq: number;
  readonly at: number;
  readonly event: string;
  readonly by: string | undefined;
  readonly snapshot: string;
}

/** Which of them; `after` and `before` are numbers of moments. */
export interface Range {
  readonly after?: number;
  readonly before?: number;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/** A moment in the words of a history. */
export interface GuestFact {
  readonly seq: number;
  readonly to: number;
  readonly at: number;
  readonly event: Json;
  readonly by?: string;
}

export class Moments {
  readonly #kept: Moment[] = [];
  #characters = 0;
  /** The number of the last one. */
  head = 0;
  lastAt: number;

  constructor(at: number) {
    this.lastAt = at;
  }

  /** Without a snapshot it is the one before. */
  note(at: number, event: string, by: string | undefined, snapshot: string = this.last): void {
    // Clocks of senders may go backwards; a history does not.
    this.lastAt = Math.max(at, this.lastAt);
    this.#kept.push({ seq: ++this.head, at: this.lastAt, event, by, snapshot });
    this.#characters += event.length + snapshot.length;
    while (this.#isFull()) {
      const oldest = this.#kept.shift();
      this.#characters -= (oldest?.event.length ?? 0) + (oldest?.snapshot.length ?? 0);
    }
  }

  #isFull(): boolean {
    const { length } = this.#kept;
    return length > guestLimits.moments || (length > 1 && this.#characters > guestLimits.characters);
  }

  /** The newest snapshot. */
  get last(): string {
    return this.#kept.at(-1)?.snapshot ?? '{}';
  }

  facts({ after = 0, before = Infinity, limit = Infinity, reverse = false }: Range): readonly GuestFact[] {
    const found = this.#kept.filter(({ seq }) => seq > after && seq < before);
    return (reverse ? found.toReversed() : found).slice(0, limit).map(({ seq, at, event, by }) => ({
      seq,
      to: seq,
      at,
      event: eventOf(event),
      ...(by !== undefined && { by }),
    }));
  }

  /** `NOT_FOUND` for one that is kept no more. */
  at(seq: number): { readonly at: number; readonly snapshot: Json } {
    const moment = this.#kept.find((one) => one.seq === seq);
    if (moment !== undefined) return { at: moment.at, snapshot: parsed(moment.snapshot) };
    const kept = `${this.#kept[0]?.seq ?? 0} to ${this.head}`;
    const text = `Of a guest only its last moments are kept, here ${kept}: it has no history.`;
    throw new TroupeError('NOT_FOUND', text, { head: this.head });
  }
}

/** A value as it is kept: what is too large is not, and says so. */
export function keptText(value: Json): string {
  const text = JSON.stringify(value);
  if (text.length <= guestLimits.valueCharacters) return text;
  const { type, status, value: state } = value;
  const context = `(${text.length} characters: more than is kept)`;
  const short = JSON.stringify({ type, status, value: state, context });
  return short.length <= guestLimits.valueCharacters ? short : '{}';
}

/** What is no object, or no JSON at all, is an empty one: it is somebody else's text. */
export function parsed(text: string): Json {
  try {
    return jsonOf(JSON.parse(text) as unknown);
  } catch {
    return {};
  }
}

function eventOf(text: string): Json {
  const event = parsed(text);
  const { type } = event;
  return typeof type === 'string' && type !== '' ? event : { ...event, type: '@xstate.snapshot' };
}
