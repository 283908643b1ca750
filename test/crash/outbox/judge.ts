/**
 * What the history of an outbox must say, told by lists and nothing else: where each record stood after each
 * fact. Every lease that anybody was given, and every answer, is compared with it.
 */
import { strict as assert } from 'node:assert';
import type { Given, LeaseTold, Told } from './told.ts';

/** The attempts after which a record is a dead letter, as the contract has it (O8). */
const attemptsMax = 10;

interface Stood {
  readonly position: number;
  readonly child: string;
  readonly kind: string;
  /** Those that it stands for, the newest last. */
  readonly seqs: readonly number[];
  attempts: number;
}

export interface Fact {
  readonly seq: number;
  readonly event: { readonly type: string } & Readonly<Record<string, unknown>>;
}

const known = ({ child, seqs }: Stood): Given => ({
  child,
  childSeq: seqs.at(-1) ?? 0,
  count: seqs.length,
});
const idOf = (child: string, childSeq: number): string => `${child}#${childSeq}`;

export class OutboxJudge {
  #last = 0;
  readonly #ready: Stood[] = [];
  #dead: Stood[] = [];
  readonly #live = new Map<number, Stood[]>();
  /** As each lease was when it was made. */
  readonly #leases = new Map<number, readonly Given[]>();
  /** Which lease each record was acknowledged under. */
  readonly #acked = new Map<string, number>();
  readonly #posted = new Set<string>();

  constructor(facts: readonly Fact[]) {
    for (const fact of facts) this.#take(fact);
  }

  get delivered(): number {
    return this.#acked.size;
  }

  #take({ seq, event }: Fact): void {
    const leaseId = Number(event['leaseId']);
    switch (event.type) {
      case 'outbox.post':
        return this.#post(event as unknown as Told);
      case 'outbox.drain':
        return this.#drain(seq, Number(event['max']));
      case 'outbox.ack':
        return this.#ack(leaseId, event['positions'] as readonly number[]);
      case 'outbox.release':
        return event['retryMs'] === undefined ? this.#back(leaseId) : undefined;
      case 'timer.fired':
        return this.#back(Number(String(event['timer']).split('.')[1]));
      case 'outbox.retry':
        return this.#retry(event['positions'] as readonly number[]);
      default:
        return assert(event.type.startsWith('actor.'), `${event.type} is not expected here`);
    }
  }

  #post({ child, childSeq, kind }: Told): void {
    const id = idOf(child, childSeq);
    assert(!this.#posted.has(id), `${id} was posted twice`);
    this.#posted.add(id);
    const position = ++this.#last;
    const before = this.#ready.at(-1);
    const isMerged = kind === 'waiting' && before?.kind === kind && before.child === child;
    if (isMerged && before.attempts === 0) {
      this.#ready.pop();
      this.#ready.push({ position, child, kind, seqs: [...before.seqs, childSeq], attempts: 0 });
    } else this.#ready.push({ position, child, kind, seqs: [childSeq], attempts: 0 });
  }

  #drain(seq: number, max: number): void {
    const taken = this.#ready.splice(0, max);
    assert(taken.length > 0, `the drain ${seq} gave nothing`);
    this.#live.set(seq, taken);
    this.#leases.set(seq, taken.map(known));
  }

  #ack(leaseId: number, positions: readonly number[]): void {
    const held = this.#live.get(leaseId) ?? [];
    for (const position of positions) {
      const at = held.findIndex((stood) => stood.position === position);
      assert(at >= 0, `${position} was acknowledged under ${leaseId}, which does not hold it`);
      for (const stood of held.splice(at, 1))
        for (const childSeq of stood.seqs) this.#acked.set(idOf(stood.child, childSeq), leaseId);
    }
    if (held.length === 0) this.#live.delete(leaseId);
  }

  #back(leaseId: number): void {
    const held = this.#live.get(leaseId);
    assert(held !== undefined, `the lease ${leaseId} ended and was over`);
    this.#live.delete(leaseId);
    for (const stood of held) stood.attempts++;
    this.#dead.push(...held.filter(({ attempts }) => attempts >= attemptsMax));
    this.#ready.push(...held.filter(({ attempts }) => attempts < attemptsMax));
    this.#ready.sort((a, b) => a.position - b.position);
  }

  #retry(positions: readonly number[]): void {
    const again = this.#dead.filter(({ position }) => positions.includes(position));
    this.#dead = this.#dead.filter((stood) => !again.includes(stood));
    for (const stood of again) stood.attempts = 0;
    this.#ready.push(...again);
    this.#ready.sort((a, b) => a.position - b.position);
  }

  /** Nobody was given what the history says somebody else had. */
  assertLease({ leaseId, isAgain, given }: LeaseTold): void {
    const had = this.#leases.get(leaseId);
    assert(had !== undefined, `there is no lease ${leaseId}`);
    if (!isAgain) return assert.deepEqual(given, had, `the lease ${leaseId}`);
    const all = new Set(had.map((one) => JSON.stringify(one)));
    for (const one of given) assert(all.has(JSON.stringify(one)), `${leaseId} holds not ${one.child}`);
  }

  /** What a drainer was told is gone stays gone. */
  assertAcked(leaseId: number, given: readonly Given[]): void {
    for (const { child, childSeq } of given) {
      const under = this.#acked.get(idOf(child, childSeq));
      assert.equal(under, leaseId, `${child}#${childSeq} was acknowledged under ${leaseId}`);
    }
  }

  /** What a poster was told is durable is there. */
  assertPosted({ child, childSeq }: Told): void {
    assert(this.#posted.has(idOf(child, childSeq)), `${child}#${childSeq} was lost`);
  }

  /** Everything was delivered, and nothing waits. */
  assertEmpty(): void {
    assert.deepEqual([this.#ready, [...this.#live], this.#dead], [[], [], []], 'nothing waits');
    assert.equal(this.#acked.size, this.#posted.size, 'each was acknowledged once');
  }
}
