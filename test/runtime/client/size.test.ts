/** What the client weighs in a page. */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

test('the client is a bundle of at most 6 KB that needs nothing else', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ['runtime/client.ts'],
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
  expect(bytes).toBeGreaterThan(2000);
  expect(bytes).toBeLessThanOrEqual(6 * 1024);
  const strangers = Object.keys(metafile.inputs).filter((path) => !/^runtime\/client(?:\.ts|\/)/.test(path));
  expect(strangers).toEqual([]);
});
