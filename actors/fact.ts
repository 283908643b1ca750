/**
 * A fact: one recorded, accepted event in its envelope. The payload is the user's; the host adds nothing
 * inside `event`, so that any field name there is free.
 */

/** An event of which only the type is known. */
export interface AnyEvent {
  readonly type: string;
}

export interface Fact<E = AnyEvent> {
  readonly seq: number;
  /** The last seq this fact stands for: greater than `seq` only in a notification that merged several. */
  readonly to: number;
  /** Milliseconds since 1970, as the host's clock read when the event was accepted. */
  readonly at: number;
  readonly event: E;
  readonly id?: string;
  readonly by?: string;
  readonly trace?: string;
}
