/**
 * What went over the wire, counted by whoever sends: so that a report says of every request what became of
 * it. Nothing but 2xx and a 429 that was asked for is expected of a server under load.
 */
export interface Traffic {
  readonly sent: number;
  /** 2xx; of a stream: that it was opened. */
  readonly answered: number;
  /** 429. */
  readonly refused: number;
  /** Any other answer, or none. */
  readonly failed: number;
  /** Sent when time was up: nobody waited for the answer. */
  readonly cutOff: number;
}

export class TrafficCount implements Traffic {
  answered = 0;
  refused = 0;
  failed = 0;
  cutOff = 0;

  get sent(): number {
    return this.answered + this.refused + this.failed + this.cutOff;
  }

  heard(status: number): void {
    if (status >= 200 && status < 300) this.answered++;
    else if (status === 429) this.refused++;
    else this.failed++;
  }
}
