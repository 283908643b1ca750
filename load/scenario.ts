/**
 * What a load scenario is: it puts load on a site, and hands over what it measured together with the check of
 * what was recorded, without which no figure is told.
 */
import type { Settings } from './site/server.ts';
import type { Recorded, Site } from './site/site.ts';

export interface Scenario {
  readonly name: string;
  readonly question: string;
  /** What this load needs to be set otherwise in the server. */
  settings?(span: Span): Settings;
  /** It provokes refusals for want of room (429), which are counted apart; of others each is an error. */
  readonly refusals?: true;
  run(site: Site, span: Span): Promise<Ran>;
}

export interface Span {
  /** How long each part of it lasts. */
  readonly seconds: number;
  /** Actors, runs or readers to it: 1 by default; a short form has fewer. */
  readonly scale: number;
  readonly progress: (text: string) => void;
}

export interface Ran {
  readonly figures: readonly Figure[];
  readonly latencies: readonly Latency[];
  /** What who reads the figures has to know of them. */
  readonly remarks?: readonly string[];
  /** Throws where what is recorded is not what was answered; says what it found. */
  check(recorded: Recorded): Promise<readonly string[]>;
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

export interface Latency {
  readonly name: string;
  readonly ms: readonly number[];
}

export function figure(name: string, value: number, unit: string): Figure {
  return { name, value, unit };
}

/** So many of something, one at least. */
export function scaled(count: number, { scale }: Span): number {
  return Math.max(1, Math.round(count * scale));
}
