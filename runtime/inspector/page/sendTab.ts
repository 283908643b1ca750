/** Sending to the actor: only what it takes in the state it is in, and only where the server offers it. */
import { post, textOf } from './api.ts';
import { el, fill } from './dom.ts';
import { pathOf } from './place.ts';
import type { Tab } from './tab.ts';
import type { Moment, Watched } from './watched.ts';

export class SendTab implements Tab {
  readonly name = 'send';
  readonly title = 'Send';
  readonly element: HTMLElement;
  readonly #types = el('select', { 'aria-label': 'Type of event' });
  readonly #fields = el('textarea', { rows: 8, spellcheck: 'false', 'aria-label': 'Fields, as JSON' });
  readonly #button = el('button', { type: 'submit', class: 'primary' }, 'Send');
  readonly #answer = el('p', { class: 'verdict', role: 'status' });
  #accepts = '';
  #address = '';

  constructor() {
    this.#fields.value = '{\n  \n}';
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      void this.#send();
    };
    this.element = el(
      'form',
      { class: 'sendtab', submit },
      el('p', { class: 'faint' }, 'What the actor takes in the state it is in now.'),
      this.#types,
      this.#fields,
      this.#button,
      this.#answer,
    );
  }

  show({ snapshot: { accepts, status } }: Moment, { address, at }: Watched): void {
    this.#address = address;
    const isPast = at !== undefined;
    this.#button.disabled = isPast || status !== 'live' || accepts.length === 0;
    if (isPast) this.#answer.textContent = 'The past takes nothing: press L for the present.';
    const key = accepts.join();
    if (key === this.#accepts) return;
    this.#accepts = key;
    const chosen = this.#types.value;
    fill(this.#types, ...accepts.map((type) => el('option', { value: type }, type)));
    if (accepts.includes(chosen)) this.#types.value = chosen;
  }

  async #send(): Promise<void> {
    this.#answer.className = 'verdict';
    try {
      const fields = JSON.parse(this.#fields.value.trim() || '{}') as object;
      const event = { ...fields, type: this.#types.value };
      const told = (await post(`actors/${pathOf(this.#address)}/events`, { event })) as {
        readonly seq: number;
        readonly state: readonly string[];
      };
      this.#answer.classList.add('good');
      this.#answer.textContent = `✓ Recorded as ${told.seq}; now ${told.state.join(', ')}.`;
    } catch (error) {
      this.#answer.classList.add('bad');
      this.#answer.textContent = textOf(error);
    }
  }
}
