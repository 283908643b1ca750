/**
 * DBOS with a workflow an actor that goes on for as long as it is told of events: a step an event. What comes
 * waits in memory until then, so this is less than a durable delivery, and faster.
 */
import { seated } from '../beside/seat.ts';
import type { Note } from '../beside/seat.ts';
import { actors } from '../beside/roster.ts';
import { loadDBOS } from './dbosLibrary.ts';

interface Told {
  readonly event: Note;
  readonly recorded: () => void;
}

/** Events for one actor, in the order in which they came; one reader waits for them. */
class Mailbox {
  readonly #waiting: (Told | undefined)[] = [];
  #wake: (() => void) | undefined;

  put(told: Told | undefined): void {
    this.#waiting.push(told);
    this.#wake?.();
  }

  /** The next event; nothing when there will be no more. */
  async next(): Promise<Told | undefined> {
    if (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#waiting.shift();
  }
}

await seated(async () => {
  const DBOS = await loadDBOS();
  const mailboxes = Array.from({ length: actors }, () => new Mailbox());
  const live = DBOS.registerWorkflow(
    async (actor: number) => {
      let letters = 0;
      for (;;) {
        const told = await mailboxes[actor]?.next();
        if (told === undefined) return letters;
        const { text } = await DBOS.runStep(async () => told.event, { name: 'note' });
        letters += text.length;
        told.recorded();
      }
    },
    { name: 'live' },
  );
  await DBOS.launch();
  const lives = await Promise.all(
    mailboxes.map(async (_, actor) => DBOS.startWorkflow(live, { workflowID: `run-${actor}` })(actor)),
  );
  return {
    send: async (actor, event) => new Promise<void>((recorded) => mailboxes[actor]?.put({ event, recorded })),
    stored: async () => {
      let steps = 0;
      for (let actor = 0; actor < actors; actor++) {
        const listed = (await DBOS.listWorkflowSteps(`run-${actor}`)) ?? [];
        steps += listed.filter(({ name }) => name === 'note').length;
      }
      return steps;
    },
    close: async () => {
      for (const mailbox of mailboxes) mailbox.put(undefined);
      await Promise.all(lives.map(async (life) => life.getResult()));
      await DBOS.shutdown();
    },
  };
});
