/**
 * `troupe replay-check`: before a deploy, whether today's definitions lead where the histories say.
 */
import { directoryDefault } from '../places.ts';
import { exitCodes } from '../exitCodes.ts';
import { reachFlags } from '../verb.ts';
import type { Flag, Verb } from '../verb.ts';

const { directory, actors } = reachFlags as { readonly directory: Flag; readonly actors: Flag };

export const replayCheck: Verb = {
  name: 'replay-check',
  summary: 'before a deploy: do the definitions lead where the histories say? 5 if not',
  args: '',
  flags: { directory, actors: { ...actors, about: 'the module with the definitions to check' } },
  examples: [['troupe replay-check --actors ./actors.ts', 'reads beside the living owner, too']],
  run: async ({ given, out, env }) => {
    const path = given.text('directory') ?? env['TROUPE_DIRECTORY'] ?? directoryDefault;
    const { replayCheck: findings } = await import('../../replayCheck.ts');
    const { definitionsAtHand } = await import('../atHand.ts');
    let [good, bad] = [0, 0];
    for await (const finding of findings({
      directory: path,
      actors: await definitionsAtHand(given.text('actors')),
    })) {
      if (finding.ok) good++;
      else bad++;
      if (out.isJson) await out.line(JSON.stringify(finding));
      else if (!finding.ok) await out.line(`${finding.address}: ${finding.message ?? 'differs'}`);
    }
    const summary = `${good} of ${good + bad} histories lead where they led.`;
    if (out.isJson) out.note(summary);
    else await out.line(summary);
    return bad === 0 ? exitCodes.ok.code : exitCodes.found.code;
  },
};
