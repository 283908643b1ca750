/** Runs a case with XState's own actor and simulated clock. */
import { SimulatedClock, createActor } from 'xstate';
import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { Kit, messageOf, plain } from './case.ts';
import type { Case, Op, Reading } from './case.ts';

export async function referenceReadings({ machine, input, ops }: Case): Promise<Reading[]> {
  const kit = new Kit();
  const clock = new SimulatedClock();
  const actor = createActor(machine(kit), {
    id: 'case/1',
    clock,
    input,
    logger: (...said: unknown[]) => kit.actions.push(`log ${said.map(String).join(' ')}`),
  });
  actor.subscribe({ error: () => {} });
  actor.start();
  const readings = [reading(actor, kit)];
  for (const op of ops) {
    apply(op, actor, kit, clock);
    await settled();
    readings.push(reading(actor, kit));
  }
  return readings;
}

function apply(op: Op, actor: AnyActorRef, kit: Kit, clock: SimulatedClock): void {
  if ('send' in op) actor.send(op.send);
  else if ('wait' in op) clock.increment(op.wait);
  else if ('done' in op) kit.running.get(op.done)!.done(op.output);
  else if ('fail' in op) kit.running.get(op.fail)!.fail(new Error(op.message));
  else kit.running.get(op.says)!.says(op.event);
}

/** Promises of tasks take a few microtasks to reach their parent. */
const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function reading(actor: AnyActorRef, kit: Kit): Reading {
  const snapshot = actor.getSnapshot() as AnyMachineSnapshot;
  return {
    value: snapshot.value,
    context: plain(snapshot.context),
    tags: [...snapshot.tags].toSorted(),
    status: snapshot.status,
    output: snapshot.output as unknown,
    error: messageOf(snapshot.error),
    children: Object.keys(snapshot.children as object),
    actions: [...kit.actions],
    told: [...kit.told],
  };
}
