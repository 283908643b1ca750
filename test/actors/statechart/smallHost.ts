/**
 * The smallest host of the pure step: one queue, one clock, children by address. It does what the effects
 * say, in order. With `restarts` every actor is persisted, encoded, decoded and restored after each of its
 * events.
 */
import { Packr } from 'msgpackr';
import type { EventObject } from 'xstate';
import { doneEvent, failedEvent, statechartOf, tagsOf, timerEvent } from '../../../actors/statechart.ts';
import type {
  Destination,
  Effect,
  Failure,
  Self,
  Snapshot,
  Statechart,
  Step,
  TimerSet,
} from '../../../actors/statechart.ts';
import { Kit, messageOf, plain } from './case.ts';
import type { Case, Op, Reading } from './case.ts';

const packr = new Packr({ useRecords: false, structuredClone: true });
export const recoded = <T>(value: T): T => packr.unpack(packr.pack(value)) as T;

interface Hosted {
  readonly self: Self;
  readonly chart: Statechart;
  readonly idAtParent: string | undefined;
  snapshot: Snapshot;
  /** Running tasks, drivers and children by id: the kind, or a child's address. */
  readonly running: Map<string, string>;
}

interface Timer extends TimerSet {
  readonly owner: Hosted;
  readonly due: number;
}

export class SmallHost {
  readonly kit = new Kit();
  readonly #restarts: boolean;
  readonly #actors = new Map<string, Hosted>();
  readonly #queue: { to: string; event: EventObject }[] = [];
  #timers: Timer[] = [];
  #now = 0;
  #starts = 0;

  constructor(restarts: boolean) {
    this.#restarts = restarts;
  }

  run({ machine, input, ops }: Case): Reading[] {
    const chart = statechartOf(machine(this.kit));
    const root = this.#born(chart, { address: 'case/1' }, input, undefined);
    this.#drain();
    const readings = [this.#reading(root)];
    for (const op of ops) {
      this.#apply(op, root);
      readings.push(this.#reading(root));
    }
    return readings;
  }

  #apply(op: Op, root: Hosted): void {
    if ('send' in op) this.#deliver(root.self.address, op.send);
    else if ('wait' in op) this.#wait(op.wait);
    else if ('done' in op) this.#end(op.done, doneEvent(op.done, op.output));
    else if ('fail' in op) this.#end(op.fail, failedEvent(op.fail, new Error(op.message)));
    else this.#deliver(this.#ownerOf(op.says).self.address, op.event);
  }

  #ownerOf(id: string): Hosted {
    return [...this.#actors.values()].find((actor) => actor.running.has(id))!;
  }

  #end(id: string, event: EventObject): void {
    const owner = this.#ownerOf(id);
    owner.running.delete(id);
    this.#deliver(owner.self.address, event);
  }

  #deliver(to: string, event: EventObject): void {
    this.#queue.push({ to, event });
    this.#drain();
  }

  #drain(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const actor = this.#actors.get(next.to);
      if (actor === undefined || actor.snapshot.status !== 'active') continue;
      this.#settle(actor, actor.chart.step(actor.snapshot, next.event, actor.self));
    }
  }

  #wait(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ due }) => due <= until).toSorted((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.due);
      this.#timers = this.#timers.filter((timer) => timer !== next);
      const event = timerEvent(next.id ?? '', next.event);
      this.#send(next.owner, next.to ?? { actor: next.owner.self.address }, event);
      this.#drain();
    }
    this.#now = until;
  }

  #born(chart: Statechart, self: Self, input: unknown, idAtParent: string | undefined): Hosted {
    const step = chart.start(input, self);
    const actor: Hosted = { self, chart, idAtParent, snapshot: step.snapshot, running: new Map() };
    this.#actors.set(self.address, actor);
    this.#settle(actor, step);
    return actor;
  }

  #settle(actor: Hosted, step: Step | Failure): void {
    actor.snapshot = step.snapshot;
    if (this.#restarts && actor.snapshot.status === 'active') {
      actor.snapshot = actor.chart.restore(recoded(actor.chart.persist(actor.snapshot)), actor.self);
    }
    if (!step.failed) for (const effect of step.effects) this.#act(actor, effect);
    if (actor.snapshot.status !== 'active') this.#ended(actor);
  }

  #act(actor: Hosted, effect: Effect): void {
    switch (effect.type) {
      case 'timer.set':
        this.#timers.push({ ...effect, owner: actor, due: this.#now + effect.delayMs });
        return;
      case 'timer.cancel':
        this.#timers = this.#timers.filter(({ owner, id }) => owner !== actor || id !== effect.id);
        return;
      case 'task.start':
      case 'driver.start':
        actor.running.set(effect.id, effect.type);
        return;
      case 'child.start':
        return this.#startChild(actor, effect);
      case 'invoke.stop':
        return this.#stop(actor, effect.id);
      case 'send':
        return this.#send(actor, effect.to, effect.event);
      case 'log':
        this.kit.actions.push(
          `log ${effect.label === undefined ? '' : `${effect.label} `}${String(effect.value)}`,
        );
        return;
      case 'action':
        effect.run();
    }
  }

  #startChild(parent: Hosted, { id, src, input }: { id: string; src: string; input: unknown }): void {
    const source = parent.chart.source(src);
    if (source.kind !== 'machine') throw new Error(`'${src}' is no machine`);
    const address = `${parent.self.address}/${id}@${++this.#starts}`;
    parent.running.set(id, address);
    this.#born(statechartOf(source.machine), { address, parent: parent.self.address }, input, id);
  }

  #stop(actor: Hosted, id: string): void {
    const running = actor.running.get(id);
    if (running === undefined) return;
    actor.running.delete(id);
    if (running === 'driver.start') this.kit.told.push(`${id} stopped`);
    const child = this.#actors.get(running);
    if (child !== undefined) this.#forget(child);
  }

  #send(actor: Hosted, to: Destination, event: EventObject): void {
    if ('child' in to && actor.running.get(to.child) === 'driver.start') {
      this.kit.told.push(`${to.child} got ${event.type}`);
    }
    const address = this.#addressOf(actor, to);
    if (address !== undefined) this.#queue.push({ to: address, event });
  }

  #addressOf(actor: Hosted, to: Destination): string | undefined {
    if ('child' in to) return actor.running.get(to.child);
    return 'parent' in to ? to.parent : to.actor;
  }

  #ended(actor: Hosted): void {
    const { status, output, error } = actor.snapshot;
    this.#forget(actor);
    if (actor.idAtParent === undefined || actor.self.parent === undefined) return;
    const parent = this.#actors.get(actor.self.parent);
    parent?.running.delete(actor.idAtParent);
    const end =
      status === 'done' ? doneEvent(actor.idAtParent, output) : failedEvent(actor.idAtParent, error);
    this.#queue.push({ to: actor.self.parent, event: end });
  }

  #forget(actor: Hosted): void {
    this.#actors.delete(actor.self.address);
    this.#timers = this.#timers.filter(({ owner }) => owner !== actor);
    for (const id of actor.running.keys()) this.#stop(actor, id);
  }

  #reading({ snapshot }: Hosted): Reading {
    return {
      value: snapshot.value,
      context: plain(snapshot.context),
      tags: tagsOf(snapshot),
      status: snapshot.status,
      output: snapshot.output,
      error: messageOf(snapshot.error),
      children: Object.keys(snapshot.children),
      actions: [...this.kit.actions],
      told: [...this.kit.told],
    };
  }
}
