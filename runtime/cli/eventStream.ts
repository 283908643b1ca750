/**
 * Server-sent events from the bytes of a stream.
 */
export interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  /** Its JSON. */
  readonly data: unknown;
}

export async function* eventsIn(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<StreamEvent, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of bytes) {
    rest += decoder.decode(piece, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventIn(block);
      if (event !== undefined) yield event;
    }
  }
}

/** Undefined: a comment, or a heartbeat. */
function eventIn(block: string): StreamEvent | undefined {
  const data: string[] = [];
  let [event, id]: [string, string | undefined] = ['message', undefined];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id') id = value;
  }
  return data.length === 0 ? undefined : { event, id, data: JSON.parse(data.join('\n')) as unknown };
}
