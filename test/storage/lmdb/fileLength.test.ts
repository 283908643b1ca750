/** The file of a good journal is never taken for one that was cut. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Environment } from '../../../storage/lmdb/environment.ts';
import { Gate, newGateWord } from '../../../storage/lmdb/gate.ts';
import { Scratch } from './scratch.ts';

function openedIn(directory: string): Environment {
  return new Environment({ directory, mapBytes: 2 ** 30, gate: new Gate(newGateWord()) });
}

test.each([40, 400, 40_000])('pages of %s rows that a transaction took and gave back', async (count) => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  mkdirSync(directory);
  const environment = openedIn(directory);
  const { bodies } = environment.tables;
  const keys = Array.from({ length: count }, (_, n) => Buffer.from(`key ${n}`));
  environment.durably(() => {
    for (const key of keys) bodies.put(key, Buffer.alloc(1000, 1));
    for (const key of keys) bodies.remove(key);
    bodies.put(Buffer.from('last'), Buffer.from('word'));
  }, count * 1000);
  await environment.close();
  const again = openedIn(directory);
  expect(again.tables.bodies.get(Buffer.from('last'))?.toString()).toBe('word');
  await again.close();
});

test('what is kept ahead takes no room', async () => {
  using scratch = new Scratch();
  const directory = scratch.journal();
  mkdirSync(directory);
  await openedIn(directory).close();
  const { size, blocks } = statSync(join(directory, 'data.mdb'));
  expect(size).toBeGreaterThan(4_000_000);
  expect(blocks * 512).toBeLessThan(1_000_000);
});
