/**
 * Server-sent events out of the pieces of an answer, as our server writes them: line ends are LF, data is one
 * line. What the end of a connection cut is dropped: it comes again.
 */
export interface Frame {
  readonly id: string | undefined;
  readonly event: string;
  readonly text: string;
}

/** `heard` is called for each piece, comments included. */
export async function* framesOf(
  body: ReadableStream<Uint8Array>,
  heard: () => void,
): AsyncGenerator<Frame, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let pending = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    const piece = decoder.decode(value, { stream: true });
    // The end of a large frame is looked for in what is new only.
    let from = Math.max(0, pending.length - 1);
    pending += piece;
    let start = 0;
    for (;;) {
      const end = pending.indexOf('\n\n', from);
      if (end === -1) break;
      const frame = frameOf(pending.slice(start, end));
      if (frame !== undefined) yield frame;
      from = start = end + 2;
    }
    pending = pending.slice(start);
  }
}

/** Undefined: a comment. */
function frameOf(block: string): Frame | undefined {
  let [id, event, text]: (string | undefined)[] = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('data: ')) text = line.slice(6);
    else if (line.startsWith('event: ')) event = line.slice(7);
    else if (line.startsWith('id: ')) id = line.slice(4);
  }
  return event === undefined || text === undefined ? undefined : { id, event, text };
}
