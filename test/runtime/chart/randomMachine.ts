/** Machines that nobody would write: any nesting, regions anywhere, arrows from any state to any other. */
import { setup } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import type { Random } from '../../../storage/conformance/random.ts';

interface Draft {
  id: string;
  type?: 'parallel';
  initial?: string;
  entry?: string[];
  tags?: string[];
  on: Record<string, object>;
  states?: Record<string, Draft>;
}

const depthMax = 3;

export function randomMachine(random: Random): AnyStateMachine {
  const drafts: Draft[] = [];
  const root = { ...statesOf(random, 0, drafts), id: 'root' };
  for (let i = random.below(drafts.length * 2); i > 0; i--) {
    const from = drafts[random.below(drafts.length)]!;
    const to = drafts[random.below(drafts.length)]!;
    from.on[`event.${i}`] = {
      target: `#${to.id}`,
      ...(random.below(3) === 0 && { guard: 'all of it is ready' }),
      ...(random.below(5) === 0 && { reenter: true }),
    };
  }
  // Built of nothing but what XState takes; its types want to know every word before.
  return setup({}).createMachine(root as never) as unknown as AnyStateMachine;
}

function statesOf(random: Random, depth: number, drafts: Draft[]): Pick<Draft, 'initial' | 'states'> {
  const states: Record<string, Draft> = {};
  for (let i = random.below(4); i >= 0; i--) {
    const id = `state${drafts.length}`;
    const draft: Draft = { id, on: {} };
    drafts.push(draft);
    states[id] = draft;
    const choice = random.below(10);
    if (depth < depthMax && choice < 4) Object.assign(draft, statesOf(random, depth + 1, drafts));
    if (draft.initial !== undefined && choice === 0) {
      delete draft.initial;
      draft.type = 'parallel';
    }
    if (choice > 7) draft.entry = ['tell somebody', 'note'];
    if (choice % 3 === 0) draft.tags = ['busy'];
    if (choice % 4 === 0) draft.on['stay.here'] = { actions: 'note' };
  }
  return { initial: Object.keys(states)[0]!, states };
}
