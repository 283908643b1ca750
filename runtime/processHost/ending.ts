/**
 * How children are ended: HUP, TERM, KILL to every process group of their sessions, each step with its bound
 * (H3, B4). A step ends as soon as nobody is left.
 * Sessions are not our children's alone, so nobody tells when their last process goes: someone must look. One
 * look reads the whole process table, so it serves all endings under way.
 */
import type { ProcessLimits } from './limits.ts';
import { groupsOf, signalGroup } from './processTable.ts';
import type { ProcessMark } from './processTable.ts';

type Bounds = Pick<ProcessLimits, 'hangupMs' | 'terminateMs' | 'killMs' | 'lookMs'>;

interface Ending {
  readonly leader: ProcessMark;
  /** How many steps were taken. */
  steps: number;
  /** When the next step is due. */
  dueAt: number;
  readonly resolve: (isGone: boolean) => void;
}

export class Endings {
  readonly #steps: readonly (readonly [NodeJS.Signals, number])[];
  readonly #lookMs: number;
  readonly #endings = new Set<Ending>();
  #looking: NodeJS.Timeout | undefined;
  #everyMs = 0;

  constructor({ hangupMs, terminateMs, killMs, lookMs }: Bounds) {
    this.#lookMs = lookMs;
    this.#steps = [
      ['SIGHUP', hangupMs],
      ['SIGTERM', terminateMs],
      ['SIGKILL', killMs],
    ];
  }

  /** Ends the session this one leads or led; false if even KILL left somebody of it. */
  async end(leader: ProcessMark): Promise<boolean> {
    return new Promise((resolve) => {
      this.#endings.add({ leader, steps: 0, dueAt: 0, resolve });
      this.#lookIn(0);
    });
  }

  /** Often at first, when most end, then seldom. */
  #lookIn(ms: number): void {
    clearTimeout(this.#looking);
    this.#everyMs = ms;
    this.#looking = setTimeout(() => this.#look(), ms);
  }

  #look(): void {
    const now = performance.now();
    const left = groupsOf([...this.#endings].map(({ leader }) => leader));
    for (const ending of this.#endings) this.#take(ending, left.get(ending.leader.pid) ?? [], now);
    if (this.#endings.size > 0) this.#lookIn(Math.min(this.#everyMs * 2 + 1, this.#lookMs));
  }

  #take(ending: Ending, groups: readonly number[], now: number): void {
    if (groups.length === 0) return this.#over(ending, true);
    if (now < ending.dueAt) return;
    const step = this.#steps[ending.steps];
    if (step === undefined) return this.#over(ending, false);
    const [signal, ms] = step;
    ending.steps += 1;
    ending.dueAt = now + ms;
    for (const group of groups) {
      signalGroup(group, signal);
      // One that was stopped takes the signal only when it goes on.
      signalGroup(group, 'SIGCONT');
    }
  }

  #over(ending: Ending, isGone: boolean): void {
    this.#endings.delete(ending);
    ending.resolve(isGone);
  }
}
