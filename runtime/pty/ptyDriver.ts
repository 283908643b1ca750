/**
 * The driver of kind `pty`: one child of the process host a session. What is secret, and who waits for a
 * command, is known here and nowhere else.
 */
import { constants } from 'node:os';
import { orderOf } from '../../actors/ptySession/machine.ts';
import type { PtyEvent, PtyEventOf } from '../../actors/ptySession/vocabulary.ts';
import type { AnyEvent } from '../../actors/fact.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { DriverPort, DriverRun, DriverSource, Word } from '../drivers.ts';
import { defaultProcessLimits } from '../processHost/limits.ts';
import type { ProcessHost } from '../processHost/processHost.ts';
import type { InputModes } from '../ptySession/inputModes.ts';
import type { Screen } from '../ptySession/screenOf.ts';
import { CommandWaiters } from './commandWaiters.ts';
import { PtyRun } from './ptyRun.ts';

type Secrets = Readonly<Record<string, string>>;

export interface PtyDriverOptions {
  readonly host: ProcessHost;
  /** What the session `address` shows after the fact `seq`. */
  readonly screenAt: (address: string, seq: number) => Promise<Screen>;
}

/** Facts that lead to orders. */
const orders = ['pty.input', 'command.start', 'pty.resize', 'pty.signal', 'pty.close'];

export class PtyDriver implements DriverSource {
  readonly waiters = new CommandWaiters();
  readonly #options: PtyDriverOptions;
  readonly #secrets = new Map<string, Secrets>();
  readonly #runs = new Map<string, PtyRun>();
  /** By session, how many terminals are attached that answer what programs ask. */
  readonly #terminals = new Map<string, number>();

  constructor(options: PtyDriverOptions) {
    this.#options = options;
  }

  /** W3. What the program in it asked for; nothing, where no child runs. */
  modesOf(address: string): Readonly<InputModes> | undefined {
    return this.#runs.get(address)?.modes;
  }

  /** P9. Throws where so much more input would wait for a child that does not read. */
  assertRoom(address: string, bytes: number): void {
    const { inputQueueBytes: max } = defaultProcessLimits;
    if (bytes > max) {
      const text = `An input of ${bytes} bytes; a session takes ${max} at once. Write it in parts.`;
      throw new TroupeError('TOO_LARGE', text, { bytes, max });
    }
    const waiting = this.#runs.get(address)?.waitingBytes ?? 0;
    if (waiting + bytes <= max) return;
    const text = `The program in ${address} does not read: ${waiting} bytes wait for it. Write again later.`;
    throw new TroupeError('MAILBOX_FULL', text, { address, waiting, max });
  }

  /** The same for any event that somebody sends. */
  assertTakes(address: string, event: AnyEvent): void {
    // Callers without types send anything.
    const type: unknown = (event as AnyEvent | null | undefined)?.type;
    if (type === 'pty.signal' && address.startsWith('pty/')) assertSignal(event);
    if (!this.#runs.has(address) || type !== 'pty.input') return;
    const { bytes } = event as Partial<PtyEventOf<'pty.input'>>;
    if (bytes instanceof Uint8Array) this.assertRoom(address, bytes.length);
  }

  /** W2. From now on somebody else answers what programs ask; until the function it gives is called. */
  answeredByTerminal(address: string): () => void {
    this.#terminals.set(address, (this.#terminals.get(address) ?? 0) + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const left = (this.#terminals.get(address) ?? 1) - 1;
      if (left === 0) this.#terminals.delete(address);
      else this.#terminals.set(address, left);
    };
  }

  /** W7. Handed over past the journal, under the name that is recorded. */
  keepSecret(launchId: string, secretEnv: Secrets): void {
    this.#secrets.set(launchId, secretEnv);
  }

  /** Nobody will come for it. */
  dropSecret(launchId: string): void {
    this.#secrets.delete(launchId);
  }

  start(port: DriverPort): DriverRun {
    const { address } = port;
    const { host, screenAt } = this.#options;
    const run = new PtyRun(port, {
      host,
      waiters: this.waiters,
      screenAt: async (seq) => screenAt(address, seq),
      isAnswered: () => this.#terminals.has(address),
      stopped: () => this.#runs.delete(address),
      takeSecret: (launchId) => {
        const secret = this.#secrets.get(launchId);
        this.#secrets.delete(launchId);
        return secret;
      },
    });
    this.#runs.set(address, run);
    run.start();
    return run;
  }

  /** H3: the process that kept its child has ended, and the child with it. */
  async lost(port: DriverPort): Promise<void> {
    const lost: PtyEvent = { type: 'pty.lost', reason: 'the process that ran it has ended' };
    await port.say([lost]);
    this.waiters.exited(port.address);
  }

  async *missed(port: DriverPort, after: number, to: number): AsyncGenerator<Word, void, undefined> {
    for await (const { event, seq } of port.facts({ after, before: to + 1, types: orders })) {
      yield { event: orderOf(event as PtyEvent), seq }; // Its schema was checked at the door.
    }
  }

  async close(): Promise<void> {
    await this.#options.host.close();
  }
}

/** A signal that there is not would be recorded, and do nothing. */
function assertSignal(event: AnyEvent): void {
  const { signal } = event as Partial<PtyEventOf<'pty.signal'>>;
  // What is no text its schema refuses.
  if (typeof signal !== 'string' || Object.hasOwn(constants.signals, signal)) return;
  const known = Object.keys(constants.signals);
  const text = `"${signal}" is no signal of this system; those are ${known.join(', ')}.`;
  throw new TroupeError('INVALID_EVENT', text, { signal, known });
}
