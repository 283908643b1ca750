/**
 * The colours that a program has set: numbered ones (OSC 4), foreground (10), background (11) and the
 * cursor's (12). The emulator keeps no colours; a repaint and the answer to a query need them.
 */

const [numbered, dynamic] = [4, [10, 11, 12]] as const;
/** 256 numbered ones and three others. */
const coloursMax = 259;
/** As a program writes a colour: a name, #rrggbb, rgb:rr/gg/bb. */
const colourForm = /^(?:[a-z ]{1,32}|#[0-9a-f]{3,12}|rgba?:[0-9a-f/]{1,24})$/i;

type Register = (id: number, listener: (body: string) => boolean) => void;

export class Palette {
  readonly #colours = new Map<string, string>();

  constructor(register: Register) {
    const heard = (listener: (body: string) => void) => (body: string) => {
      listener(body);
      // The emulator goes on with it.
      return false;
    };
    register(
      numbered,
      heard((body) => {
        const fields = body.split(';');
        for (let i = 0; i + 1 < fields.length; i += 2) this.#set(`4;${fields[i]}`, fields[i + 1]);
      }),
    );
    register(
      100 + numbered,
      heard((body) => this.#restore(body)),
    );
    for (const id of dynamic) {
      register(
        id,
        heard((body) => this.#setFrom(id, body.split(';'))),
      );
      register(
        100 + id,
        heard(() => this.#colours.delete(String(id))),
      );
    }
  }

  /** Each as the beginning of its OSC and its colour. */
  get colours(): ReadonlyMap<string, string> {
    return this.#colours;
  }

  /** Several in one go are those that follow. */
  #setFrom(id: number, colours: readonly string[]): void {
    for (const [i, colour] of colours.entries()) {
      if (id + i <= 12) this.#set(String(id + i), colour);
    }
  }

  #restore(body: string): void {
    for (const name of this.#colours.keys()) {
      const isMeant = name.startsWith('4;') && (body === '' || body.split(';').includes(name.slice(2)));
      if (isMeant) this.#colours.delete(name);
    }
  }

  #set(name: string, colour: string | undefined): void {
    if (colour === undefined || !colourForm.test(colour)) return;
    if (/^(?:1[012]|4;\d{1,3})$/.test(name) && this.#colours.size < coloursMax) {
      this.#colours.set(name, colour);
    }
  }
}
