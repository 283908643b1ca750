/** Whoever waits for a state is answered, and nobody waits who went away. */
import { expect, test } from 'vitest';
import { box } from './family.ts';
import { heard, newPromise, openStage, refusalOf } from './kit.ts';
import { boxOf } from './post.ts';

test('who waits for an actor that cannot be loaded again is told so', async () => {
  const stage = await openStage([box]);
  await boxOf(stage).send({ type: 'letter', text: 'a' });
  const until = refusalOf(stage.ask({ op: 'until', address: 'box/b', state: 'closed' }));
  await stage.idle();
  stage.failDisk();
  await refusalOf(boxOf(stage).send({ type: 'letter', text: 'b' }));
  await stage.settled();
  expect(await stage.troupe.quarantined()).toHaveLength(1);
  expect(await until).toMatchObject({ code: 'JOURNAL_FULL' });
});

test('a wait that was called off while its actor was loaded keeps nobody in memory', async () => {
  const stage = await openStage([{ ...box, idleMs: 100 }]);
  await boxOf(stage).send({ type: 'letter', text: 'a' });
  await stage.reopen();
  const { journal, router } = stage.opened;
  const last = journal.last.bind(journal);
  const gate = newPromise();
  journal.last = async (address) => {
    await gate.promise;
    return last(address);
  };
  const abort = new AbortController();
  const request = { op: 'until' as const, address: 'box/b', state: 'closed' };
  const until = refusalOf(router.ask(router.links[0]!, request, abort.signal));
  await heard();
  await heard();
  abort.abort();
  expect(await until).toMatchObject({ code: 'ABORTED' });
  await heard();
  gate.resolve();
  await stage.idle();
  for (let i = 0; i < 3; i++) {
    stage.clock.advance(250);
    await stage.idle();
  }
  expect(await stage.stats()).toMatchObject({ actors: 0 });
});
