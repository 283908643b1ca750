/** The floor: the bytes of a turn's events as one value, one transaction, one flush; read from end to end. */
import assert from 'node:assert/strict';
import { seated } from '../beside/seat.ts';
import { together } from '../beside/together.ts';
import { Floor } from '../floor.ts';

const lengthBytes = 4;

await seated((directory) => {
  const floor = new Floor(directory);
  const append = together<Buffer>((events) => floor.append(Buffer.concat(events)));
  return {
    send: async (actor, event) => append(framed(JSON.stringify({ actor, ...event }))),
    stored: () => {
      let events = 0;
      for (let group = 1; group <= floor.groups; group++) events += eventsIn(floor.at(group));
      return events;
    },
    close: async () => floor.close(),
  };
});

/** Its length, then it. */
function framed(text: string): Buffer {
  const frame = Buffer.allocUnsafe(lengthBytes + Buffer.byteLength(text));
  frame.writeUInt32LE(frame.length, 0);
  frame.write(text, lengthBytes);
  return frame;
}

function eventsIn(group: Buffer | undefined): number {
  assert(group !== undefined, 'every group is there');
  let [events, at] = [0, 0];
  for (; at < group.length; events++) at += group.readUInt32LE(at);
  assert.equal(at, group.length, 'whole events');
  return events;
}
