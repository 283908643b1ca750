/** Writers and boxes on a stage: what the tests of messages say again and again. */
import { TroupeError } from '../../../actors/troupeError.ts';
import type { Receipt, Ref } from '../../../runtime/ref.ts';
import type { box, writer } from './family.ts';
import type { Stage } from './kit.ts';

export type Post = Stage<typeof writer | typeof box>;

export function writerOf(stage: Post, id = 'w'): Ref<typeof writer> {
  return stage.troupe.actor('writer', id);
}

export function boxOf(stage: Post, id = 'b'): Ref<typeof box> {
  return stage.troupe.actor('box', id);
}

export async function lettersIn(stage: Post, id = 'b'): Promise<readonly string[]> {
  return (await boxOf(stage, id).snapshot()).context.letters;
}

export async function write(stage: Post, text: string, to = 'box/b'): Promise<Receipt> {
  return writerOf(stage).send({ type: 'write', to, text });
}

export function noDisk(): TroupeError {
  return new TroupeError('JOURNAL_FULL', 'the disk is full', {});
}
