/**
 * One process of a run, from its launch to its end: between its child and the run's history. It outlives the
 * workers: a host that takes over finds it here, and it goes on (drivers.ts).
 *   - `process.start` is the first of it, and one of exit, lost and failed the last, behind all its output.
 *   - It stops in order: its own way, TERM, KILL, all within what the run allows (`drainMs`).
 *   - Closing the runtime is no stop of a run: its process is lost (R3).
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { DriverWord } from '../../actors/agentRun/following.ts';
import type { ProcessInput } from '../../actors/agentRun/runContext.ts';
import type { RunEvent } from '../../actors/agentRun/vocabulary.ts';
import type { AnyEvent } from '../../actors/fact.ts';
import { isTroupeError, outcomeOf } from '../../actors/troupeError.ts';
import type { DriverPort, DriverRun } from '../drivers.ts';
import type { Exit, Watch } from '../processHost/child.ts';
import { defaultProcessLimits } from '../processHost/limits.ts';
import type { Launch, ProcessHost } from '../processHost/processHost.ts';
import type { Pty } from '../pty.ts';
import { launchedAs } from './launchedAs.ts';
import type { OwnEngines } from './ownEngines.ts';
import { contentOf } from './promptContent.ts';
import { Recorder } from './recorder.ts';
import { PipedProcess } from './runningChild.ts';
import type { RunningChild } from './runningChild.ts';
import { SessionProcess } from './sessionProcess.ts';
import type { Talk } from './talk.ts';

export interface ProcessRunParts {
  readonly host: ProcessHost;
  /** A new one, for a process on a PTY. */
  readonly newSession: () => Pty;
  /** Of this run, as far as they were given in this life of the runtime. */
  readonly secretEnv: Readonly<Record<string, string>>;
  readonly engines: OwnEngines;
  /** What is said becomes what may be recorded. */
  readonly recordable: (event: RunEvent) => readonly RunEvent[];
  /** The run has its last fact. */
  readonly sealed: () => void;
}

type Last = Extract<RunEvent, { readonly type: 'process.exit' | 'process.lost' | 'process.failed' }>;

const { hangupMs, terminateMs, killMs, helloMs } = defaultProcessLimits;
/** Its host ends it within these, and then the end is recorded. */
const closeMsMax = hangupMs + terminateMs + killMs + helloMs;

export class ProcessRun implements DriverRun, Watch {
  readonly #port: DriverPort;
  readonly #parts: ProcessRunParts;
  readonly #processId: string;
  readonly #childId: string;
  readonly #recorder: Recorder;
  readonly #over: Promise<void>;
  #settle: () => void = () => undefined;
  /** Everything it is told and says, in its order. */
  #turn: Promise<void> = Promise.resolve();
  #child: RunningChild | undefined;
  #talk: Talk | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #prompts = new Set<string>();
  #isInterrupted = false;
  #isClosing = false;
  #isStopped = false;
  #hasEnded = false;

  constructor(port: DriverPort, parts: ProcessRunParts) {
    this.#port = port;
    this.#parts = parts;
    this.#processId = port.effectId;
    this.#childId = `${port.address}#${port.effectId}`;
    this.#over = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#recorder = new Recorder({
      say: async (events) => port.say(events),
      recorded: (offset) => this.#child?.ack('out', offset),
      refused: (event) => this.#refused(event),
      sealed: () => this.#sealed(),
      failed: (error) => this.#unrecorded(error),
    });
  }

  start(): void {
    this.#next(async () => this.#open());
  }

  #next(work: () => Promise<void> | void): void {
    this.#turn = this.#turn.then(work).catch((error: unknown) => this.#broken(error));
  }

  async #open(): Promise<void> {
    const input = this.#port.input as ProcessInput; // As the machine gives it.
    const processId = this.#processId;
    try {
      const { launch, talk } = launchedAs(input, this.#parts, {
        processId,
        tell: (event) => this.#offer(event),
        write: (text) => this.#child?.type(text),
        end: () => this.#child?.endInput(),
        newSession: this.#parts.newSession,
        address: this.#port.address,
      });
      const child = await this.#started(input, launch);
      this.#child = child;
      this.#talk = talk;
      if (this.#isStopped || this.#isClosing) child.end();
      const { pid, startTime } = child.mark;
      const since = startTime === null ? {} : { startTime };
      const { session: pty } = child;
      this.#offer({ type: 'process.start', processId, pid, ...since, ...(pty !== undefined && { pty }) });
      talk.begin();
    } catch (error) {
      const { code, message } = outcomeOf(error, 'START_FAILED');
      const failed = { type: 'process.failed' as const, processId, message, code };
      this.#ended(failed);
    }
  }

  async #started({ launch: given }: ProcessInput, launch: Omit<Launch, 'id'>): Promise<RunningChild> {
    const { host, newSession } = this.#parts;
    if (given?.stdio !== 'pty') return PipedProcess.open(host, { id: this.#childId, ...launch }, this);
    return new SessionProcess(newSession(), this).open(launch, this.#port.address);
  }

  // What its run says ---------------------------------------------------------------------------------------

  tell(event: AnyEvent): void {
    this.#next(async () => this.#follow(event as DriverWord)); // As the machine says it.
  }

  async #follow(word: DriverWord): Promise<void> {
    const talk = this.#talk;
    if (talk === undefined || this.#isStopped || this.#hasEnded) return;
    switch (word.type) {
      case 'driver.prompt': {
        const { promptId, mode } = word;
        if (this.#prompts.has(promptId)) return;
        this.#prompts.add(promptId);
        const content = await contentOf(this.#port, promptId);
        if (content !== undefined) talk.prompt({ promptId, content, mode });
        return;
      }
      case 'driver.interrupt':
        if (talk.interrupt()) return;
        this.#isInterrupted = true;
        return this.#child?.signal('SIGINT');
      case 'driver.answer':
        return talk.answer(word);
      case 'driver.deny':
        return talk.deny(word.requestId);
      case 'driver.update':
        return talk.update(word);
      case 'driver.drain':
        return this.#drain(talk, word.drainMs);
    }
  }

  /** The last third is for its end to be recorded. */
  #drain(talk: Talk, drainMs: number): void {
    const hasOwnWay = talk.drain();
    this.#child?.endInput();
    const later = (ms: number, signal: NodeJS.Signals): void => {
      this.#timers.push(setTimeout(() => this.#child?.signal(signal), ms));
    };
    if (hasOwnWay) later(drainMs / 3, 'SIGTERM');
    else this.#child?.signal('SIGTERM');
    later((drainMs * 2) / 3, 'SIGKILL');
  }

  /** Nothing of it is recorded any more. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#recorder.stop();
    this.#talk?.close?.();
    this.#child?.end();
    this.#forget();
    this.#settle();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#child?.end();
    await Promise.race([this.#over, pause(closeMsMax, undefined, { ref: false })]);
  }

  // What its child says -------------------------------------------------------------------------------------

  output(stream: string, offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    // The end of it comes with the exit.
    if (stream === 'err') return this.#next(() => this.#child?.ack('err', end));
    return this.#next(() => {
      if (this.#isStopped) return;
      this.#talk?.output(bytes);
      this.#recorder.mark(end);
    });
  }

  exit({ code, signal, stderr }: Exit): void {
    const processId = this.#processId;
    this.#next(() => {
      if (this.#isClosing) return this.#ended(this.#closed());
      const words = Buffer.from(stderr).toString();
      return this.#ended({ type: 'process.exit', processId, code, signal, ...(words && { stderr: words }) });
    });
  }

  lost(reason: string): void {
    const processId = this.#processId;
    this.#next(() => this.#ended({ type: 'process.lost', processId, reason }));
  }

  #closed(): Last {
    return { type: 'process.lost', processId: this.#processId, reason: 'the runtime was closed' };
  }

  #ended(last: Last): void {
    if (this.#isStopped) this.#forget();
    if (this.#hasEnded || this.#isStopped) return;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#talk?.ended(this.#isInterrupted);
    this.#talk?.close?.();
    this.#hasEnded = true;
    this.#offer(last);
  }

  #forget(): void {
    this.#parts.host.forget(this.#childId);
  }

  // What is recorded ----------------------------------------------------------------------------------------

  #offer(event: RunEvent): void {
    for (const one of this.#parts.recordable(event)) this.#recorder.offer(one);
  }

  /** What an engine asks and its run cannot ask anybody is answered at once: it would wait for ever. */
  #refused(event: RunEvent): void {
    if (event.type === 'permission.ask') this.#next(() => this.#talk?.deny(event.requestId));
  }

  #sealed(): void {
    this.#parts.sealed();
    this.stop();
  }

  /** Sealed in another way, or closed: nobody records it any more. Anything else the run must know. */
  #unrecorded(error: unknown): void {
    const isOver = ['SEALED', 'CLOSED', 'NOT_FOUND'].some((code) => isTroupeError(error, code as 'SEALED'));
    if (!isOver) this.#port.fail(error);
    this.stop();
  }

  #broken(error: unknown): void {
    this.#port.fail(error);
    this.stop();
  }
}
