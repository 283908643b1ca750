/**
 * One watched actor, for one length of window: gathers what its commits recorded until the statechart
 * (actors/projection.ts) says that subscribers are to be told. Everything here is durable (P1).
 *   N3. What has structure is told at once, behind the text gathered before it.
 *   N4. Text that merges is one fact with the range of seqs that it stands for.
 */
import { projection as machine } from '../../actors/projection.ts';
import type { ProjectionAction, ProjectionEvent } from '../../actors/projection.ts';
import type { AnyEvent } from '../../actors/fact.ts';
import { statechartOf } from '../../actors/statechart.ts';
import type { Snapshot, Step } from '../../actors/statechart.ts';
import type { CommitDraft, FactDraft, Reached } from '../../storage/commit.ts';
import { bodyBytesMin } from '../../storage/limits.ts';
import { packWhole, unpack } from '../../storage/values.ts';
import type { Body } from '../../storage/values.ts';
import type { AnyDefinition } from '../definition.ts';
import type { Notice, WireFact } from '../protocol.ts';
import { isMergeable, mergedEvent } from './merging.ts';

export interface ProjectionPorts {
  readonly openWindow: (projection: Projection) => void;
  readonly tell: (notice: Notice) => void;
}

/** A fact that is waiting; decoded only where it may merge. */
interface Gathered extends Pick<FactDraft, 'id' | 'by' | 'trace'> {
  readonly seq: number;
  readonly to: number;
  readonly at: number;
  /** Undefined: it was merged, and is packed when it is told. */
  readonly bytes: Uint8Array | undefined;
  readonly size: number;
  readonly event: AnyEvent | undefined;
}

/** So much text ends its window early: a reader that keeps up must not be told too much at once. */
const gatheredBytesMax = 256 * 1024;

const self = { address: 'projection', parent: undefined };
const chart = statechartOf(machine);
const quiet = chart.start(undefined, self) as Step;

export class Projection {
  readonly channel: number;
  readonly address: string;
  readonly windowMs: number;
  readonly #definition: AnyDefinition;
  readonly #ports: ProjectionPorts;
  #snapshot: Snapshot = quiet.snapshot;
  #gathered: Gathered[] = [];
  #bodies: string[] = [];
  #bodyBytes = 0;
  /** Of all that is gathered. */
  #bytes = 0;
  #reached: Reached;
  /** Counts windows, so that the end of an earlier one means nothing. */
  window = 0;
  /** Subscribers were told up to here. */
  #told: number;

  constructor(
    { channel, address, windowMs }: { channel: number; address: string; windowMs: number },
    { seq, reached, definition }: { seq: number; reached: Reached; definition: AnyDefinition },
    ports: ProjectionPorts,
  ) {
    this.channel = channel;
    this.address = address;
    this.windowMs = windowMs;
    this.#definition = definition;
    this.#ports = ports;
    this.#told = seq;
    this.#reached = reached;
  }

  /** One more durable commit. */
  take({ seq, facts, bodies, reached, seal }: CommitDraft): void {
    if (reached !== undefined) this.#reached = reached;
    const hasBodies = bodies !== undefined && bodies.length > 0;
    if (hasBodies) this.#keep(bodies);
    let isText = !hasBodies && seal === undefined;
    facts.forEach((fact, i) => {
      const event = hasBodies ? undefined : this.#mergeable(fact);
      if (event === undefined) isText = false;
      if (event === undefined || !this.#merged(seq + i, fact, event)) this.#gather(seq + i, fact, event);
    });
    const isImmediate = this.windowMs === 0 || !isText || this.#bytes > gatheredBytesMax;
    this.#step({ type: seal !== undefined ? 'sealed' : isImmediate ? 'structure' : 'text' });
  }

  #keep(bodies: readonly Body[]): void {
    for (const { hash, bytes } of bodies) {
      this.#bodies.push(hash);
      this.#bodyBytes += bytes.length;
    }
  }

  endWindow(): void {
    this.#step({ type: 'window.ended' });
  }

  cut(): void {
    this.#step({ type: 'cut' });
  }

  #mergeable(fact: FactDraft): AnyEvent | undefined {
    if (this.#definition.coalesce === undefined) return undefined;
    const event = unpack(fact.event) as AnyEvent; // Only events are stored as events.
    return isMergeable(this.#definition, event) ? event : undefined;
  }

  #merged(seq: number, fact: FactDraft, next: AnyEvent): boolean {
    const last = this.#gathered.at(-1);
    if (last?.event === undefined || last.to !== seq - 1) return false;
    if (last.by !== fact.by || last.trace !== fact.trace) return false;
    const size = last.size + fact.event.length;
    if (size > bodyBytesMin) return false;
    const event = mergedEvent(this.#definition, last.event, next);
    if (event === undefined) return false;
    const { at } = fact;
    this.#bytes += fact.event.length;
    this.#gathered.pop();
    this.#gathered.push({ ...last, to: seq, at, event, size, bytes: undefined, id: undefined });
    return true;
  }

  #gather(seq: number, { event: bytes, at, id, by, trace }: FactDraft, event: AnyEvent | undefined): void {
    this.#bytes += bytes.length;
    this.#gathered.push({ seq, to: seq, at, bytes, size: bytes.length, event, id, by, trace });
  }

  #step(event: ProjectionEvent): void {
    const step = chart.step(this.#snapshot, event, self);
    if (step.failed) throw step.error;
    this.#snapshot = step.snapshot;
    for (const effect of step.effects) {
      if (effect.type === 'action') this.#act(effect.name as ProjectionAction);
    }
  }

  #act(action: ProjectionAction): void {
    if (action === 'tell') return this.#tell();
    this.window++;
    this.#ports.openWindow(this);
  }

  #tell(): void {
    const to = this.#gathered.at(-1)?.to ?? this.#told;
    const { paths: state, tags } = this.#reached;
    this.#ports.tell({
      op: 'notice',
      channel: this.channel,
      from: this.#told + 1,
      to,
      facts: this.#gathered.map(wireFactOf),
      bodies: this.#bodies,
      bodyBytes: this.#bodyBytes,
      state,
      tags,
      sealed: this.#snapshot.status !== 'active',
    });
    this.#told = to;
    this.#gathered = [];
    this.#bodies = [];
    this.#bodyBytes = 0;
    this.#bytes = 0;
  }
}

function wireFactOf({ seq, to, at, bytes, event, id, by, trace }: Gathered): WireFact {
  return [seq, to, at, bytes ?? packWhole(event), id, by, trace];
}
