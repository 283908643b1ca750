/**
 * Server-sent events as bytes: encoded once for all readers that get the same.
 */
import { plain } from './plain.ts';

export interface Frame {
  /** Where a reader goes on that lost its connection. */
  readonly id?: string | number;
  readonly event: string;
  readonly data: unknown;
}

/** JSON has no line ends of its own, so that the data is one line. */
export function frameOf({ id, event, data }: Frame): Uint8Array {
  const place = id === undefined ? '' : `id: ${id}\n`;
  return Buffer.from(`${place}event: ${event}\ndata: ${JSON.stringify(plain(data))}\n\n`);
}

export function commentOf(text: string): Uint8Array {
  return Buffer.from(`: ${text}\n\n`);
}

/** A browser that lost its connection comes back after so long. */
export const opening: Uint8Array = Buffer.from('retry: 1000\n\n');

const frames = new WeakMap<object, Uint8Array>();

/** The frame of what `source` stands for; without one it is made for this reader alone. */
export function sharedFrameOf(source: object | undefined, make: () => Uint8Array): Uint8Array {
  if (source === undefined) return make();
  let frame = frames.get(source);
  if (frame === undefined) frames.set(source, (frame = make()));
  return frame;
}
