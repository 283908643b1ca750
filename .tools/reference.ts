/**
 * Writes the generated pages of docs/reference/ from the code: `npm run reference`. A test says when it is
 * due.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referencePages } from './reference/pages.ts';
import { root } from './reference/sources.ts';

for (const [name, text] of await referencePages()) {
  writeFileSync(join(root, 'docs/reference', name), text);
  console.log(`docs/reference/${name}`);
}
