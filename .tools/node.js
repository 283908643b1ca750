/**
 * Says which Node runs our scripts, and stops when it cannot.
 * `npm ci` places the pinned Node (devDependency `node`) first in the PATH of every npm script. With
 * `--ignore-scripts` it is absent and the system's Node runs them: that works when it strips types by
 * default, because tests, benchmarks and worker threads run the TypeScript sources directly.
 * Plain JavaScript, so that an older Node can read it and print the advice.
 */
import { existsSync } from 'node:fs';

const pinned = existsSync(new URL('../node_modules/node/bin/node', import.meta.url));
const found = `Node ${process.versions.node} (${process.execPath})`;

if (process.features.typescript !== 'strip') {
  console.error(`troupe: ${found} cannot run TypeScript sources; these scripts need Node 22.18 or newer.
Run \`npm ci\` without --ignore-scripts: it installs the Node that package.json pins.
(The built package itself runs on Node 20.19 and newer.)`);
  process.exitCode = 1;
} else if (!pinned && !process.argv.includes('--quiet')) {
  console.error(`troupe: the pinned Node is not installed (--ignore-scripts?); using ${found}.`);
}
