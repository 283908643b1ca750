/**
 * The one table of verbs: a new one is a file in verbs/ and a line here.
 */
import type { Verb } from './verb.ts';
import { backup } from './verbs/backup.ts';
import { compact } from './verbs/compact.ts';
import { completion } from './verbs/completion.ts';
import { describe } from './verbs/describe.ts';
import { diagram } from './verbs/diagram.ts';
import { digest } from './verbs/digest.ts';
import { doctor } from './verbs/doctor.ts';
import { erase } from './verbs/erase.ts';
import { exportVerb } from './verbs/export.ts';
import { feed } from './verbs/feed.ts';
import { history } from './verbs/history.ts';
import { importVerb } from './verbs/import.ts';
import { ingest } from './verbs/ingest.ts';
import { ls } from './verbs/ls.ts';
import { outbox } from './verbs/outbox.ts';
import { pty } from './verbs/pty.ts';
import { replayCheck } from './verbs/replayCheck.ts';
import { send } from './verbs/send.ts';
import { serve } from './verbs/serve.ts';
import { show } from './verbs/show.ts';
import { stats } from './verbs/stats.ts';
import { tail } from './verbs/tail.ts';
import { usage } from './verbs/usage.ts';
import { verify } from './verbs/verify.ts';

export const verbs: readonly Verb[] = [
  serve,
  ls,
  show,
  describe,
  history,
  tail,
  digest,
  verify,
  send,
  ingest,
  outbox,
  pty,
  feed,
  usage,
  stats,
  diagram,
  replayCheck,
  erase,
  compact,
  backup,
  exportVerb,
  importVerb,
  doctor,
  completion,
];
