/**
 * Writes what the docs tell of the code and of the benchmarks: `npm run reference`. A test says when it is
 * due.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withFigures } from './reference/measured.ts';
import { referencePages } from './reference/pages.ts';
import { root } from './reference/sources.ts';

for (const [name, text] of await referencePages()) {
  writeFileSync(join(root, 'docs/reference', name), text);
  console.log(`docs/reference/${name}`);
}
const readme = join(root, 'README.md');
writeFileSync(readme, withFigures(readFileSync(readme, 'utf8')));
console.log('README.md');
