/** The bounds of an outbox, with their reasons. */
export const limits = {
  /** Records of one drain: its reply crosses threads in one message. */
  drain: 1000,
  /** Records in one outbox, leased and dead ones included: each costs some 60 bytes of its snapshot. */
  records: 100_000,
  /** A week: longer than any turn of an agent. */
  leaseMs: 7 * 24 * 3_600_000,
  /** Deliveries of one record before it is a dead letter, unless its drain says otherwise. */
  attempts: 10,
  /** With pauses of an hour, more than a month. */
  attemptsMax: 1000,
  /** Records that the seal names; the others are counted. */
  sealed: 200,
} as const;
