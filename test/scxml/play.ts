/**
 * The two ways a case is played: on the pure step with the smallest host around it, and by the durable host,
 * which loses everything but its journal before and after what each event led to.
 */
import { setup } from 'xstate';
import { isTroupeError } from '../../actors/troupeError.ts';
import { defineActor } from '../../runtime/index.ts';
import type { Op } from '../actors/statechart/case.ts';
import { SmallHost } from '../actors/statechart/smallHost.ts';
import { openStage } from '../runtime/host/kit.ts';
import type { Stage } from '../runtime/host/kit.ts';
import { configuration } from './suite.ts';
import type { SuiteCase } from './suite.ts';

/** Configurations, at the beginning and after each send. */
export type Played = readonly (readonly string[])[];

/** Longer than any delay of a case that has to come to `pass` by itself. */
const passMs = 6000;
/** Steps are small against the distances between delays. */
const stepsMax = 40;

/** Without events of its own; `basic0` and its like are just asked where they stand, later. */
const isAlone = ({ sends }: SuiteCase): boolean => sends.length === 0;

/** Step by step; with `restarts`, persisted and restored after each. */
export function playSteps(played: SuiteCase, restarts: boolean): Played {
  const { machine } = played.converted();
  const sends = played.sends.flatMap(({ afterMs, type }): Op[] => [{ wait: afterMs }, { send: { type } }]);
  const ops: Op[] = isAlone(played) ? [{ wait: passMs }] : sends;
  const readings = new SmallHost(restarts).run({
    title: played.title,
    machine: () => machine,
    ops,
    ends: {},
  });
  const seen = readings.map(({ value, error }) => (error === undefined ? leavesOf(value, '') : [error]));
  return isAlone(played) ? seen.slice(-1) : seen.filter((_, i) => i % 2 === 0);
}

/** The leaf states of a state value. */
function leavesOf(value: unknown, name: string): string[] {
  if (typeof value === 'string') return [value];
  const inner = Object.entries(value as object);
  if (inner.length === 0) return [name];
  return configuration(inner.flatMap(([key, below]) => leavesOf(below, key)));
}

/** The case as the child of an actor that only bears it: nothing has to be sent to it for its birth. */
async function stageOf(played: SuiteCase) {
  const { machine, inner } = played.converted();
  const bearing = setup({ actors: { machine } }).createMachine({
    initial: 'before',
    states: { before: { on: { bear: 'bearing' } }, bearing: { invoke: { id: 'case', src: 'machine' } } },
  });
  const bearer = defineActor({ kind: 'bearer', version: 1, machine: bearing });
  const kinds = [machine, ...inner].map((found, i) =>
    defineActor({ kind: `document${i}`, version: 1, machine: found }),
  );
  return openStage([bearer, ...kinds]);
}

export async function playDurably(played: SuiteCase): Promise<Played> {
  const stage = await stageOf(played);
  await stage.troupe.actor('bearer', 'a').send({ type: 'bear' });
  await restarted(stage);
  if (isAlone(played)) {
    await live(stage, passMs);
    return [await standing(stage)];
  }
  const seen = [await standing(stage)];
  for (const { afterMs, type } of played.sends) {
    await live(stage, afterMs);
    await send(stage, type);
    await restarted(stage);
    seen.push(await standing(stage));
  }
  return seen;
}

type AnyStage = Stage<ReturnType<typeof defineActor>>;
const caseIn = (stage: AnyStage) => stage.troupe.actor('document0' as never, 'bearer/a/case@2');

/** Crashed with what the event led to still undone, and again after that is done. */
async function restarted(stage: AnyStage): Promise<void> {
  await stage.reopen();
  await stage.idle();
  await stage.reopen();
}

/** In small steps, as time passes, and not in one, as after a suspension; crashing after each. */
async function live(stage: AnyStage, ms: number): Promise<void> {
  if (ms === 0) return;
  for (let i = 0; i < stepsMax; i++) {
    if ((await caseIn(stage).snapshot()).status === 'sealed') return;
    stage.clock.advance(ms / stepsMax);
    await stage.idle();
    await stage.reopen();
  }
}

/** An event that no state takes is refused, where SCXML drops it; so is one for an actor that is done. */
async function send(stage: AnyStage, type: string): Promise<void> {
  if (type === '') return; // Two documents are asked where they stand with an event of no name.
  try {
    await caseIn(stage).send({ type } as never);
  } catch (error) {
    if (!isTroupeError(error) || !['NOT_ACCEPTED', 'SEALED'].includes(error.code)) throw error;
  }
}

async function standing(stage: AnyStage): Promise<string[]> {
  const { state, error } = await caseIn(stage).snapshot();
  if (error !== undefined) return [(error as { message: string }).message];
  return configuration(state.map((path) => path.slice(path.lastIndexOf('.') + 1)));
}
