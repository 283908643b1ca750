/**
 * One long random life: appends in several slots, refusals, erasing, snapshots, compaction, retention and
 * openings in any order, compared with the model again and again. The seed stands in the failure.
 */
import { strict as assert } from 'node:assert';
import { isTroupeError } from '../../actors/troupeError.ts';
import { assertAnswers } from './answers.ts';
import { assertRefused } from './appending.ts';
import { ended, noted, randomParts, sealAt, start } from './drafts.ts';
import type { Parts } from './model.ts';
import type { Scene, SceneCase } from './scene.ts';

/** Steps between two comparisons of everything. */
const stepsMax = 12;

type Step = (life: Life) => Promise<void>;

class Life {
  readonly scene: Scene;
  readonly log: string[] = [];
  /** An actor belongs to one slot while the journal is open. */
  slots = new Map<string, number>();
  now = start;

  constructor(scene: Scene) {
    this.scene = scene;
  }

  address(): string {
    return `${this.scene.random.pick(['run', 'pty'])}/${this.scene.random.below(12)}`;
  }

  slotOf(address: string): number {
    const slot = this.slots.get(address) ?? this.scene.random.below(3);
    this.slots.set(address, slot);
    return slot;
  }

  /** Of those that are written and not forgotten; undefined when there is none. */
  known(isFit: (address: string) => boolean): string | undefined {
    const { model, random } = this.scene;
    const all = [...model.told.values()].filter(({ forgotten }) => !forgotten).map(({ address }) => address);
    const fit = all.filter(isFit);
    return fit.length === 0 ? undefined : random.pick(fit);
  }

  isOver(address: string): boolean {
    return this.scene.model.isSealed(address);
  }
}

/** Several commits of one slot; now and then the last of an actor. */
async function append(life: Life): Promise<void> {
  const { scene } = life;
  const { random, model } = scene;
  const slot = random.below(3);
  const parts: Parts[] = [];
  const over = new Set<string>();
  for (let i = random.between(1, 6); i > 0; i--) {
    const address = life.address();
    if (life.isOver(address) || over.has(address) || life.slotOf(address) !== slot) continue;
    const part = randomParts(random, address, (life.now += random.below(20)));
    if (random.once(25)) over.add(address);
    parts.push(over.has(address) ? { ...part, seal: sealAt(life.now) } : part);
  }
  const known = life.known((address) => life.slotOf(address) === slot);
  const snapshots = known === undefined || random.once(2) ? [] : [model.snapshotOf(known, random.bytes(200))];
  life.log.push(`append ${parts.map(({ address }) => address).join(' ')} in ${slot}`);
  await scene.append(parts, slot, snapshots);
}

async function refusal(life: Life): Promise<void> {
  const { model } = life.scene;
  const sealed = life.known((address) => life.isOver(address));
  life.log.push(`refusal of ${sealed ?? 'nobody'}`);
  const writer = await life.scene.writer(life.scene.random.below(3));
  const [first, second] = model.encoded([noted('run/unborn'), noted('run/unborn')]);
  assert.ok(first !== undefined && second !== undefined);
  await assertRefused(writer.append([second]), 'CONFLICT');
  if (sealed !== undefined)
    await assertRefused(writer.append([first, ...model.encoded([noted(sealed)])]), 'SEALED');
}

async function end(life: Life): Promise<void> {
  const address = life.known((known) => !life.isOver(known));
  if (address === undefined) return;
  life.log.push(`end ${address}`);
  await life.scene.append([ended(address, ++life.now, { due: null })], life.slotOf(address));
}

async function erase(life: Life): Promise<void> {
  const { journal, model, random } = life.scene;
  const address = life.known(() => true);
  if (journal.erase === undefined || address === undefined) return;
  const what = random.pick(['bodies', 'history'] as const);
  life.log.push(`erase ${what} of ${address}`);
  await journal.erase(address, what);
  model.erased(address, what);
}

async function expire(life: Life): Promise<void> {
  const { journal, model } = life.scene;
  if (journal.expire === undefined || !life.scene.random.once(6)) return;
  const bound = life.now - 200;
  life.log.push(`expire before ${bound}`);
  await journal.expire({ rowBefore: bound });
  for (const told of model.told.values()) {
    const standing = model.standing(told);
    if (standing?.row.endedAt === undefined || standing.due !== null) continue;
    if (standing.row.endedAt < bound) model.forgot(told.address);
  }
}

async function compact(life: Life): Promise<void> {
  life.log.push('compact');
  await life.scene.journal.compact?.();
}

async function reopen(life: Life): Promise<void> {
  life.log.push('reopen');
  life.slots = new Map();
  await life.scene.reopen();
}

async function failure(life: Life): Promise<void> {
  const { place, model } = life.scene;
  if (place.failNextWrite === undefined) return;
  life.log.push('failure');
  const writer = await life.scene.writer(0);
  place.failNextWrite();
  const error = await writer.append(model.encoded([noted('run/unborn')])).catch((reason: unknown) => reason);
  assert.ok(isTroupeError(error));
  await writer.resume();
}

const steps: readonly Step[] = [
  ...Array.from({ length: 20 }, () => append),
  refusal,
  end,
  erase,
  expire,
  compact,
  reopen,
  failure,
];

async function live(scene: Scene): Promise<void> {
  const life = new Life(scene);
  try {
    for (let round = 0; round < scene.rounds; round++) {
      for (let i = scene.random.between(1, stepsMax); i > 0; i--) await scene.random.pick(steps)(life);
      await assertAnswers(scene.journal, scene.model, scene.random);
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const story = life.log.slice(-20).join('\n  ');
    throw new Error(`seed ${scene.random.seed}: ${message}\nafter\n  ${story}`, { cause: error });
  }
}

export const randomRun: SceneCase = { name: 'J1–J11: a random life agrees with the model', play: live };
