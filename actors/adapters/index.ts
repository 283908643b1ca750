/**
 * `troupe/adapters`: what engines emit, as events of a run.
 */
export type { Adapter, AnswerWords, InterruptWords, PromptWords, Say, Told, UpdateWords } from './adapter.ts';
export { acp } from './acp.ts';
export type { AcpCounters, AcpState } from './acpState.ts';
export { claude, type ClaudeState } from './claude.ts';
export { codexAppServer } from './codexAppServer.ts';
export { codexExec } from './codexExec.ts';
export type { CodexState } from './codexItems.ts';
export { gemini } from './gemini.ts';
export { openaiResponses, type ResponsesState } from './openaiResponses.ts';
export { startTalk, Telling, type OpenMessage, type Talk } from './talk.ts';
