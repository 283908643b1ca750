/**
 * `troupe/actors`: the pure part, usable without a runtime.
 */
export { addressOf, idOf, isAddress, kindOf, type Address } from './address.ts';
export { chartOf, statesOf, type Chart, type ChartState, type ChartTransition } from './chart.ts';
export { mermaidOf } from './chart/mermaid.ts';
export { triggerText, type Trigger } from './chart/trigger.ts';
export type { AnyEvent, Fact } from './fact.ts';
export { agentRun, type AgentRun } from './agentRun/agentRun.ts';
export { coalesce } from './agentRun/coalesce.ts';
export { description, type DescriptionOptions } from './agentRun/description.ts';
export type { RunDigest } from './agentRun/digest/digest.ts';
export { runFoldOf, type RunFold } from './agentRun/digest/fold.ts';
export { mergeDigests } from './agentRun/digest/merge.ts';
export type { DriverWord, Post } from './agentRun/following.ts';
export { report, type FinalPost, type Report } from './agentRun/report.ts';
export type { ProcessInput, RunContext } from './agentRun/runContext.ts';
export { schemas } from './agentRun/schemas.ts';
export { startTranscript, transcribed, transcript } from './agentRun/transcript.ts';
export type { Message, OpenAsk, Part, Transcript } from './agentRun/transcript/message.ts';
export { usageCountNames, type Price, type Tokens, type UsageCounts } from './agentRun/usage.ts';
export { usageEntries, type RunUsageEntry } from './agentRun/usageEntries.ts';
export { vocabulary, type Cause, type RunEvent, type TurnStatus } from './agentRun/vocabulary.ts';
