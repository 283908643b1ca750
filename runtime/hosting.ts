/**
 * Where actors are hosted: in this thread or in workers, as whoever opens and closes them sees it.
 */
import type { Shape } from './shape.ts';

export type HostState = 'starting' | 'up' | 'paused' | 'lost' | 'closed';

export interface HostStanding {
  readonly slot: number;
  readonly state: HostState;
  readonly restarts: number;
  /** Its loop has not turned for `limits.stuckMs`. */
  readonly stuck: boolean;
}

export interface Hosting {
  readonly shapes: readonly Shape[];
  standing(): readonly HostStanding[];
  /** Ends the hosts after they have made durable what they have; bounded by whoever calls. */
  close(): Promise<void>;
  /** Ends whatever is left of them, at once. */
  end(): Promise<void>;
}
