/**
 * `troupe import`: takes a bundle into a directory that nobody has open.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { TroupeError } from '../../../actors/troupeError.ts';
import { openJournal } from '../../../storage/open.ts';
import { imported, provenHead } from '../../bundle/imported.ts';
import type { Lines } from '../../bundle/imported.ts';
import { wrong } from '../commandLine.ts';
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';
import { directoryOf } from '../wayTo.ts';

export const importVerb: Verb = {
  name: 'import',
  summary: 'take a bundle into a directory that nobody has open',
  args: 'FILE',
  flags: {
    ...reachFlags,
    live: { type: 'switch', about: 'also one that has something under way, which then goes on here' },
  },
  examples: [
    ['troupe import fix-login.ndjson -d elsewhere', 'proved before it is written; 5 where it is not whole'],
    ['troupe verify run/fix-login -d elsewhere', 'the same chain, the same seal'],
  ],
  run: async (call) => {
    const { out, given } = call;
    const [file = ''] = call.args;
    const directory = directoryOf(call, 'An import');
    const lines = linesOf(file);
    const head = await provenHead(lines);
    const { address, seq, status, owes } = head;
    if ((owes || status === 'live') && !given.is('live')) {
      throw wrong(
        `${address} has not ended, or has something under way: whoever opens ${directory} would go on with ` +
          'it, as whoever has it now does. Say --live if that is meant.',
      );
    }
    const journal = await openJournal({ directory });
    try {
      await imported(journal, head, lines);
    } finally {
      await journal.close();
    }
    await out.item({ address, seq, status, directory }, () => `${address} is in ${directory}, up to #${seq}`);
    return undefined;
  },
};

function linesOf(path: string): Lines {
  return async function* () {
    const file = await opened(path);
    try {
      yield* file.readLines();
    } finally {
      await file.close();
    }
  };
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new TroupeError('NOT_FOUND', `There is no file ${path}.`, { path });
  }
}
