/**
 * The driver of kind `run`: one child of the process host a launch. Secrets of the runs are known here and
 * nowhere else, as long as the runtime is open and their runs live.
 */
import type { RunEvent } from '../../actors/agentRun/vocabulary.ts';
import { TroupeError } from '../../actors/troupeError.ts';
import type { Prepared } from '../beforeSend.ts';
import { preparedEvent } from '../beforeSend.ts';
import type { DriverPort, DriverRun, DriverSource, Word } from '../drivers.ts';
import { Endings } from '../processHost/ending.ts';
import { defaultProcessLimits } from '../processHost/limits.ts';
import type { ProcessHost } from '../processHost/processHost.ts';
import { isAlive } from '../processHost/processTable.ts';
import type { Pty } from '../pty.ts';
import { storable, unstorable } from '../storable.ts';
import { missedWords } from './missed.ts';
import type { OwnEngines } from './ownEngines.ts';
import { ProcessRun } from './processRun.ts';

type Secrets = Readonly<Record<string, string>>;

export interface ProcessDriverOptions {
  readonly host: ProcessHost;
  /** Prices and redactions are for what engines say, too. */
  readonly beforeSend: Prepared;
  readonly eventBytes: number;
  readonly engines: OwnEngines;
}

export class ProcessDriver implements DriverSource {
  readonly #options: ProcessDriverOptions;
  readonly #secrets = new Map<string, Secrets>();
  /** Set by the runtime, once there is one to have sessions in. */
  newSession: () => Pty = () => {
    throw new TroupeError('CLOSED', 'This runtime is not open yet.', {});
  };

  constructor(options: ProcessDriverOptions) {
    this.#options = options;
  }

  /** W7. Handed over past the journal; what it gives takes it back. */
  keepSecret(address: string, secretEnv: Secrets): () => void {
    const before = this.#secrets.get(address);
    this.#secrets.set(address, { ...before, ...secretEnv });
    return () => {
      if (before === undefined) this.#secrets.delete(address);
      else this.#secrets.set(address, before);
    };
  }

  start(port: DriverPort): DriverRun {
    const { address } = port;
    const run = new ProcessRun(port, {
      host: this.#options.host,
      newSession: this.newSession,
      secretEnv: this.#secrets.get(address) ?? {},
      engines: this.#options.engines,
      recordable: (event) => this.#recordable(event, address),
      sealed: () => void this.#secrets.delete(address),
    });
    run.start();
    return run;
  }

  /**
   * H3: its host ends it with the process that kept them both. Where the host was killed as well, it is ended
   * here, so that a run never has two processes.
   */
  async lost(port: DriverPort): Promise<void> {
    const processId = port.effectId;
    for await (const { event } of port.facts({ reverse: true, types: ['process.start'] })) {
      const { pid, startTime, ...started } = event as Extract<RunEvent, { type: 'process.start' }>;
      if (started.processId !== processId || pid === undefined || startTime === undefined) break;
      const mark = { pid, startTime };
      if (isAlive(mark)) await new Endings(defaultProcessLimits).end(mark);
      break;
    }
    const reason = 'the process that ran it has ended';
    const lost: RunEvent = { type: 'process.lost', processId, reason };
    await port.say([lost]);
  }

  missed(port: DriverPort, after: number, to: number): AsyncIterable<Word> {
    return missedWords(port, after, to);
  }

  /** The host is closed with the sessions, whose host it is as well. */
  async close(): Promise<void> {
    this.#secrets.clear();
    return Promise.resolve();
  }

  #recordable(event: RunEvent, address: string): readonly RunEvent[] {
    const { beforeSend, eventBytes } = this.#options;
    try {
      return storable(preparedEvent(beforeSend, event, address) as RunEvent, eventBytes); // Its type stays.
    } catch (error) {
      return [unstorable(event, error instanceof Error ? error.message : String(error))];
    }
  }
}
