/**
 * A consumer of the packed package, as an application is: every way to open a directory, killed and opened
 * again. It starts itself once more for each way; anything that is not as it must be ends it with an error.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from 'troupe/package.json' with { type: 'json' };
import { openTroupe } from 'troupe';
import { newMemory, openJournal } from 'troupe/storage';
import { journalConformance } from 'troupe/testing';
import { lampActor } from './actors.mjs';

const module = new URL('./actors.mjs', import.meta.url);
const ways = {
  'values in this thread': { actors: [lampActor], workers: 0 },
  'a module in this thread': { actors: module, workers: 0 },
  'a module on 1 worker': { actors: module, workers: 1 },
};
const press = [{ type: 'lamp.press' }, { id: 'first' }];

const [way, directory, stage] = process.argv.slice(2);
if (way !== undefined) {
  const troupe = await openTroupe({ directory, ...ways[way] });
  await (stage === 'killed'
    ? killed(troupe.actor('lamp', 'hall'))
    : reopened(troupe.actor('lamp', 'hall'), troupe));
} else {
  const { bun, deno, node } = process.versions;
  console.log(bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`);
  await subpaths();
  await conformance();
  for (const name of Object.keys(ways)) killedAndReopened(name);
}

async function subpaths() {
  const names = Object.keys(manifest.exports).filter((subpath) => !subpath.endsWith('.json'));
  for (const name of names) {
    const exports = Object.keys(await import(name.replace(/^\./, 'troupe')));
    assert.ok(exports.length > 0, `${name} exports nothing`);
  }
  console.log(`  ${names.length} subpaths`);
}

async function conformance() {
  let passed = 0;
  let skipped = 0;
  const newPlace = () => {
    const memory = newMemory();
    return { open: async () => openJournal({ kind: 'memory', memory }) };
  };
  for (const { run } of journalConformance(newPlace)) (await run()) === undefined ? passed++ : skipped++;
  assert.ok(passed > 0);
  console.log(`  troupe/testing on memory: ${passed} passed, ${skipped} skipped`);
}

/** The first life: an event is durable, and the process ends in the middle of things. */
async function killed(lamp) {
  const receipt = await lamp.send(...press);
  assert.deepEqual([receipt.seq, receipt.state, receipt.duplicate], [2, ['on'], false]);
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => setInterval(() => undefined, 1000));
}

/** The second life: the timer fires, and what was sent before is known. */
async function reopened(lamp, troupe) {
  const again = await lamp.send(...press);
  assert.deepEqual([again.seq, again.state, again.duplicate], [2, ['on'], true]);
  const { context } = await lamp.until('off');
  assert.deepEqual(context, { presses: 1 });
  const types = [];
  for await (const { event } of lamp.history()) types.push(event.type);
  assert.deepEqual(types, ['actor.born', 'lamp.press', 'timer.fired']);
  assert.deepEqual(await lamp.verify(), { ok: true, seq: 3 });
  assert.deepEqual(await troupe.verify(), { ok: true, actors: 1, bad: [] });
  await troupe.close();
}

function killedAndReopened(name) {
  const place = mkdtempSync(join(tmpdir(), 'troupe-consumer-'));
  try {
    const first = started(name, place, 'killed');
    assert.equal(first.signal, 'SIGKILL', first.stderr);
    const second = started(name, place, 'reopened');
    assert.deepEqual([second.status, second.stderr], [0, '']);
    console.log(`  ${name}: killed, opened again, nothing lost`);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function started(...args) {
  const timeout = 30_000;
  return spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args], {
    encoding: 'utf8',
    timeout,
  });
}
