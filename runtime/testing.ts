/**
 * `troupe/testing`: what helps to test actors and journals, free of any test framework.
 */
export { journalConformance } from '../storage/conformance.ts';
export type * from '../storage/conformance.ts';
export { openTestTroupe } from './testTroupe.ts';
export type { TestOptions, TestTroupe } from './testTroupe.ts';
