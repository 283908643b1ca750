/**
 * The actors module of the demonstration: runs whose processes are stories. The first
 * argument of a launch names the story, the second one how slowly it goes.
 */
import { scriptedAgent } from '../../scriptedAgent.ts';
import { stepsOf, think } from '../../scripted/script.ts';
import type { Step, Steps } from '../../scripted/script.ts';
import { stories } from './stories.ts';
import type { Story } from './stories.ts';

export const command = 'demo-agent';

const isStory = (name: string): name is Story => Object.hasOwn(stories, name);

export const run = scriptedAgent(({ input }) => {
  const [name = '', pace = '1'] = input.launch?.args ?? [];
  // Who launches a run of their own here sees one that does its work.
  const story: readonly Steps[] = stories[isStory(name) ? name : 'feature'];
  return story.flatMap(stepsOf).map((step) => paced(step, Number(pace)));
});

/** Thinking takes so many times as long. */
function paced(step: Step, pace: number): Step {
  return step.do === 'think' ? think(Math.round(step.ms * pace)) : step;
}
