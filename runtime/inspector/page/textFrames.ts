/** The frames of a stream of server-sent events, as they come. */

export interface Frame {
  readonly event: string;
  readonly data: unknown;
}

export async function* textFrames(body: AsyncIterable<Uint8Array>): AsyncGenerator<Frame, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of body) {
    const blocks = (rest + decoder.decode(piece, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const frame = frameOf(block);
      if (frame !== undefined) yield frame;
    }
  }
}

/** Undefined: a comment, or how long to wait before coming back. */
function frameOf(block: string): Frame | undefined {
  let event = 'message';
  const lines: string[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7);
    else if (line.startsWith('data: ')) lines.push(line.slice(6));
  }
  return lines.length === 0 ? undefined : { event, data: JSON.parse(lines.join('\n')) as unknown };
}
