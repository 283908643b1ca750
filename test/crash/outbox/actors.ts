/** Children that post from worker threads: each message of theirs is one record of a parent. */
import { enqueueActions, setup } from 'xstate';
import { defineActor } from '../../../runtime/index.ts';
import type { Told } from './told.ts';

const machine = setup({
  types: { events: {} as { readonly type: 'work'; readonly told: Told } },
  actions: {
    post: enqueueActions(({ event, enqueue }) => {
      const { outbox, child, childSeq, kind } = event.told;
      const params = { to: `outbox/${outbox}`, event: { type: 'outbox.post', child, childSeq, kind } };
      (enqueue as unknown as (action: object) => void)({ type: 'troupe.send', params });
    }),
    // The host takes it.
    'troupe.send': (_, _params: object) => undefined,
  },
}).createMachine({ id: 'poster', on: { work: { actions: 'post' } } });

export const poster = defineActor({ kind: 'poster', version: 1, machine });
