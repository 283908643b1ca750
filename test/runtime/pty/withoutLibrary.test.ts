/** The library for PTYs is optional: who has not installed it is told so, and has everything else. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { newFolder } from './kit.ts';

vi.setConfig({ testTimeout: 60_000 });

const program = `
import { openTroupe, isTroupeError } from './runtime/index.ts';
const troupe = await openTroupe({ directory: 'data' });
const session = troupe.pty('shell');
const error = await session.open().catch((thrown) => thrown);
await troupe.run('work').start({ title: 'Work' });
const { seal } = await session.digest();
const { title } = (await troupe.run('work').digest()).digest.identity;
await troupe.close();
console.log(JSON.stringify([isTroupeError(error, 'PTY_UNAVAILABLE'), error.message, seal.cause, title]));
`;

test('without it a session fails to open, says what to install, and the rest works', async () => {
  const folder = newFolder();
  for (const layer of ['actors', 'runtime', 'storage'])
    cpSync(layer, join(folder, layer), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'program.ts'), program);
  const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: folder });
  expect(JSON.parse(stdout)).toEqual([
    true,
    expect.stringContaining('npm install @lydell/node-pty') as unknown,
    'openFailed',
    'Work',
  ]);
});
