/**
 * Files that an ACP agent asks its client for (`fs/*`): texts within the directory of its run, and nothing
 * beyond it, whatever a path says.
 *   - What counts is where a path leads when all links are followed; it is opened without following another,
 *     and looked at again once it is open, so that a link put there meanwhile leads nowhere either.
 *   - Files only: a pipe would keep whoever opens it waiting.
 */
import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { TroupeError } from '../../actors/troupeError.ts';

/** One file, read or written: it travels in one line. */
const bytesMax = 8 * 1024 * 1024;

const { O_RDONLY, O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
const strict = new TextDecoder('utf-8', { fatal: true });

/** From the line `line`, counted from 1, `limit` of them. */
export async function readText(
  root: string,
  path: string,
  { line = 1, limit = Infinity }: { readonly line?: number; readonly limit?: number },
): Promise<string> {
  await using file = await opened(await placeWithin(root, path), O_RDONLY);
  const { size } = await file.stat();
  if (size > bytesMax) throw refused(`${path} has ${size} bytes, at most ${bytesMax} are read.`);
  const text = strict.decode(await file.readFile());
  if (line === 1 && limit === Infinity) return text;
  return text
    .split(/(?<=\n)/)
    .slice(line - 1, line - 1 + limit)
    .join('');
}

/** The whole content; the file is made if need be, its directory is not. */
export async function writeText(root: string, path: string, content: string): Promise<void> {
  const bytes = Buffer.from(content);
  if (bytes.length > bytesMax)
    throw refused(`A file of ${bytes.length} bytes: at most ${bytesMax} are written.`);
  await using file = await opened(await placeWithin(root, path, true), O_WRONLY | O_CREAT);
  await file.truncate(0);
  await file.writeFile(bytes);
}

/** Where a path leads, which is within; with `isNew` also one at which there is nothing yet. */
export async function placeWithin(root: string, path: string, isNew = false): Promise<string> {
  const roots = [resolve(root), await realpath(root)];
  // Nothing beyond is even looked at.
  if (!isAbsolute(path) || !roots.some((one) => isBelow(one, resolve(path)))) throw outside(root, path);
  const place = await placeOf(path, isNew);
  if (!isBelow(await realpath(root), place)) throw outside(root, path);
  return place;
}

async function placeOf(path: string, isNew: boolean): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isNew || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return join(await realpath(dirname(path)), basename(path));
  }
}

function isBelow(root: string, place: string): boolean {
  const way = relative(root, place);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function opened(place: string, flags: number): Promise<FileHandle> {
  const file = await open(place, flags | O_NOFOLLOW | O_NONBLOCK, 0o666);
  try {
    const [is, there] = [await file.stat(), await stat(await realpath(place))];
    if (!is.isFile()) throw refused(`${place} is no file.`);
    const isSame = is.ino === there.ino && is.dev === there.dev && (await realpath(place)) === place;
    if (!isSame) throw refused(`${place} was moved meanwhile.`);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function outside(root: string, path: string): TroupeError {
  return refused(`${path.slice(0, 500)} is not within ${root}, as an absolute path.`);
}

function refused(text: string): TroupeError {
  return new TroupeError('FORBIDDEN', text, {});
}
