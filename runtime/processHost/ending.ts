/**
 * How children are ended: HUP, TERM, KILL to every process group of their sessions, each step with its bound
 * (H3, B4). A step ends as soon as nobody is left.
 * The leader's own group and the one in the foreground are hung up at once: for most that is all there is.
 * Sessions are not our children's alone, so nobody tells when their last process goes: someone must look. One
 * look reads the whole process table, so it comes later, and serves all endings under way.
 */
import type { ProcessLimits } from './limits.ts';
import { groupsOf, leadingGroupsOf, signalGroup } from './processTable.ts';
import type { ProcessMark } from './processTable.ts';

type Bounds = Pick<ProcessLimits, 'hangupMs' | 'terminateMs' | 'killMs' | 'lookMs'>;

interface Ending {
  readonly leader: ProcessMark;
  /** How many steps were taken. */
  steps: number;
  /** They have had the first one before it. */
  readonly hungUp: readonly number[];
  /** When the next step is due. */
  dueAt: number;
  readonly resolve: (isGone: boolean) => void;
}

/** Whoever is hung up has gone by then, usually: one look finds nobody. */
const firstLookMs = 4;

export class Endings {
  readonly #steps: readonly (readonly [NodeJS.Signals, number])[];
  readonly #lookMs: number;
  readonly #groupsOf: typeof groupsOf;
  readonly #endings = new Set<Ending>();
  #looking: NodeJS.Timeout | undefined;

  constructor({ hangupMs, terminateMs, killMs, lookMs }: Bounds, look = groupsOf) {
    this.#lookMs = lookMs;
    this.#groupsOf = look;
    this.#steps = [
      ['SIGHUP', hangupMs],
      ['SIGTERM', terminateMs],
      ['SIGKILL', killMs],
    ];
  }

  /** Ends the session this one leads or led; false if even KILL left somebody of it. */
  async end(leader: ProcessMark): Promise<boolean> {
    const hungUp = leadingGroupsOf(leader);
    for (const group of hungUp) signalled(group, 'SIGHUP');
    return new Promise((resolve) => {
      this.#endings.add({ leader, steps: 0, hungUp, dueAt: 0, resolve });
      this.#lookIn(firstLookMs);
    });
  }

  /** One that is due sooner stays. */
  #lookIn(ms: number): void {
    this.#looking ??= setTimeout(() => this.#look(), Math.min(ms, this.#lookMs));
  }

  #look(): void {
    this.#looking = undefined;
    const now = performance.now();
    const left = this.#groupsOf(Array.from(this.#endings, ({ leader }) => leader));
    for (const ending of this.#endings) this.#take(ending, left.get(ending.leader.pid) ?? [], now);
    if (this.#endings.size > 0) this.#lookIn(this.#lookMs);
  }

  #take(ending: Ending, groups: readonly number[], now: number): void {
    if (groups.length === 0) return this.#over(ending, true);
    if (now < ending.dueAt) return;
    const step = this.#steps[ending.steps];
    if (step === undefined) return this.#over(ending, false);
    const [signal, ms] = step;
    const due = ending.steps === 0 ? groups.filter((group) => !ending.hungUp.includes(group)) : groups;
    ending.steps += 1;
    ending.dueAt = now + ms;
    for (const group of due) signalled(group, signal);
  }

  #over(ending: Ending, isGone: boolean): void {
    this.#endings.delete(ending);
    ending.resolve(isGone);
  }
}

function signalled(group: number, signal: NodeJS.Signals): void {
  signalGroup(group, signal);
  // One that was stopped takes the signal only when it goes on.
  signalGroup(group, 'SIGCONT');
}
