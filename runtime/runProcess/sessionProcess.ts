/**
 * The process of a run on a PTY: a session of kind `pty` that works for the run, so that its bytes, its
 * screen and its recording are there as those of any other. The run knows its start and its end.
 */
import type { PtyEventOf } from '../../actors/ptySession/vocabulary.ts';
import { isTroupeError } from '../../actors/troupeError.ts';
import type { Watch } from '../processHost/child.ts';
import type { Launch } from '../processHost/processHost.ts';
import type { ProcessMark } from '../processHost/processTable.ts';
import type { Pty } from '../pty.ts';
import type { RunningChild } from './runningChild.ts';

type SessionWatch = Pick<Watch, 'exit' | 'lost'>;

export class SessionProcess implements RunningChild {
  readonly #session: Pty;
  readonly #watch: SessionWatch;
  mark: ProcessMark = { pid: 0, startTime: null };

  constructor(session: Pty, watch: SessionWatch) {
    this.#session = session;
    this.#watch = watch;
  }

  /** Rejects with why it has not started. `parent`: the run that it works for. */
  async open(launch: Omit<Launch, 'id'>, parent: string): Promise<this> {
    const { command, args, cwd, env, secretEnv } = launch;
    const given = { command, args: args ?? [], ...(cwd !== undefined && { cwd }), ...(env && { env }) };
    const hasSecrets = secretEnv !== undefined && Object.keys(secretEnv).length > 0;
    await this.#session.open({ ...given, ...(hasSecrets && { secretEnv }), parent });
    for await (const { event } of this.#session.history({ types: ['pty.opened'] })) {
      this.mark = { pid: event.pid, startTime: event.startTime };
    }
    void this.#awaitEnd();
    return this;
  }

  get session(): string {
    return this.#session.address;
  }

  /** Its output is recorded where it is. */
  ack(): void {}

  type(text: string): void {
    void this.#ignored(this.#session.write(text));
  }

  /** Nothing a terminal has: whoever wants its program to end ends the session. */
  endInput(): void {}

  signal(signal: NodeJS.Signals): void {
    // A shell that is asked to end passes by what is in its foreground.
    if (signal === 'SIGTERM' || signal === 'SIGKILL') this.end();
    else void this.#ignored(this.#session.kill(signal));
  }

  end(): void {
    void this.#ignored(this.#session.close());
  }

  async #awaitEnd(): Promise<void> {
    try {
      for await (const { sealed } of this.#session.subscribe({ windowMs: 1000 })) if (sealed) break;
      const types = ['pty.exit', 'pty.lost'] as const;
      for await (const { event } of this.#session.history({ types, reverse: true }))
        return this.#ended(event);
      return this.#watch.lost('its session ended without it');
    } catch (error) {
      return this.#watch.lost(error instanceof Error ? error.message : String(error));
    }
  }

  #ended(event: PtyEventOf<'pty.exit' | 'pty.lost'>): void {
    if (event.type === 'pty.lost') return this.#watch.lost(event.reason);
    const { code, signal } = event;
    return this.#watch.exit({ code, signal, stderr: new Uint8Array() });
  }

  /** A session that has ended takes nothing more, and its end is heard of anyway. */
  async #ignored(sent: Promise<unknown>): Promise<void> {
    try {
      await sent;
    } catch (error) {
      if (!isTroupeError(error)) throw error;
    }
  }
}
