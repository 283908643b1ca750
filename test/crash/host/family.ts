/**
 * What actors have with each other, judged from both histories: messages exactly once and in order per pair,
 * and each child with one history and one end.
 */
import { strict as assert } from 'node:assert';
import { unpack } from '../../../storage/values.ts';
import type { Fact, Histories, History } from './histories.ts';
import type { Said } from './machines.ts';

interface Mail {
  readonly ordinal: number;
  readonly kind: string;
  readonly bytes: Uint8Array;
}

export function assertFamilies(histories: Histories): { messages: number; children: number } {
  let [messages, children] = [0, 0];
  for (const sender of histories.values()) {
    for (const [to, mail] of mailOf(sender)) {
      const receiver = histories.get(to);
      assert(receiver !== undefined, `${sender.address} wrote to ${to}, which was never born`);
      messages += assertMail(sender, receiver, mail);
    }
    children += assertChildren(sender, histories);
  }
  for (const { address, commits } of histories.values()) {
    for (const { by, seq } of commits.flatMap(({ facts }) => facts)) {
      assert(by === undefined || histories.has(by), `${address}@${seq} is by ${by}, which was never born`);
    }
  }
  return { messages, children };
}

/** What it sent to whom, numbered 1, 2, 3, …. */
function mailOf({ address, commits }: History): Map<string, Mail[]> {
  const bags = new Map<string, Mail[]>();
  for (const intent of commits.flatMap(({ intents }) => intents)) {
    if (intent[0] !== 'send') continue;
    const [, to, ordinal, kind, bytes] = intent;
    const bag = bags.get(to) ?? [];
    bag.push({ ordinal, kind, bytes });
    bags.set(to, bag);
    assert.equal(ordinal, bag.length, `${address}: its messages to ${to} are numbered without gaps`);
  }
  return bags;
}

/** Each event is recorded once, in order, or refused once. Gives how many were recorded. */
function assertMail(sender: History, receiver: History, mail: readonly Mail[]): number {
  const pair = `${sender.address} → ${receiver.address}`;
  const taken = takenFrom(sender.address, receiver);
  taken.forEach((ordinal, i) => {
    assert(ordinal > (taken[i - 1] ?? 0), `${pair}: took ${ordinal} after ${taken[i - 1]}`);
    assert(ordinal <= mail.length, `${pair}: took ${ordinal}, only ${mail.length} were sent`);
  });
  const sent = mail
    .filter(({ kind }) => kind === 'event')
    .map(({ ordinal, bytes }) => ({ ordinal, text: JSON.stringify(unpack(bytes)) }));
  const got = factsOf(receiver).filter(({ by }) => by === sender.address);
  const accepted = sent.filter(({ ordinal }) => taken.includes(ordinal));
  const texts = got.map(({ event }) => JSON.stringify(event));
  assert.deepEqual(
    texts,
    accepted.map(({ text }) => text),
    `${pair}: what was taken is what was recorded`,
  );
  const refused = sent.filter(({ ordinal }) => !taken.includes(ordinal)).map(({ text }) => text);
  assertRefused(sender, receiver, refused);
  return got.length;
}

function takenFrom(from: string, { commits }: History): number[] {
  const intents = commits.flatMap((commit) => commit.intents);
  return intents.flatMap((intent) => (intent[0] === 'got' && intent[1] === from ? [intent[2]] : []));
}

/** The sender was told of each, unless it had ended itself: then they are dead letters. */
function assertRefused(sender: History, receiver: History, refused: readonly string[]): void {
  const pair = `${sender.address} → ${receiver.address}`;
  const words = factsOf(sender).filter(
    ({ event }) => event.type === 'send.refused' && event['to'] === receiver.address,
  );
  const told = words.map(({ event }) => JSON.stringify(event['event']));
  const isPicky = (text: string): boolean => (JSON.parse(text) as Said).type === 'picky';
  const strange = refused.filter((text) => !receiver.sealed && !isPicky(text));
  assert.deepEqual(strange, [], `${pair}: lost, though the receiver lives and takes them`);
  if (sender.sealed) told.forEach((text) => assert(refused.includes(text), `${pair}: told of ${text}`));
  else assert.deepEqual(told, refused, `${pair}: told of each refusal, once`);
}

interface Child {
  readonly id: string;
  readonly address: string;
}

/** Gives how many children it had. */
function assertChildren(parent: History, histories: Histories): number {
  const live = new Map<string, Child>();
  let count = 0;
  for (const { facts, intents } of parent.commits) {
    const told = facts
      .filter(({ event }) => event.type === 'child.done' || event.type === 'child.failed')
      .map(({ event }) => String(event['child']));
    for (const intent of intents) {
      if (intent[0] === 'child') {
        const [, id, address] = intent;
        assert(!live.has(id), `${parent.address}: ${id} was started while it ran`);
        live.set(id, { id, address });
        assertBorn(parent, histories.get(address), address);
        count++;
      } else if (intent[0] === 'unchild') {
        const child = live.get(intent[1]);
        assert(child !== undefined, `${parent.address}: ${intent[1]} ended twice`);
        live.delete(intent[1]);
        if (told.includes(intent[1])) told.splice(told.indexOf(intent[1]), 1);
        assert(histories.get(child.address)?.sealed, `${child.address} lives, its parent let it go`);
      }
    }
    assert.deepEqual(told, [], `${parent.address}: ends of children that it does not have`);
  }
  for (const { address } of live.values()) {
    assert(!histories.get(address)?.sealed, `${address} has ended, and its parent was not told`);
    assert(!parent.sealed, `${address} lives, its parent has ended`);
  }
  return count;
}

function assertBorn(parent: History, child: History | undefined, address: string): void {
  assert(child !== undefined, `${address} was started, and never born`);
  const births = factsOf(child).filter(({ event }) => event.type === 'actor.born');
  assert.equal(births.length, 1, `${address} was born ${births.length} times`);
  assert.equal(births[0]?.event['parent'], parent.address, `${address} has another parent`);
  const ends = child.commits
    .flatMap(({ intents }) => intents)
    .filter((intent) => intent[0] === 'send' && intent[3] === 'end');
  assert(ends.length <= 1, `${address} told its end ${ends.length} times`);
}

function factsOf({ commits }: History): Fact[] {
  return commits.flatMap(({ facts }) => facts);
}
