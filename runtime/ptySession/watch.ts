/**
 * What a waiter waits for, judged on the player of its session.
 */
import type { Fact } from '../../actors/fact.ts';
import { Passing } from './passing.ts';
import type { Player } from './player.ts';

/** What a screen or a session is waited for. */
export interface WaitCondition {
  /** It is shown, or passes. */
  readonly text?: string;
  readonly pattern?: RegExp;
  /** The screen has not changed for so long, whatever was printed. */
  readonly stableMs?: number;
  /** Nothing was printed for so long. */
  readonly idleMs?: number;
  /** The cursor is there, counted from 0; either alone will do. */
  readonly cursor?: { readonly x?: number; readonly y?: number };
  /** The session has ended. */
  readonly exit?: true;
}

export class Watch {
  readonly player: Player;
  readonly #condition: WaitCondition;
  readonly #pattern: RegExp | undefined;
  #hasText: boolean;
  #hasPattern: boolean;
  #hasEnded = false;
  #outputAt: number;
  #changedAt: number;
  #hash: string | undefined;

  constructor(player: Player, condition: WaitCondition, onlyNew: boolean) {
    const { text, pattern, stableMs } = condition;
    this.player = player;
    this.#condition = condition;
    this.#hasText = text === undefined;
    this.#hasPattern = pattern === undefined;
    // A global or sticky one would begin each search where the last one ended.
    this.#pattern = pattern && new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''));
    this.#outputAt = onlyNew ? player.at : player.outputAt;
    this.#changedAt = this.#outputAt;
    this.#hash = stableMs === undefined ? undefined : player.screen().hash;
    if (this.#hasText && this.#hasPattern) return;
    const passing = new Passing(player.emulator, onlyNew ? 'new' : 'everything');
    this.#search(passing);
    player.watch({
      before: () => passing.before(),
      after: () => {
        passing.after();
        this.#search(passing);
      },
    });
  }

  get wantsQuiet(): boolean {
    return this.#condition.stableMs !== undefined || this.#condition.idleMs !== undefined;
  }

  async take(facts: readonly Fact[]): Promise<void> {
    for (const fact of facts) await this.player.play(fact);
  }

  /** No more facts for now, or for ever. */
  async settle(hasEnded = false): Promise<void> {
    await this.player.settle();
    this.#hasEnded ||= hasEnded;
    this.#outputAt = Math.max(this.#outputAt, this.player.outputAt);
    if (this.#hash === undefined) return;
    const { hash } = this.player.screen();
    if (hash === this.#hash) return;
    this.#hash = hash;
    this.#changedAt = this.#outputAt;
  }

  /** When all holds if nothing more comes; Infinity: something must come first. */
  holdsAt(): number {
    const { stableMs, idleMs, exit } = this.#condition;
    const holds = this.#hasText && this.#hasPattern && this.#isCursorThere();
    if (!holds || (exit === true && !this.#hasEnded)) return Infinity;
    if (this.#hasEnded) return 0;
    const stableAt = stableMs === undefined ? 0 : this.#changedAt + stableMs;
    const idleAt = idleMs === undefined ? 0 : this.#outputAt + idleMs;
    return Math.max(stableAt, idleAt);
  }

  #isCursorThere(): boolean {
    const { cursor } = this.#condition;
    if (cursor === undefined) return true;
    const { cols } = this.player.emulator.size;
    const { cursorX, cursorY } = this.player.emulator.active.cells;
    const { x = Math.min(cursorX, cols - 1), y = cursorY } = cursor;
    return x === Math.min(cursorX, cols - 1) && y === cursorY;
  }

  #search(passing: Passing): void {
    if (this.#hasText && this.#hasPattern) return;
    const shown = passing.text();
    this.#hasText ||= shown.includes(this.#condition.text ?? '');
    this.#hasPattern ||= this.#pattern?.test(shown) === true;
  }
}
