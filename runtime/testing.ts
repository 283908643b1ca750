/**
 * `troupe/testing`: what helps to test actors and journals, free of any test framework.
 */
export { journalConformance } from '../storage/conformance.ts';
export type * from '../storage/conformance.ts';
export { adapted, adapterConformance, digestOf } from './adapterKit.ts';
export type { AdapterCase, AdapterTranscript } from './adapterKit.ts';
export { openTestTroupe } from './testTroupe.ts';
export type { TestOptions, TestTroupe } from './testTroupe.ts';
export { replayed } from './replayed.ts';
export type { Replayed } from './replayed.ts';
export { scriptedAgent } from './scriptedAgent.ts';
export type { ScriptedAgentOptions } from './scriptedAgent.ts';
export { ask, exit, hang, hear, lose, refuse, say, think, turn } from './scripted/script.ts';
export type { Heard, Launched, Script, ScriptedEvent, Step, Steps, Telling } from './scripted/script.ts';
