/**
 * The definition of kind `pty` around a session's pure part: its row, the words of its end, what its parent
 * is told.
 */
import { coalesce } from '../actors/ptySession/coalesce.ts';
import { digest } from '../actors/ptySession/digest.ts';
import type { PtyDigest } from '../actors/ptySession/digest.ts';
import { ptyMachine } from '../actors/ptySession/machine.ts';
import { report } from '../actors/ptySession/report.ts';
import { driverTypes, passiveTypes, vocabulary } from '../actors/ptySession/vocabulary.ts';
import { standardsOf } from '../actors/standardSchema.ts';
import { defineActor } from './definition.ts';
import type { Definition } from './definition.ts';

export type PtyDefinition = Definition<'pty', typeof ptyMachine, undefined, PtyDigest>;

export const pty: PtyDefinition = defineActor({
  kind: 'pty',
  version: 1,
  machine: ptyMachine,
  digest,
  coalesce,
  // Its driver waits for more already, and for every answer.
  commitWindowMs: 0,
  passive: passiveTypes,
  driverTypes,
  schemas: standardsOf(vocabulary),
  drivers: { pty: { onLost: 'reattach' } },
  row: ({ context: { launch } }) => ({
    ...(launch !== null && { title: launch.command }),
    ...(launch?.parent !== undefined && { parent: launch.parent }),
  }),
  // Its final state says how it ended.
  cause: ({ value }) => (typeof value === 'string' ? value : 'done'),
  report: ({ context }, folded, cause) => report(context, folded, cause),
});
