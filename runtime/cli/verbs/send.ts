/**
 * `troupe send`: one event, durable when the verb has ended well.
 */
import { text } from 'node:stream/consumers';
import { wrong } from '../commandLine.ts';
import { labelFlag, labelsIn } from '../labels.ts';
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';
import { pathOf } from '../way.ts';

interface Receipt {
  readonly seq: number;
  readonly state: readonly string[];
  readonly tags: readonly string[];
  readonly duplicate: boolean;
}

export const send: Verb = {
  name: 'send',
  summary: 'send one event to an actor',
  args: 'ADDRESS EVENT',
  flags: {
    ...reachFlags,
    id: { type: 'text', value: 'ID', about: 'sent again with it, it is applied once' },
    label: labelFlag('given to an actor that this event brings to life'),
    'if-seq': { type: 'whole', value: 'SEQ', about: 'only if its last fact is this one; 0: only its birth' },
  },
  examples: [
    [`troupe send run/a '{"type":"run.prompt","promptId":"p1","content":"Go on"}' --id p1`, 'once'],
    ['troupe send run/a run.pause', 'its type alone'],
    ['troupe send run/a - < event.json', 'from a file'],
  ],
  run: async ({ args: [address = '', given = ''], given: flags, out, way }) => {
    const event = eventIn(given === '-' ? await text(process.stdin) : given);
    const [id, ifSeq] = [flags.text('id'), flags.whole('if-seq')];
    const labels = labelsIn(flags.texts('label'));
    const born = Object.keys(labels).length === 0 ? {} : { labels };
    const body = { ...born, event, ...(id !== undefined && { id }), ...(ifSeq !== undefined && { ifSeq }) };
    // Ours, of the route that was asked.
    const receipt = (await (await way()).post(pathOf(address, '/events'), body)) as Receipt;
    await out.item(receipt, () => {
      const again = receipt.duplicate ? ', as it was before' : '';
      const { seq, tags, state } = receipt;
      return `${address} is at #${seq}: ${(tags.length > 0 ? tags : state).join(' ')}${again}`;
    });
    return undefined;
  },
};

/** JSON, or the type alone. */
function eventIn(given: string): unknown {
  if (/^[\w.-]+$/.test(given)) return { type: given };
  try {
    return JSON.parse(given) as unknown;
  } catch (error) {
    throw wrong(`The event is JSON, or its type alone: ${String(error)}.`);
  }
}
