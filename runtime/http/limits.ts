/**
 * The bounds of the HTTP side, with their reasons. What a user may change is an option of `openServer`,
 * `fastifyTroupe` and `createHandler`.
 */
/** How much a request, a stream and all of them together may take. */
export interface HttpLimits {
  /** A body: as large as the largest event, and some room around it. */
  readonly bodyBytes: number;
  /** Open brackets in a body: deeper ones are nobody's data, and cost whoever walks them. */
  readonly depth: number;
  /** Events in one body: they are one turn and one commit, which nothing else comes in between. */
  readonly batch: number;
  /** Open streams; each holds a subscription and what waits for a slow reader. */
  readonly streams: number;
  /** A comment in a stream at least so often, so that nobody between takes it for dead. */
  readonly heartbeatMs: number;
  /** A stream's right to be is asked for again so often. */
  readonly authorizeMs: number;
  /** A body that is taken as it comes and says nothing for so long has ended: engines think for minutes. */
  readonly silenceMs: number;
  /** Machines that apps run themselves and tell of: each takes at most half a megabyte of memory. */
  readonly guests: number;
  /** A guest is shown for so long after its app has left. */
  readonly guestMs: number;
}

export const defaultHttpLimits: HttpLimits = {
  bodyBytes: 9 * 1024 * 1024,
  depth: 64,
  batch: 1000,
  streams: 10_000,
  heartbeatMs: 15_000,
  authorizeMs: 60_000,
  silenceMs: 600_000,
  guests: 256,
  guestMs: 300_000,
};

/** Facts and rows of a page, unless asked otherwise, and at most. */
export const pageDefault = 100;
export const pageMax = 1000;
/** Of one page of facts, encoded: it is held in memory as a whole. */
export const pageBytesMax = 8 * 1024 * 1024;
/** Of one message of a WebSocket, and of what an app tells at once: a snapshot and its room. */
export const messageBytesMax: number = 1024 * 1024;
/** What an app tells of its machines in one request. */
export const inspectionsMax = 1000;
/** The longest that a request waits for something to happen. */
export const waitMsMax = 60_000;
