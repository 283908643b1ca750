/** The scenarios of `npm run load`, in the order of the report. */
import type { Scenario } from './scenario.ts';
import { crowded } from './scenarios/crowded.ts';
import { fanOut } from './scenarios/fanOut.ts';
import { firehose } from './scenarios/firehose.ts';
import { mixed } from './scenarios/mixed.ts';
import { openLoop } from './scenarios/openLoop.ts';
import { outbox } from './scenarios/outbox.ts';
import { ptyFirehose } from './scenarios/ptyFirehose.ts';
import { sealed } from './scenarios/sealed.ts';
import { stalled } from './scenarios/stalled.ts';
import { startStorm } from './scenarios/startStorm.ts';
import { streams } from './scenarios/streams.ts';

export const scenarios: readonly Scenario[] = [
  startStorm,
  mixed,
  openLoop,
  firehose,
  fanOut,
  streams,
  stalled,
  ptyFirehose,
  outbox,
  sealed,
  crowded,
];
