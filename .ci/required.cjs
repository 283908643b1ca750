/**
 * A consumer in CommonJS: `require` gives what `import` gives, on every Node we name, and an actor lives.
 */
const assert = require('node:assert/strict');
const manifest = require('troupe/package.json');
const { openTroupe } = require('troupe');

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

async function main() {
  const names = Object.keys(manifest.exports).filter((subpath) => !subpath.endsWith('.json'));
  for (const name of names) {
    const specifier = name.replace(/^\./, 'troupe');
    const required = require(specifier);
    assert.deepEqual(Object.keys(required), Object.keys(await import(specifier)));
    assert.ok(Object.keys(required).length > 0, `${name} exports nothing`);
  }
  const troupe = await openTroupe({ journal: { kind: 'memory' } });
  const receipt = await troupe.run('1').start({ title: 'required' });
  assert.equal(receipt.seq, 2);
  await troupe.close();
  console.log(`  ${names.length} subpaths by require`);
}
