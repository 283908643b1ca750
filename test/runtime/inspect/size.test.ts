/** What the inspector's sender weighs in a page. */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

test('the sender is a bundle of at most 4 KB that needs nothing else, XState neither', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ['runtime/inspect.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    write: false,
    metafile: true,
  });
  const [file] = outputFiles;
  const bytes = gzipSync(file!.contents, { level: 9 }).byteLength;
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThanOrEqual(4 * 1024);
  const own = /^runtime\/(?:inspect\.ts|inspect\/|client\/)/;
  expect(Object.keys(metafile.inputs).filter((path) => !own.test(path))).toEqual([]);
});
