/** The bounds of guests, each with its reason: all of them lie in the memory of one server. */
export const guestLimits = {
  /** Of one guest: as far back as somebody looks who watches. */
  moments: 200,
  /** Of one guest's moments, as text: 256 guests take 64 MiB at most. */
  characters: 256 * 1024,
  /** One snapshot or event: more than a page shows. */
  valueCharacters: 64 * 1024,
  /** Events that no snapshot has followed yet. */
  waiting: 100,
  /** An event that no snapshot follows for so long is told by itself: XState's own follow at once. */
  waitMs: 250,
  /** Senders at once; each holds a name and a number. */
  senders: 1000,
  /** A sender who says nothing for so long has left; ours says something every 15 s. */
  silenceMs: 60_000,
  /** Rows are told this often at most. */
  windowMs: 250,
  /** How often it is looked who has left, and which event waits in vain. */
  sweepMs: 250,
} as const;
