/**
 * `troupe doctor`: whether this machine has what Troupe needs, and how to mend what it lacks.
 */
import { exitCodes } from '../exitCodes.ts';
import { reachFlags } from '../verb.ts';
import type { Flag, Verb } from '../verb.ts';

const { directory } = reachFlags as { readonly directory: Flag };

export const doctor: Verb = {
  name: 'doctor',
  summary: 'look at Node, the disk, terminals and the directory; 5 if something must be mended',
  args: '',
  flags: { directory },
  examples: [['troupe doctor', 'and how to mend what it finds']],
  run: async (call) => {
    const { checksOf } = await import('../checks.ts');
    let isWell = true;
    for await (const { name, state, about, mend } of checksOf(call)) {
      if (state === 'bad') isWell = false;
      const style = state === 'ok' ? 'green' : state === 'bad' ? 'red' : 'yellow';
      await call.out.item({ name, state, about, ...(mend !== undefined && { mend }) }, () => {
        const advice = mend === undefined ? '' : `\n      → ${mend}`;
        return `${call.out.paint(style, state.padEnd(4))} ${name}: ${about}${advice}`;
      });
    }
    return isWell ? exitCodes.ok.code : exitCodes.found.code;
  },
};
