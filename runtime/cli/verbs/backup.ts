/**
 * `troupe backup`: a copy of a directory, beside whoever has it open.
 */
import { openJournal } from '../../../storage/open.ts';
import { assertDirectory, sizeText } from '../dataFile.ts';
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';
import { directoryOf } from '../wayTo.ts';

export const backup: Verb = {
  name: 'backup',
  summary: 'a copy that opens as a directory of its own, also beside a living owner',
  args: 'PATH',
  flags: reachFlags,
  examples: [
    ['troupe backup /backups/monday', 'a new or empty folder'],
    ['troupe verify -d /backups/monday', 'and whether it holds what was written'],
  ],
  run: async (call) => {
    const { out } = call;
    const [path = ''] = call.args;
    const from = directoryOf(call, 'A backup');
    assertDirectory(from);
    const journal = await openJournal({ directory: from, readOnly: true });
    try {
      const { bytes } = await journal.backup(path);
      await out.item({ path, bytes }, () => `${from} is copied to ${path} (${sizeText(bytes)})`);
    } finally {
      await journal.close();
    }
    return undefined;
  },
};
