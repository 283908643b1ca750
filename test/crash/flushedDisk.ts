/**
 * What a disk surely holds when the power goes, worked out from the system calls of a program (strace):
 * writes reach it with a flush of their file, or at once where the file was opened so. What was written and
 * not yet flushed may be there or not, piece by piece.
 */
import type { Random } from '../../storage/conformance/random.ts';

/** For strace: all that is needed, with whole contents, in hexadecimal. */
export const traced: readonly string[] = [
  '-f',
  '-qq',
  '-y',
  '-xx',
  '-s',
  '16777216',
  '-e',
  'trace=openat,pwrite64,pwritev,write,writev,lseek,fdatasync,fsync',
];

interface Piece {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** One moment: the program had said so much. */
export interface Moment {
  readonly said: readonly string[];
  /** Written and flushed. */
  readonly flushed: readonly Piece[];
  /** Written only. */
  readonly waiting: readonly Piece[];
}

/** The moments at which the program had just said something on its standard output, or began a flush. */
export function momentsOf(log: string, file: string): readonly Moment[] {
  const disk = new Disk(file);
  const moments: Moment[] = [];
  const begun = new Map<string, string>();
  for (const line of log.split('\n')) {
    const [, pid = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    // A call that another thread interrupts in the log has two lines.
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    const call = resumed === undefined ? text : `${begun.get(pid) ?? ''}${resumed}`;
    const isBegun = call.endsWith('<unfinished ...>');
    // Said once it was begun: what is flushed later was not flushed then.
    const said = resumed === undefined ? /^write\(1<.*?>, "(.*?)"/.exec(call)?.[1] : undefined;
    if (said !== undefined) moments.push(disk.moment(bytesOf(said).toString()));
    // Nothing of it may have reached the disk yet, or some of it.
    if (resumed === undefined && disk.isFlush(call)) moments.push(disk.moment());
    if (isBegun) begun.set(pid, call.slice(0, -'<unfinished ...>'.length));
    else disk.called(call);
  }
  return moments;
}

class Disk {
  readonly #file: string;
  readonly #said: string[] = [];
  readonly #flushed: Piece[] = [];
  #waiting: Piece[] = [];
  /** Descriptors whose writes are flushed by themselves. */
  readonly #direct = new Set<string>();
  readonly #offsets = new Map<string, number>();

  constructor(file: string) {
    this.#file = file;
  }

  moment(said?: string): Moment {
    if (said !== undefined) this.#said.push(said);
    return { said: [...this.#said], flushed: [...this.#flushed], waiting: [...this.#waiting] };
  }

  called(call: string): void {
    const [, name = '', descriptor = '', path = '', rest = ''] =
      /^(\w+)\((?:AT_FDCWD|(\d+))<(.*?)>(?:, )?(.*)$/s.exec(call) ?? [];
    if (name === 'openat') return this.#opened(rest);
    if (!bytesOf(path).toString().endsWith(this.#file)) return;
    if (this.isFlush(call)) this.#flush();
    else if (name === 'lseek') this.#offsets.set(descriptor, Number(/^(\d+)/.exec(rest)?.[1]));
    else this.#wrote(name, descriptor, rest);
  }

  isFlush(call: string): boolean {
    const path = /^f(?:data)?sync\(\d+<(.*?)>/.exec(call)?.[1];
    return path !== undefined && bytesOf(path).toString().endsWith(this.#file);
  }

  #opened(rest: string): void {
    const [, flags = '', descriptor = ''] = /^".*?", (\S+?)(?:, \d+)?\s*\) += (\d+)</.exec(rest) ?? [];
    if (/O_D?SYNC/.test(flags)) this.#direct.add(descriptor);
    else this.#direct.delete(descriptor);
  }

  #wrote(name: string, descriptor: string, rest: string): void {
    const contents = [...rest.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, text = '']) => bytesOf(text));
    const bytes = Buffer.concat(contents);
    const isPlaced = name.startsWith('pwrite');
    const place = isPlaced ? Number(/, (\d+)\s*\) += /.exec(rest)?.[1]) : this.#offsets.get(descriptor);
    if (place === undefined || Number.isNaN(place)) throw new Error(`where to: ${name} ${rest.slice(-80)}`);
    if (!isPlaced) this.#offsets.set(descriptor, place + bytes.length);
    (this.#direct.has(descriptor) ? this.#flushed : this.#waiting).push({ offset: place, bytes });
  }

  #flush(): void {
    this.#flushed.push(...this.#waiting);
    this.#waiting = [];
  }
}

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll('\\x', ''), 'hex');

/** The file after a power failure at that moment; with a chance, some of what was not flushed. */
export function imageOf({ flushed, waiting }: Moment, random?: Random): Buffer {
  const pieces = [...flushed, ...waiting.filter(() => random?.once(2) === true)];
  const image = Buffer.alloc(Math.max(0, ...pieces.map(({ offset, bytes }) => offset + bytes.length)));
  for (const { offset, bytes } of pieces) bytes.copy(image, offset);
  return image;
}
