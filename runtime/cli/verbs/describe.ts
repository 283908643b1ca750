/**
 * `troupe describe`: an actor as text, made for agents and logs.
 */
import { reachFlags } from '../verb.ts';
import type { Verb } from '../verb.ts';
import { pathOf } from '../way.ts';

export const describe: Verb = {
  name: 'describe',
  summary: 'an actor as text, for agents and the logs of a CI',
  args: 'ADDRESS',
  flags: reachFlags,
  examples: [['troupe describe run/fix-login', 'state, usage, newest events']],
  run: async ({ args: [address = ''], out, way }) => {
    const text = String(await (await way()).get(pathOf(address, '/describe'))).trimEnd();
    await out.item({ address, text }, () => text);
    return undefined;
  },
};
