/**
 * `troupe import`: takes a bundle into a directory that nobody has open.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TroupeError } from '../../../actors/troupeError.ts';
import { openJournal } from '../../../storage/open.ts';
import { imported, provenHead } from '../../bundle/imported.ts';
import type { Lines } from '../../bundle/imported.ts';
import { wrong } from '../commandLine.ts';
import { reachFlags } from '../verb.ts';
import type { Verb, VerbCall } from '../verb.ts';
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
    ['troupe import fix-login.ndjson -d elsewhere', 'proved first; 5 where it is not whole'],
    ['troupe export run/a -d one | troupe import - -d other', 'from stdin'],
    ['troupe verify run/fix-login -d elsewhere', 'the same chain, the same seal'],
  ],
  run: async (call) => {
    const [file = ''] = call.args;
    if (file !== '-') return taken(call, file);
    // It is read twice: to prove it, and to take it in.
    const place = await mkdtemp(join(tmpdir(), 'troupe-import-'));
    try {
      const kept = join(place, 'bundle');
      await pipeline(process.stdin, createWriteStream(kept, { mode: 0o600 }));
      return await taken(call, kept);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  },
};

async function taken(call: VerbCall, file: string): Promise<undefined> {
  const { out, given } = call;
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
}

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
