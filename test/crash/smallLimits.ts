/**
 * Loaded before anything else (`--import`): makes the journal's bounds so small that a short life meets what
 * otherwise takes megabytes: riders, checkpoints, many groups an append, pieces and pages of compaction.
 */
import { registerHooks } from 'node:module';

/** In which file which constant becomes what. */
const smaller: readonly (readonly [file: string, name: string, value: number])[] = [
  ['/storage/limits.ts', 'groupBytesMax', 2000],
  ['/storage/limits.ts', 'tailBytesMax', 40_000],
  ['/storage/limits.ts', 'ridersMax', 4],
  ['/storage/limits.ts', 'compactBytes', 60_000],
  ['/storage/limits.ts', 'transactionBytes', 10_000],
  ['/storage/limits.ts', 'transactionPuts', 10],
  ['/storage/limits.ts', 'compactPageBytes', 4000],
  ['/storage/limits.ts', 'markEvery', 8],
  ['/storage/limits.ts', 'markBytes', 3000],
  ['/storage/lmdb/writer.ts', 'checkpointBytes', 5000],
  ['/storage/lmdb/writer.ts', 'cleanHeadsMax', 6],
  ['/storage/lmdb/writer.ts', 'ridersAtClose', 3],
  ['/storage/lmdb/upkeep.ts', 'pagesPerPiece', 2],
];

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const mine = smaller.filter(([file]) => url.endsWith(file));
    if (mine.length === 0) return loaded;
    const source = mine.reduce(withConstant, Buffer.from(loaded.source as Uint8Array).toString());
    return { ...loaded, source };
  },
});

/** A constant that is not there any more would leave the limit as it is, unnoticed. */
function withConstant(source: string, [file, name, value]: (typeof smaller)[number]): string {
  const declaration = new RegExp(`^((?:export )?const ${name} = )[^;]+;`, 'm');
  if (!declaration.test(source)) throw new Error(`${file} has no constant ${name}`);
  return source.replace(declaration, `$1${value};`);
}
