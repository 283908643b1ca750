/**
 * The one table of verbs: a new one is a file in verbs/ and a line here.
 */
import type { Verb } from './verb.ts';
import { serve } from './verbs/serve.ts';

export const verbs: readonly Verb[] = [serve];
