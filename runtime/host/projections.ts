/**
 * The watched actors of one host: tells subscribers what became durable, each in its window. They belong to
 * addresses, not to actors in memory: an actor may be put away and come back.
 */
import { outcomeOf } from '../../actors/troupeError.ts';
import type { Refusal } from '../../actors/troupeError.ts';
import type { CommitDraft } from '../../storage/commit.ts';
import { packWhole } from '../../storage/values.ts';
import type { WatchRequest, WireStanding } from '../protocol.ts';
import type { Answers } from './answers.ts';
import { Changes } from './changes.ts';
import type { HostedActor } from './hostedActor.ts';
import { notFound } from './refusals.ts';
import { Projection } from './projection.ts';
import { shownDigestOf } from './reads.ts';
import type { TimerClock } from './timers.ts';
import { Windows } from './windows.ts';

/** A reset is small: a digest with which it would be larger stays out of it. */
const resetBytesMax = 16 * 1024;
/** Its seq and the names of its fields. */
const resetFieldBytes = 128;

export class Projections {
  readonly changes: Changes;
  readonly #answers: Answers;
  readonly #windows: Windows;
  readonly #byAddress = new Map<string, Projection[]>();
  readonly #byChannel = new Map<number, Projection>();
  readonly #wanted = new Set<number>();

  constructor(clock: TimerClock, answers: Answers) {
    this.#answers = answers;
    this.#windows = new Windows(clock);
    this.changes = new Changes(clock.wait, answers);
  }

  get size(): number {
    return this.#byChannel.size;
  }

  /** Asked for; it may be called off before its actor is at hand. */
  want(channel: number): void {
    this.#wanted.add(channel);
  }

  /** Everything up to now is durable: the channel goes on from here, and is told where that is. */
  watch(request: WatchRequest, actor: HostedActor): void {
    const { n, channel } = request;
    const refusal = refusalOf(request, actor);
    const known = this.#byChannel.get(channel);
    if (known !== undefined) known.cut();
    else if (actor.sealed) this.#wanted.delete(channel);
    // Who was refused leaves; others of this channel may wait for the birth that this one did not wait for.
    else if (refusal === undefined && this.#wanted.has(channel)) this.#add(request, actor);
    if (refusal === undefined) this.#answers.ok(n, standingOf(actor));
    else this.#answers.refuse(n, refusal);
  }

  #add(request: WatchRequest, { address, seq, reached, kind }: HostedActor): void {
    const { definition } = kind;
    const projection = new Projection(
      request,
      { seq, reached, definition },
      {
        openWindow: (opened) => this.#open(opened),
        tell: (notice) => {
          this.#answers.push(notice);
          if (notice.sealed) this.unwatch(notice.channel);
        },
      },
    );
    this.#byChannel.set(request.channel, projection);
    const others = this.#byAddress.get(address);
    if (others === undefined) this.#byAddress.set(address, [projection]);
    else others.push(projection);
  }

  #open(projection: Projection): void {
    const { window, windowMs } = projection;
    this.#windows.open(windowMs, () => {
      if (projection.window === window) projection.endWindow();
    });
  }

  unwatch(channel: number): void {
    this.#wanted.delete(channel);
    const projection = this.#byChannel.get(channel);
    if (projection === undefined) return;
    this.#byChannel.delete(channel);
    const rest = this.#byAddress.get(projection.address)?.filter((other) => other !== projection) ?? [];
    if (rest.length === 0) this.#byAddress.delete(projection.address);
    else this.#byAddress.set(projection.address, rest);
  }

  /** The commit is durable. */
  publish(draft: CommitDraft): void {
    this.changes.add(draft.address);
    if (this.#byAddress.size === 0) return;
    for (const projection of this.#byAddress.get(draft.address) ?? []) projection.take(draft);
  }

  close(): void {
    this.#windows.close();
    this.changes.close();
  }
}

function refusalOf(
  { wait }: WatchRequest,
  { quarantine, snapshot, left, address }: HostedActor,
): Refusal | undefined {
  if (quarantine !== undefined) return quarantine;
  return snapshot === undefined && left === undefined && !wait ? outcomeOf(notFound(address)) : undefined;
}

function standingOf(actor: HostedActor): WireStanding {
  const { seq, reached, sealed } = actor;
  const { paths: state, tags } = reached;
  const left = resetBytesMax - resetFieldBytes - Buffer.byteLength(JSON.stringify([state, tags]));
  const bytes = packWhole(shownDigestOf(actor));
  return { seq, state, tags, sealed, ...(bytes.length <= left && { digest: bytes }) };
}
