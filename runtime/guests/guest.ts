/**
 * A machine that somebody runs outside of the runtime, as far as its sender tells: what it is, and its last
 * moments, in memory alone.
 *   G1. A moment is an event and the snapshot after it.
 *   G2. An event waits for its snapshot. What comes without the other is a moment by itself.
 */
import type { Chart } from '../../actors/chart.ts';
import { foreignChart } from '../../actors/chart/foreignChart.ts';
import { isTroupeError } from '../../actors/troupeError.ts';
import type { Inspection, Json, ToldActor, ToldEvent, ToldSnapshot } from './inspection.ts';
import { guestLimits } from './limits.ts';
import { keptText, Moments, parsed } from './moments.ts';
import type { GuestFact, Range } from './moments.ts';
import { acceptsIn, statesIn } from './position.ts';

/** Of a guest; `left`: nobody tells of it any more. */
export type GuestStatus = 'live' | 'ended' | 'left';

/** As a list shows it: in the words of an actor's row. */
export interface GuestRow {
  readonly address: string;
  readonly kind: string;
  readonly id: string;
  readonly seq: number;
  readonly status: GuestStatus;
  readonly state: readonly string[];
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly at: number;
  readonly startedAt: number;
  readonly lastAt: number;
  readonly endedAt?: number;
  readonly parent?: string;
  readonly title?: string;
}

interface Waiting {
  readonly at: number;
  readonly since: number;
  readonly event: string;
  readonly source: string | undefined;
}

export interface Identity {
  readonly address: string;
  readonly kind: string;
  readonly id: string;
  readonly title: () => string | undefined;
  /** The address of another guest of the same sender, if there is one. */
  readonly addressOf: (session: string) => string | undefined;
}

export class Guest {
  readonly #is: Identity;
  readonly #moments: Moments;
  readonly #waiting: Waiting[] = [];
  #definition: string | undefined;
  #chart: Chart | undefined;
  #parent: string | undefined;
  #startedAt: number;
  #isEnded = false;
  /** When its sender was found to have left. */
  leftAt: number | undefined;
  /** Its `@xstate.actor` was told: its name is its own. */
  isKnown = false;

  constructor(is: Identity, at: number) {
    this.#is = is;
    this.#startedAt = at;
    this.#moments = new Moments(at);
  }

  get address(): string {
    return this.#is.address;
  }

  get status(): GuestStatus {
    if (this.#isEnded) return 'ended';
    return this.leftAt === undefined ? 'live' : 'left';
  }

  /** The number of its last moment. */
  get head(): number {
    return this.#moments.head;
  }

  tell(told: Inspection, now: number): void {
    this.leftAt = undefined;
    if (told.type === 'actor') this.#born(told);
    else if (told.type === 'event') this.#sent(told, now);
    else this.#stepped(told);
  }

  leave(now: number): void {
    this.#settle(() => true);
    this.leftAt ??= now;
  }

  /** True: an event had waited in vain, and is a moment now. */
  sweep(now: number): boolean {
    return this.#settle(({ since }) => now - since >= guestLimits.waitMs);
  }

  #born({ at, parent, definition, snapshot, name }: ToldActor): void {
    this.#parent = parent;
    this.isKnown = true;
    if (definition !== this.#definition) {
      this.#definition = definition;
      this.#chart = undefined;
    }
    // Told again by a sender who heard that this server does not know it.
    if (this.head > 0) return;
    this.#startedAt = at;
    this.#note(at, keptText({ type: '@xstate.actor', name }), undefined, snapshot);
  }

  #sent({ at, event, source }: ToldEvent, now: number): void {
    if (this.#waiting.length >= guestLimits.waiting) this.#settleFirst();
    this.#waiting.push({ at, since: now, event: keptText(event), source });
  }

  #stepped({ at, event, snapshot }: ToldSnapshot): void {
    const text = keptText(event);
    const index = this.#waiting.findIndex((one) => one.event === text);
    // XState takes events up in the order of their coming: those before it led to nothing.
    for (let i = 0; i < index; i++) this.#settleFirst();
    const waited = index === -1 ? undefined : this.#waiting.shift();
    this.#note(at, text, waited?.source, snapshot);
  }

  #settle(isDue: (one: Waiting) => boolean): boolean {
    let isNews = false;
    for (let [first] = this.#waiting; first !== undefined && isDue(first); [first] = this.#waiting) {
      this.#settleFirst();
      isNews = true;
    }
    return isNews;
  }

  #settleFirst(): void {
    const first = this.#waiting.shift();
    if (first !== undefined) this.#note(first.at, first.event, first.source, undefined);
  }

  #note(at: number, event: string, source: string | undefined, snapshot: Json | undefined): void {
    const by = source === undefined ? undefined : (this.#is.addressOf(source) ?? source);
    this.#moments.note(at, event, by, snapshot && keptText(snapshot));
    if (snapshot !== undefined) this.#isEnded = hasEnded(snapshot);
  }

  row(): GuestRow {
    const { address, kind, id, addressOf } = this.#is;
    const title = this.#is.title();
    const parent = this.#parent === undefined ? undefined : addressOf(this.#parent);
    const { status } = this;
    const { lastAt, last } = this.#moments;
    return {
      address,
      kind,
      id,
      seq: this.head,
      status,
      ...standingOf(parsed(last)),
      labels: {},
      at: lastAt,
      startedAt: this.#startedAt,
      lastAt,
      ...(status !== 'live' && { endedAt: lastAt }),
      ...(parent !== undefined && { parent }),
      ...(title !== undefined && { title }),
    };
  }

  facts(range: Range): readonly GuestFact[] {
    return this.#moments.facts(range);
  }

  /** Where it stood after that moment, or stands now. */
  snapshot(seq: number = this.head): object {
    const { at, snapshot } = this.#moments.at(seq);
    const { value = null, context = null, output, error } = snapshot;
    const standing = standingOf(snapshot);
    const isOver = hasEnded(snapshot);
    return {
      seq,
      at,
      status: seq === this.head ? this.status : isOver ? 'ended' : 'live',
      value,
      ...standing,
      accepts: isOver ? [] : acceptsIn(this.#chartOrNone(), standing.state),
      context,
      ...(output !== undefined && { output }),
      ...(error !== undefined && { error }),
    };
  }

  /** Throws what `foreignChart` says of a definition that cannot be drawn. */
  chart(): Chart {
    return (this.#chart ??= foreignChart(parsed(this.#definition ?? '{}'), this.#is.kind.slice(1)));
  }

  #chartOrNone(): Chart | undefined {
    try {
      return this.chart();
    } catch (error) {
      // The reason is told to whoever asks for the chart.
      if (isTroupeError(error)) return undefined;
      throw error;
    }
  }
}

function hasEnded({ status = 'active' }: Json): boolean {
  return status !== 'active';
}

function standingOf({ value, tags }: Json): Pick<GuestRow, 'state' | 'tags'> {
  const texts = Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
  return { state: statesIn(value), tags: texts.slice(0, 100) };
}
