/** What a module of ours weighs in a page, and what of the repository it is made of. */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

export async function weighed(
  entry: string,
): Promise<{ readonly bytes: number; readonly made: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    write: false,
    metafile: true,
  });
  const [file] = outputFiles;
  return { bytes: gzipSync(file!.contents, { level: 9 }).byteLength, made: Object.keys(metafile.inputs) };
}
