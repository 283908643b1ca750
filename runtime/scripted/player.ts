/**
 * Plays a script: one process of a run, as its driver lets it live.
 *   - It ends the turn that is open when it is interrupted, and goes on behind that turn; told to drain, it
 *     exits with code 0. A script that hears such a word itself, or is deaf to it, does otherwise.
 *   - It says nothing after its end, and after it was stopped.
 */
import type { DriverArgs } from '../../actors/agentRun/driven.ts';
import type { DriverWord } from '../../actors/agentRun/following.ts';
import type { RunDigest } from '../../actors/agentRun/digest/digest.ts';
import { isAlive, isText, placeOf, startTimeOf } from './place.ts';
import type { Place } from './place.ts';
import { stepsOf } from './script.ts';
import type { Heard, Script, ScriptedEvent, Step, Telling } from './script.ts';

type Fields = Readonly<Record<string, unknown>> & { readonly type: string };
type Next = (word: DriverWord | undefined) => Promise<Step | undefined>;

export interface PlayerOptions {
  readonly script: Script;
  /** Words that it does not follow. */
  readonly deaf: readonly Heard[];
}

export class Player {
  readonly #args: DriverArgs;
  readonly #deaf: readonly Heard[];
  /** All of it, where it is a list. */
  readonly #list: readonly Step[] | undefined;
  readonly #next: Next;
  readonly #processId: string;
  readonly #words: DriverWord[] = [];
  /** What the present step waits for, and how it goes on. */
  #waiting: { readonly what: Heard | undefined; go(word?: DriverWord): void } | undefined;
  #step = -1;
  #turnId: string | undefined;
  #messageId: string | undefined;
  /** Characters that were said before this driver was started. */
  #said = 0;
  /** Interrupted: up to the end of its turn nothing is done. */
  #isSkipping = false;
  #isOver = false;

  constructor(args: DriverArgs, { script, deaf }: PlayerOptions) {
    this.#args = args;
    this.#deaf = deaf;
    const { address, input, effectId } = args;
    const given = typeof script === 'function' ? script({ address, input }) : script;
    this.#list = Symbol.asyncIterator in given ? undefined : given.flatMap(stepsOf);
    this.#next = Symbol.asyncIterator in given ? yielded(given) : async () => this.#list?.[this.#step + 1];
    this.#processId = effectId.slice(effectId.lastIndexOf('#') + 1);
  }

  start(): void {
    const { digest, wait } = this.#args;
    // Its fold is placedFold.
    const place = placeOf(digest as RunDigest);
    if (place?.processId !== this.#processId) return void this.#play();
    if (!isAlive(place, wait) || this.#list === undefined) return this.#last({ type: 'process.lost' });
    this.#resume(place, digest as RunDigest);
  }

  hear(word: DriverWord): void {
    const what = heardAs(word);
    if (this.#isOver) return;
    if (this.#waiting?.what === what) return this.#waiting.go(word);
    if (this.#deaf.includes(what)) return;
    if (what === 'drain') return this.#last({ type: 'process.exit', code: 0 });
    if (what === 'interrupt') this.#interrupted();
    else this.#words.push(word);
  }

  stop(): void {
    this.#isOver = true;
    this.#waiting?.go();
  }

  // Going through it ----------------------------------------------------------------------------------------

  async #play(hasBegun = false): Promise<void> {
    let isBegun = hasBegun;
    for (let word: DriverWord | undefined; !this.#hasEnded();) {
      const step = (await this.#next(word)) ?? ({ do: 'exit', code: 0 } as const);
      if (this.#hasEnded()) return;
      this.#step++;
      if (!isBegun && !(step.do === 'refuse' || (step.do === 'hang' && step.launching))) this.#begin();
      isBegun = true;
      word = await this.#do(step);
    }
  }

  /** Asked after each wait: whoever stops it does so meanwhile. */
  #hasEnded(): boolean {
    return this.#isOver;
  }

  #begin(): void {
    const [pid, startTime] = [process.pid, startTimeOf(this.#args.wait)];
    this.#args.sendBack({ type: 'process.start', processId: this.#processId, pid, startTime } as Fields);
  }

  async #do(step: Step): Promise<DriverWord | undefined> {
    if (this.#isSkipping && (step.do !== 'say' || step.event.type !== 'turn.end')) return undefined;
    if (step.do === 'hear') return this.#hear(step.what);
    if (step.do === 'think') return this.#think(step.ms);
    this.#now(step);
    return undefined;
  }

  /** What takes no time. */
  #now(step: Exclude<Step, { readonly do: 'hear' | 'think' }>): void {
    switch (step.do) {
      case 'say':
        return this.#say(step.event);
      case 'exit': {
        const { code, signal = null, stderr } = step;
        return this.#last({ type: 'process.exit', code, signal, ...(stderr !== undefined && { stderr }) });
      }
      case 'lose':
        return this.#last({ type: 'process.lost' });
      case 'refuse':
        return this.#last({ type: 'process.failed', message: step.message });
      default:
        this.#isOver = true;
    }
  }

  async #think(ms: number): Promise<undefined> {
    return new Promise((resolve) => {
      const stop = this.#args.wait(ms, () => this.#waiting?.go());
      this.#pause(undefined, () => {
        stop();
        resolve(undefined);
      });
    });
  }

  async #hear(what: Heard): Promise<DriverWord | undefined> {
    const index = this.#words.findIndex((word) => heardAs(word) === what);
    if (index >= 0) return this.#words.splice(index, 1)[0];
    return new Promise((resolve) => this.#pause(what, resolve));
  }

  #pause(what: Heard | undefined, go: (word?: DriverWord) => void): void {
    this.#waiting = {
      what,
      go: (word) => {
        this.#waiting = undefined;
        go(word);
      },
    };
  }

  /** The turn ends now; the steps up to its end are passed over. */
  #interrupted(): void {
    if (this.#turnId === undefined || this.#isSkipping) return;
    this.#isSkipping = true;
    const end = this.#list?.findIndex((step, i) => i > this.#step && isTurnEnd(step)) ?? -1;
    this.#args.sendBack({
      type: 'turn.end',
      turnId: this.#turnId,
      status: 'cancelled',
      scriptStep: end < 0 ? this.#step : end,
    } as Fields);
    this.#waiting?.go();
  }

  // What it says --------------------------------------------------------------------------------------------

  #say(event: ScriptedEvent): void {
    const full = this.#named(event);
    if (this.#isSkipping) this.#isSkipping = false;
    else this.#tell(full);
  }

  #tell(full: Fields): void {
    const { sendBack } = this.#args;
    if (!isText(full)) return sendBack({ ...full, scriptStep: this.#step } as Fields);
    const text = full.text.slice(this.#said);
    this.#said = Math.max(0, this.#said - full.text.length);
    if (text !== '') sendBack({ ...full, text } as Fields);
  }

  /** With the ids that it leaves out. */
  #named(event: ScriptedEvent): Fields {
    const { type, turnId, messageId } = event as Fields;
    const fresh = `${this.#processId}.${this.#step}`;
    if (type === 'turn.start') this.#turnId = (turnId as string | undefined) ?? fresh;
    if (type === 'message.start') this.#messageId = (messageId as string | undefined) ?? fresh;
    const named = {
      ...(type.startsWith('turn.') && this.#turnId !== undefined && { turnId: this.#turnId }),
      ...(type.startsWith('message.') && this.#messageId !== undefined && { messageId: this.#messageId }),
      ...event,
    };
    if (type === 'turn.end') this.#turnId = undefined;
    return named;
  }

  #last(event: Fields): void {
    this.#isOver = true;
    this.#waiting?.go();
    this.#args.sendBack({ processId: this.#processId, ...event } as Fields);
  }

  // After its driver was lost -------------------------------------------------------------------------------

  /** Goes on behind what is recorded; words that may be lost are read from where the run stands. */
  #resume({ step, text }: Place, { carry }: RunDigest): void {
    for (const one of this.#list?.slice(0, step + 1) ?? []) {
      this.#step++;
      if (one.do === 'say') this.#named(one.event);
    }
    this.#said = text;
    const [next] = carry?.book.queue ?? [];
    if (carry?.book.isOffered === true && next !== undefined) {
      this.#words.push({ type: 'driver.prompt', ...next });
    }
    const isAnswered = carry?.book.asks.every(({ isBudget }) => isBudget) === true;
    if (isAnswered && isAsk(this.#list?.[step])) {
      this.#words.push({ type: 'driver.answer', requestId: '', optionId: '' });
    }
    if (carry?.book.phase === 'stopping') return this.hear({ type: 'driver.drain', drainMs: 0 });
    void this.#play(true);
  }
}

function yielded(script: Telling): Next {
  let rest: readonly Step[] = [];
  return async (word) => {
    while (rest.length === 0) {
      const { done, value } = await script.next(word);
      if (done === true) return undefined;
      rest = stepsOf(value);
    }
    const [step] = rest;
    rest = rest.slice(1);
    return step;
  };
}

const isTurnEnd = (step: Step): boolean => step.do === 'say' && step.event.type === 'turn.end';

const isAsk = (step: Step | undefined): boolean => step?.do === 'say' && step.event.type === 'permission.ask';

function heardAs({ type }: DriverWord): Heard {
  return type === 'driver.deny' ? 'answer' : (type.slice('driver.'.length) as Heard); // Its other words.
}
