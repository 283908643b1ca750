/**
 * A span of histories as a sequence: who told whom what, in order. What an actor hears from a driver, a tool
 * or somebody outside has a lane like any actor.
 *   S1. An arrow is a fact that somebody was the cause of; several alike in a row are one.
 *   S2. A cause stands above what it led to, also within one millisecond.
 */
import type { Fact, Lead } from './told.ts';

export interface Lane {
  readonly name: string;
  /** As it stands above the lane. */
  readonly label: string;
  /** Of an actor; absent: somebody who has no history. */
  readonly address?: string;
}

export interface SequenceArrow {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly kind: string;
  readonly at: number;
  /** Where it arrives, or leaves, in the actor that it is a fact of. */
  readonly address: string;
  readonly seq: number;
  readonly count: number;
  /** The fact that it started from, in another actor. */
  readonly cause?: { readonly address: string; readonly seq: number };
}

export interface Sequence {
  readonly lanes: readonly Lane[];
  readonly arrows: readonly SequenceArrow[];
}

/** What is known of one actor in the span. */
export interface Heard {
  readonly address: string;
  readonly facts: readonly Fact[];
  readonly leads: readonly Lead[];
}

export function sequenceOf(heard: readonly Heard[]): Sequence {
  const arrows = new Map<string, SequenceArrow>();
  for (const { address, facts, leads } of heard) {
    const led = new Set<number>();
    for (const lead of leads) {
      const fact = facts.find(({ seq }) => seq === lead.to?.seq);
      const arrow = arrowOf(lead, fact);
      if (lead.to?.address === address) led.add(lead.to.seq);
      // A tool's call is told as the tool's.
      if (arrow !== undefined && (fact === undefined || toolOf(fact, facts) === undefined)) {
        arrows.set(keyOf(lead), arrow);
      }
    }
    for (const fact of facts) {
      const arrow = toolArrow(address, fact, facts) ?? outsideArrow(address, fact, led);
      if (arrow !== undefined) arrows.set(`${address} ${fact.seq}`, arrow);
    }
  }
  const told = together(inOrder([...arrows.values()].toSorted((a, b) => a.at - b.at || a.seq - b.seq)));
  return { lanes: lanesOf(heard, told), arrows: told };
}

const keyOf = ({ kind, name, from, to, peer }: Lead): string =>
  to === undefined ? [kind, name, from?.address, from?.seq, peer].join(' ') : `${to.address} ${to.seq}`;

function arrowOf({ kind, name, from, to, peer }: Lead, fact: Fact | undefined): SequenceArrow | undefined {
  const end = to ?? from;
  if (end === undefined) return undefined;
  const { address, at } = end;
  const cause =
    to === undefined || from === undefined ? {} : { cause: { address: from.address, seq: from.to } };
  const common = { name, kind, at, address, seq: end.to, count: 1, ...cause };
  switch (kind) {
    case 'driver':
      return { ...common, name: fact?.event.type ?? name, from: `${name} of ${address}`, to: address };
    case 'timer':
    case 'task':
      return { ...common, from: address, to: address };
    default: {
      const [one, other] = [from?.address ?? peer, to?.address ?? peer];
      return one === undefined || other === undefined ? undefined : { ...common, from: one, to: other };
    }
  }
}

/** The name of the tool whose call or end a fact tells. */
function toolOf({ event }: Fact, facts: readonly Fact[]): string | undefined {
  if (event.type === 'tool.call') return String(event['name']);
  if (event.type !== 'tool.end' && event.type !== 'tool.progress') return undefined;
  const call = facts.find((one) => one.event.type === 'tool.call' && one.event['callId'] === event['callId']);
  return call && String(call.event['name']);
}

function toolArrow(address: string, fact: Fact, facts: readonly Fact[]): SequenceArrow | undefined {
  const tool = toolOf(fact, facts);
  if (tool === undefined) return undefined;
  const { event, at, seq } = fact;
  const lane = `tool ${tool}`;
  const isCall = event.type === 'tool.call';
  const ends = isCall ? { from: address, to: lane } : { from: lane, to: address };
  return { ...ends, name: event.type, kind: 'tool', at, address, seq, count: 1 };
}

/** Said by nobody whose history is here. */
function outsideArrow(
  address: string,
  { seq, at, by, event }: Fact,
  led: ReadonlySet<number>,
): SequenceArrow | undefined {
  if (led.has(seq) || /^(?:actor|timer|effect|child|send)\./.test(event.type)) return undefined;
  const isRead = by === undefined && /^outbox\.(?:drain|ack|release)$/.test(event.type);
  const from = isRead ? `reader of ${address}` : by === undefined ? 'outside' : by;
  return { from, to: address, name: event.type, kind: 'outside', at, address, seq, count: 1 };
}

/** S2: of those of one instant the first whose cause is not among the others. */
function inOrder(arrows: readonly SequenceArrow[]): readonly SequenceArrow[] {
  const left = [...arrows];
  const ordered: SequenceArrow[] = [];
  while (left.length > 0) {
    const instant = left.findIndex(({ at }) => at !== left[0]?.at);
    const beside = instant < 0 ? left : left.slice(0, instant);
    const next = beside.findIndex((one) => !beside.some((other) => isBefore(other, one)));
    ordered.push(...left.splice(Math.max(0, next), 1));
  }
  return ordered;
}

function isBefore(other: SequenceArrow, one: SequenceArrow): boolean {
  if (other === one) return false;
  if (other.address === one.address) return other.seq < one.seq;
  return one.cause?.address === other.address && other.seq <= one.cause.seq;
}

/** S1. */
function together(arrows: readonly SequenceArrow[]): readonly SequenceArrow[] {
  const told: SequenceArrow[] = [];
  for (const arrow of arrows) {
    const last = told.at(-1);
    const isAlike = last?.name === arrow.name && last.from === arrow.from && last.to === arrow.to;
    if (isAlike) told[told.length - 1] = { ...arrow, count: last.count + 1 };
    else told.push(arrow);
  }
  return told;
}

/** The first is the actor that is looked at; those that speak to it stand to its left. */
function lanesOf(heard: readonly Heard[], arrows: readonly SequenceArrow[]): readonly Lane[] {
  const [middle] = heard;
  const names = [...new Set(arrows.flatMap(({ from, to }) => [from, to]))];
  const isActor = (name: string): boolean => /^[A-Za-z][\w-]*\/\S+$/.test(name);
  const isLeft = (name: string): boolean => !isActor(name) && !name.startsWith('tool ');
  const others = names.filter((name) => name !== middle?.address);
  return [
    ...others.filter(isLeft),
    ...(middle === undefined ? [] : [middle.address]),
    ...others.filter((name) => !isLeft(name)).toSorted((a, b) => Number(isActor(a)) - Number(isActor(b))),
  ].map((name) => ({ name, label: name.replace(/ of .*$/, ''), ...(isActor(name) && { address: name }) }));
}
