/** P10: a runtime that is lost after any commit goes on as if nothing had happened, but for the time. */
import { beforeEach, describe, expect, test } from 'vitest';
import { TroupeError } from '../../../actors/troupeError.ts';
import { unpack } from '../../../storage/values.ts';
import type { Limits } from '../../../runtime/index.ts';
import { newPromise, openStage, start } from './kit.ts';
import type { Stage } from './kit.ts';
import { charges, order, parcel, stock } from './shop.ts';

type Shop = Stage<typeof order | typeof parcel | typeof stock>;

/** One step of the script; a step that a crash interrupts is taken again. */
type Step =
  | { readonly send: string; readonly event: Parameters<ReturnType<typeof orderOf>['send']>[0] }
  | { readonly until: number };

const orderOf = (stage: Shop, id: string) => stage.troupe.actor('order', id);

const script: readonly Step[] = [
  { send: 'a', event: { type: 'note', text: 'gift' } },
  { send: 'b', event: { type: 'note', text: 'fragile' } },
  { send: 'a', event: { type: 'pay', cents: 100 } },
  { until: 400 },
  { send: 'a', event: { type: 'note', text: 'ring twice' } },
  { send: 'b', event: { type: 'pay', cents: 200 } },
  { until: 1000 },
  { send: 'a', event: { type: 'hurry' } },
  { until: 1100 },
  { until: 1300 },
  { send: 'b', event: { type: 'note', text: 'still waiting' } },
  { until: 6500 },
];

/** Each actor's facts without their times. */
type Histories = Readonly<Record<string, readonly unknown[]>>;

async function historiesOf(stage: Shop): Promise<Histories> {
  const histories: Record<string, unknown[]> = {};
  for (const address of [...stage.memory.actors.keys()].toSorted()) {
    const { commits } = await stage.opened.journal.read(address);
    histories[address] = commits.flatMap(({ facts }) => facts.map(({ event, id }) => [unpack(event!), id]));
    expect(await stage.troupe.verify(address)).toMatchObject({ ok: true });
  }
  return histories;
}

/** Plays the script; every life ends after so many appends, the last one lives on. */
class Play {
  readonly #stage: Shop;
  readonly #lives: readonly number[];
  readonly acknowledged: string[] = [];
  crashes = 0;
  #crashed = newPromise();

  constructor(stage: Shop, lives: readonly number[]) {
    this.#stage = stage;
    this.#lives = lives;
    this.#begin();
  }

  #begin(): void {
    const left = this.#lives[this.crashes];
    this.#crashed = newPromise();
    if (left === undefined) return;
    let appends = 0;
    this.#stage.failure = () => {
      if (++appends <= left) return undefined;
      this.#crashed.resolve();
      return new TroupeError('JOURNAL_FULL', 'power cut', {});
    };
  }

  async run(): Promise<Histories> {
    for (const [i, step] of script.entries()) {
      while (!(await this.#taken(step, i))) {
        this.crashes++;
        await this.#stage.reopen();
        this.#begin();
      }
    }
    return historiesOf(this.#stage);
  }

  /** False when the runtime was lost on the way. */
  async #taken(step: Step, i: number): Promise<boolean> {
    const lost = this.#crashed.promise.then(() => false);
    return Promise.race([this.#take(step, i), lost]);
  }

  async #take(step: Step, i: number): Promise<boolean> {
    const stage = this.#stage;
    if ('until' in step) {
      stage.clock.advance(Math.max(0, start + step.until - stage.clock.now()));
    } else {
      const id = `step ${i}`;
      try {
        await orderOf(stage, step.send).send(step.event, { id, input: { id: step.send } });
      } catch {
        // Lost with its runtime, which is told by itself.
        return new Promise(() => undefined);
      }
      this.acknowledged.push(id);
    }
    await stage.idle();
    await this.#tasks();
    return true;
  }

  /** Their promises have resolved: what comes of them is in the mailboxes. */
  async #tasks(): Promise<void> {
    for (let i = 0; i < 3; i++) await this.#stage.idle();
  }
}

function idsIn(histories: Histories): string[] {
  return Object.values(histories).flatMap((facts) =>
    facts.flatMap((fact) => (fact as unknown[])[1] ?? []),
  ) as string[];
}

function endsIn(histories: Histories): string[] {
  return Object.entries(histories).flatMap(([address, facts]) =>
    facts.flatMap((fact) => {
      const [event] = fact as [{ type: string; effect?: string; child?: string }];
      const end = event.effect ?? event.child;
      return end === undefined ? [] : [`${address} ${end}`];
    }),
  );
}

async function played(lives: readonly number[], limits: Partial<Limits> = {}) {
  charges.clear();
  const stage = await openStage([order, parcel, stock], { limits });
  const play = new Play(stage, lives);
  const histories = await play.run();
  return { stage, play, histories };
}

beforeEach(() => charges.clear());

test('nobody is interrupted: the script goes through everything there is', async () => {
  const { histories, stage } = await played([]);
  expect(Object.keys(histories)).toHaveLength(5);
  const types = new Set(
    Object.values(histories)
      .flat()
      .map((fact) => (fact as [{ type: string }])[0].type),
  );
  expect([...types]).toEqual(
    expect.arrayContaining(['effect.done', 'timer.fired', 'child.done', 'parcel.moved', 'actor.stopped']),
  );
  expect((await orderOf(stage, 'a').snapshot()).state).toEqual(['delivered']);
  expect((await orderOf(stage, 'b').snapshot()).state).toEqual(['lost']);
});

describe.each([
  ['folded from the beginning', {}],
  ['from snapshots after every fact', { snapshotFacts: 1 }],
])('%s, a runtime that is lost', (_, limits) => {
  test('after any one of its appends leaves the same histories', async () => {
    const { histories: expected, stage } = await played([], limits);
    const appends = stage.opened.journal.stats().groups;
    expect(appends).toBeGreaterThan(15);
    for (let k = 0; k <= appends; k++) {
      const { histories, play } = await played([k], limits);
      expect(histories, `lost after append ${k}`).toEqual(expected);
      const ids = idsIn(histories);
      expect(ids.toSorted(), `lost after append ${k}`).toEqual([...new Set(ids)].toSorted());
      for (const id of play.acknowledged) expect(ids).toContain(id);
      expect(new Set(endsIn(histories)).size).toBe(endsIn(histories).length);
    }
  });

  test.each([1, 2, 3, 5])('again and again, after every %i appends, leaves them too', async (every) => {
    const { histories: expected } = await played([], limits);
    const { histories, play } = await played(
      Array.from({ length: 200 }, () => every),
      limits,
    );
    expect(histories).toEqual(expected);
    expect(play.crashes).toBeGreaterThan(3);
  });
});

test('a charge is asked for under one id, however often it is', async () => {
  const { play } = await played(Array.from({ length: 200 }, () => 1));
  expect(play.crashes).toBeGreaterThan(10);
  expect([...charges.keys()].toSorted()).toEqual([
    'order/a#0.(machine).paying@3',
    'order/b#0.(machine).paying@4',
  ]);
});
