/**
 * `troupe/actors`: the pure part, usable without a runtime.
 */
export { addressOf, idOf, isAddress, kindOf, type Address } from './address.ts';
export type { AnyEvent, Fact } from './fact.ts';
