/**
 * What one turn records: its facts, who sent them, and the commit they become.
 */
import type { AnyEvent, Fact } from '../../actors/fact.ts';
import type { CommitDraft, FactDraft, UsageEntry } from '../../storage/commit.ts';
import { sealable } from '../../storage/sealable.ts';
import { pack } from '../../storage/values.ts';
import type { Body } from '../../storage/values.ts';
import type { HostEvent } from '../definition.ts';
import type { Labels, SendRequest } from '../protocol.ts';
import { idsOf, rowPatchOf, usageOf } from './account.ts';
import { failureIn, short } from './failureIn.ts';
import type { HostedActor } from './hostedActor.ts';
import type { Underway } from './underway.ts';
import { failureOf } from './words.ts';

export interface FactNotes {
  readonly id?: string | undefined;
  readonly by?: string | undefined;
  readonly trace?: string | undefined;
}

const noNotes: FactNotes = {};

export interface RecordingEnvironment {
  /** Labels whose values usage is told apart by. */
  readonly indexLabels: readonly string[];
  readonly now: () => number;
  /** Senders numbered below have their answers. */
  readonly answered: () => number;
}

export class Recording {
  readonly #actor: HostedActor;
  readonly #underway: Underway;
  readonly #now: () => number;
  readonly #answered: () => number;
  readonly #from: number;
  readonly #reachedBefore: unknown;
  readonly #facts: FactDraft[] = [];
  readonly #bodies: Body[] = [];
  /** Stamps of the senders, in step with the facts; 0: not sent by anybody. */
  readonly #stamps: (number | number[])[] = [];
  readonly #indexLabels: readonly string[];
  #usage: UsageEntry[] | undefined;
  #session = '';
  #labels: Labels | undefined;
  #parent: string | undefined;
  #error: string | undefined;

  constructor(actor: HostedActor, underway: Underway, { now, answered, indexLabels }: RecordingEnvironment) {
    this.#indexLabels = indexLabels;
    this.#actor = actor;
    this.#answered = answered;
    this.#underway = underway;
    this.#now = now;
    this.#from = actor.seq + 1;
    this.#reachedBefore = actor.seq === 0 ? undefined : actor.reached;
  }

  get isEmpty(): boolean {
    return this.#facts.length === 0;
  }

  /** One more fact: `bytes` are the event's, as they came. */
  fact(event: AnyEvent, bytes: Uint8Array, notes: FactNotes = noNotes, bodies?: readonly Body[]): void {
    const actor = this.#actor;
    const { id, by, trace } = notes;
    // An actor's time never goes back, whatever the clock does.
    const at = Math.max(actor.at, this.#now());
    const seq = actor.seq + 1;
    this.#facts.push({ event: bytes, at, id, by, trace });
    this.#error = failureIn(event) ?? this.#error;
    if (bodies !== undefined) this.#bodies.push(...bodies);
    const fact = factOf(seq, at, event, id, by, trace);
    if (actor.kind.definition.usage !== undefined) {
      const kind = actor.kind.name;
      const used = usageOf(actor, fact, this.#underway.failed);
      const labels = this.#indexLabels.map((name) => actor.labels[name] ?? '');
      (this.#usage ??= []).push(...used.map((entry) => ({ ...entry, key: [kind, ...entry.key, ...labels] })));
    }
    const counted = actor.count(fact);
    if (counted !== undefined) this.#underway.failed('its digest', counted.thrown);
    const ids = idsOf(actor, event, this.#underway.failed);
    if (ids.length > 0) this.#underway.intend(['ids', seq, at, ids]);
  }

  /** How long the actor has recorded nothing. */
  get quietMs(): number {
    return Math.max(0, this.#now() - this.#actor.at);
  }

  word(event: HostEvent): void {
    const { bytes, bodies } = pack(event);
    this.fact(event, bytes, noNotes, bodies);
  }

  /** P4: the last fact was sent by these; they are known from now on. */
  stamp(request: SendRequest, merged: readonly SendRequest[] | undefined): void {
    const { session, n } = request.stamp;
    const { ledger, seq, at } = this.#actor;
    const stamp = merged === undefined ? n : [n, ...merged.map((other) => other.stamp.n)];
    this.#session = session;
    while (this.#stamps.length < this.#facts.length - 1) this.#stamps.push(0);
    this.#stamps.push(stamp);
    if (session === ledger.session) ledger.forgetStamps(this.#answered());
    ledger.apply(['by', session, seq, [stamp]]);
    if (request.id !== undefined) ledger.remember(request.id, seq, at);
    if (merged === undefined) return;
    const ids = merged.flatMap((other) => other.id ?? []);
    if (ids.length > 0) this.#underway.intend(['ids', seq, at, ids]);
  }

  label(labels: Labels): void {
    this.#labels = { ...this.#labels, ...labels };
    // At once: children that start in this turn inherit them.
    this.#actor.labels = labelsAfter(this.#actor.labels, labels);
  }

  parent(address: string, child: string): void {
    this.#parent = address;
    this.#underway.intend(['parent', address, child]);
  }

  /** The turn's commit; undefined when nothing was recorded. */
  draft(cause: string): CommitDraft | undefined {
    if (this.isEmpty) return undefined;
    const actor = this.#actor;
    const { ledger, reached, kind } = actor;
    const { version } = kind.definition;
    if (ledger.version !== version) this.#underway.intend(['version', version]);
    if (this.#stamps.length > 0) this.#underway.note(['by', this.#session, this.#from, this.#stamps]);
    if (actor.marks) this.#underway.noteDelivered();
    actor.marks = false;
    const due = ledger.due;
    const isDueNew = due !== actor.due;
    actor.due = due;
    // Before the seal is made of it: every ending seals (P6).
    const row = this.#row();
    if (actor.sealed)
      actor.digest = sealable(actor.digest, (why) => this.#underway.failed('its digest', why));
    const seal = { cause, digest: actor.digest, schema: kind.digest.schema, version, sealedAt: actor.at };
    return {
      address: actor.address,
      seq: this.#from,
      facts: this.#facts,
      reached: reached === this.#reachedBefore ? undefined : reached,
      intents: this.#underway.intents,
      row,
      due: isDueNew ? due : undefined,
      usage: this.#usage,
      bodies: this.#bodies,
      seal: actor.sealed ? seal : undefined,
    };
  }

  #row(): CommitDraft['row'] {
    const fields = rowPatchOf(this.#actor, this.#underway.failed);
    const error = this.#failure();
    if (this.#labels === undefined && this.#parent === undefined && error === undefined) return fields;
    return {
      ...fields,
      ...(this.#labels === undefined ? {} : { labels: this.#labels }),
      ...(this.#parent === undefined ? {} : { parent: this.#parent }),
      ...(error === undefined ? {} : { error }),
    };
  }

  /** What a machine threw is not among the facts. */
  #failure(): string | undefined {
    const { sealed, snapshot } = this.#actor;
    if (sealed && snapshot?.status === 'error')
      return short(failureOf(snapshot.error).message) || this.#error;
    return this.#error;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Written out, because every send comes through here: spreads of what is absent were 2 % of a worker. */
function factOf(
  seq: number,
  at: number,
  event: AnyEvent,
  id: string | undefined,
  by: string | undefined,
  trace: string | undefined,
): Fact {
  const fact: Mutable<Fact> = { seq, to: seq, at, event };
  if (id !== undefined) fact.id = id;
  if (by !== undefined) fact.by = by;
  if (trace !== undefined) fact.trace = trace;
  return fact;
}

function labelsAfter(before: Readonly<Record<string, string>>, patch: Labels): Record<string, string> {
  const entries = Object.entries({ ...before, ...patch });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}
