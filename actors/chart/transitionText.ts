/** One transition in a line: `event [guard] / action, action`. */
import type { ChartTransition } from '../chart.ts';
import { triggerText } from './trigger.ts';

export function transitionText({ trigger, guard, actions }: ChartTransition): string {
  const done = actions.length === 0 ? '' : ` / ${actions.join(', ')}`;
  return `${triggerText(trigger)}${guard === undefined ? '' : ` [${guard}]`}${done}`;
}
