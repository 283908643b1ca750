/**
 * What a session's terminal showed after each of its facts, each line and each look once: what scrolls is the
 * same line in another place.
 */
import type { Fact } from '../../../actors/fact.ts';
import { Player } from '../../ptySession/player.ts';
import type { Checkpoint } from '../../ptySession/player.ts';
import type { Screen, ScreenCell } from '../../ptySession/screenOf.ts';
import type { BundledScreen, BundledScreens, Stretch } from '../page/bundle/bundled.ts';
import type { Budget } from './budget.ts';

export async function screensOf(
  start: Checkpoint,
  facts: AsyncIterable<Fact>,
  budget: Budget,
): Promise<BundledScreens> {
  const player = await Player.open(start);
  const table = new Table();
  const shown: BundledScreen[] = [];
  let hash: string | undefined;
  try {
    for await (const fact of facts) {
      await player.play(fact);
      await player.settle();
      const screen = player.screen({ cells: true });
      if (screen.hash === hash) continue;
      hash = screen.hash;
      if (budget.isSpent) {
        budget.left.push(`What its terminal showed is held up to fact ${fact.seq - 1}.`);
        break;
      }
      const { cols, rows, title, cursor } = screen;
      const one = { seq: fact.seq, cols, rows, title, cursor, lines: table.linesOf(screen, budget) };
      budget.weigh(one);
      shown.push(one);
    }
  } finally {
    player.dispose();
  }
  return { looks: table.looks, lines: table.lines, shown };
}

class Table {
  readonly looks: object[] = [];
  readonly lines: (readonly Stretch[])[] = [];
  readonly #numbers = new Map<string, number>();

  linesOf({ cells = [] }: Screen, budget: Budget): readonly number[] {
    return cells.map((row) => {
      const line = this.#stretches(row);
      return this.#number(`line ${JSON.stringify(line)}`, () => {
        budget.weigh(line);
        return this.lines.push(line) - 1;
      });
    });
  }

  #stretches(row: readonly ScreenCell[]): readonly Stretch[] {
    const line: [look: number, text: string, width?: number][] = [];
    for (const { text, width, ...look } of row) {
      const number = this.#number(`look ${JSON.stringify(look)}`, () => this.looks.push(look) - 1);
      // Where nothing was printed there is a blank.
      const sign = text === '' && width === 1 ? ' ' : text;
      const last = line.at(-1);
      if (width !== 1 || Array.from(sign).length !== 1) line.push([number, sign, width]);
      else if (last?.[0] === number && last[2] === undefined) last[1] += sign;
      else line.push([number, sign]);
    }
    return line;
  }

  #number(key: string, add: () => number): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = add();
    this.#numbers.set(key, number);
    return number;
  }
}
