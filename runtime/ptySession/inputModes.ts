/**
 * What a program asked of the keys and pastes that it is sent (W3): application-cursor mode (DECCKM) and
 * bracketed paste, from the control sequences of its output. A whole screen need not be kept for them.
 */

const [lastOn, lastOff, lastSoft] = [0x68, 0x6c, 0x70];

export class InputModes {
  applicationCursor = false;
  bracketedPaste = false;

  /** One whole sequence, its ESC included. */
  take(sequence: Uint8Array): void {
    const last = sequence.at(-1);
    if (sequence.length === 2 && last === 0x63) return this.#reset();
    if (last === lastSoft && Buffer.from(sequence).toString('latin1') === '\u001B[!p') {
      this.applicationCursor = false;
    }
    if (sequence[2] !== 0x3f || (last !== lastOn && last !== lastOff)) return;
    const modes = Buffer.from(sequence.subarray(3, -1)).toString('latin1').split(';');
    if (modes.includes('1')) this.applicationCursor = last === lastOn;
    if (modes.includes('2004')) this.bracketedPaste = last === lastOn;
  }

  #reset(): void {
    this.applicationCursor = false;
    this.bracketedPaste = false;
  }
}
