/**
 * The driver of kind `pty`: one child of the process host a session. What is secret, and who waits for a
 * command, is known here and nowhere else.
 */
import { orderOf } from '../../actors/ptySession/machine.ts';
import type { PtyEvent } from '../../actors/ptySession/vocabulary.ts';
import type { DriverPort, DriverRun, DriverSource, Word } from '../drivers.ts';
import type { ProcessHost } from '../processHost/processHost.ts';
import { CommandWaiters } from './commandWaiters.ts';
import { PtyRun } from './ptyRun.ts';

type Secrets = Readonly<Record<string, string>>;

/** Facts that lead to orders. */
const orders = ['pty.input', 'command.start', 'pty.resize', 'pty.signal', 'pty.close'];

export class PtyDriver implements DriverSource {
  readonly waiters = new CommandWaiters();
  readonly #host: ProcessHost;
  readonly #secrets = new Map<string, Secrets>();

  constructor(host: ProcessHost) {
    this.#host = host;
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
    const run = new PtyRun(port, {
      host: this.#host,
      waiters: this.waiters,
      takeSecret: (launchId) => {
        const secret = this.#secrets.get(launchId);
        this.#secrets.delete(launchId);
        return secret;
      },
    });
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
    await this.#host.close();
  }
}
