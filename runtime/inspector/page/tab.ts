/** What every tab beside the chart can do. */
import type { Moment, Watched } from './watched.ts';

export interface Tab {
  readonly name: string;
  readonly title: string;
  readonly element: HTMLElement;
  /** Shows this moment; asked only while the tab is open. */
  show(moment: Moment, watched: Watched): void | Promise<void>;
}

/** What the reader may do here. */
export interface Allowed {
  /** Offered by the server, and a right of the reader. */
  readonly send: boolean;
}
