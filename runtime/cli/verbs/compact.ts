/**
 * `troupe compact`: moves old history together, and gives space back.
 */
import { openJournal } from '../../../storage/open.ts';
import { assertDirectory, bytesIn, sizeText } from '../dataFile.ts';
import { reachFlags } from '../verb.ts';
import type { Verb, VerbCall } from '../verb.ts';
import { directoryOf } from '../wayTo.ts';

export const compact: Verb = {
  name: 'compact',
  summary: 'move old history together, and let go of what was erased',
  args: '',
  flags: reachFlags,
  examples: [['troupe compact', 'beside an owner the file shrinks when it is opened again']],
  run: async (call) => {
    const to = await call.way();
    if (to.isReadOnly) {
      // Whoever owns a directory has it to itself.
      await to.close();
      return alone(call);
    }
    await to.post('/v1/compact', undefined);
    const text = `${to.to} has compacted; the file shrinks when the directory is opened again.`;
    await call.out.item({ compacted: true, shrinksLater: true }, () => text);
    return undefined;
  },
};

/** Nobody has it open: this process owns it for the time that takes, and runs nothing of what is due. */
async function alone(call: VerbCall): Promise<undefined> {
  const directory = directoryOf(call, 'Compacting');
  assertDirectory(directory);
  const bytesBefore = bytesIn(directory);
  const journal = await openJournal({ directory });
  try {
    await journal.compact();
  } finally {
    await journal.close();
  }
  // The next opening swaps in the smaller file: this one.
  await (await openJournal({ directory })).close();
  const bytes = bytesIn(directory);
  await call.out.item({ compacted: true, bytesBefore, bytes }, () => {
    return `${directory} is compacted: ${sizeText(bytesBefore)} on disk before, ${sizeText(bytes)} now`;
  });
  if (bytes >= bytesBefore)
    call.out.note('It had nothing to give back: what was not erased and has not expired takes its room.');
}
