/**
 * A consumer of the packed package: imports every subpath it exports and prints the names found there.
 */
import manifest from 'troupe/package.json' with { type: 'json' };

const subpaths = Object.keys(manifest.exports).filter((subpath) => !subpath.endsWith('.json'));

console.log(`Node ${process.versions.node}`);
for (const subpath of subpaths) {
  const specifier = subpath.replace(/^\./, 'troupe');
  const names = Object.keys(await import(specifier));
  console.log(`  ${specifier}: ${names.join(' ')}`);
}
