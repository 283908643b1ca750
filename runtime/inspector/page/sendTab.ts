/** Sending to the actor: only what it takes in the state it is in, and only where the server offers it. */
import { post, read, textOf } from './api.ts';
import { button, el, fill } from './dom.ts';
import { kindOf, pathOf } from './place.ts';
import { schemaForm } from './schemaForm.ts';
import type { JsonSchema, SchemaForm } from './schemaForm.ts';
import type { Tab } from './tab.ts';
import type { Moment, Watched } from './watched.ts';

/** What is known of the events of a kind. */
interface Events {
  readonly events: Readonly<Record<string, JsonSchema>>;
}

export class SendTab implements Tab {
  readonly name = 'send';
  readonly title = 'Send';
  readonly element: HTMLElement;
  readonly #types = el('select', { 'aria-label': 'Type of event', change: () => this.#showFields() });
  /** What stands for the star of `x.*`. */
  readonly #name = el('input', { 'aria-label': 'Type that fits', spellcheck: 'false' });
  readonly #place = el('div', { class: 'fieldplace' });
  readonly #json = el('textarea', { rows: 8, spellcheck: 'false', 'aria-label': 'Fields, as JSON' });
  readonly #asJson = button('As JSON', () => this.#toJson());
  readonly #button = el('button', { type: 'submit', class: 'primary' }, 'Send');
  readonly #answer = el('p', { class: 'verdict', role: 'status' });
  #form: SchemaForm | undefined;
  #reading: Promise<Events> | undefined;
  #known: Events = { events: {} };
  #accepts = '';
  #address = '';

  constructor() {
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      void this.#send();
    };
    this.element = el(
      'form',
      { class: 'sendtab', submit },
      el('p', { class: 'faint' }, 'What the actor takes in the state it is in now.'),
      this.#types,
      this.#name,
      this.#place,
      el('p', { class: 'does' }, this.#button, ' ', this.#asJson),
      this.#answer,
    );
  }

  async show({ snapshot: { accepts, status } }: Moment, { address, at }: Watched): Promise<void> {
    this.#address = address;
    // Shown again meanwhile, it waits for the same answer.
    this.#reading ??= eventsOf(address);
    try {
      this.#known = await this.#reading;
    } catch (error) {
      this.#reading = undefined;
      throw error;
    }
    const isPast = at !== undefined;
    this.#button.disabled = isPast || status !== 'live' || accepts.length === 0;
    if (isPast) this.#answer.textContent = 'The past takes nothing: press L for the present.';
    const key = accepts.join();
    if (key === this.#accepts) return;
    this.#accepts = key;
    const chosen = this.#types.value;
    fill(this.#types, ...accepts.map((type) => el('option', { value: type }, type)));
    if (accepts.includes(chosen)) this.#types.value = chosen;
    else this.#showFields();
  }

  #showFields(): void {
    const { value } = this.#types;
    this.#form = schemaForm(this.#known.events[value]);
    this.#name.toggleAttribute('hidden', !value.endsWith('*'));
    this.#name.value = value.slice(0, -1);
    this.#json.value = '{\n  \n}';
    this.#asJson.toggleAttribute('hidden', this.#form === undefined);
    fill(this.#place, this.#form?.element ?? this.#json);
  }

  /** What a form cannot say. */
  #toJson(): void {
    try {
      this.#json.value = JSON.stringify(this.#fields(), undefined, 2);
    } catch (error) {
      return this.#tell('bad', textOf(error));
    }
    this.#form = undefined;
    this.#asJson.toggleAttribute('hidden', true);
    fill(this.#place, this.#json);
  }

  #fields(): object {
    return this.#form?.value() ?? (JSON.parse(this.#json.value.trim() || '{}') as object);
  }

  #type(): string {
    const { value } = this.#types;
    return value.endsWith('*') ? this.#name.value : value;
  }

  async #send(): Promise<void> {
    this.#answer.className = 'verdict';
    try {
      const event = { ...this.#fields(), type: this.#type() };
      const told = (await post(`actors/${pathOf(this.#address)}/events`, { event })) as {
        readonly seq: number;
        readonly state: readonly string[];
      };
      this.#tell('good', `✓ Recorded as ${told.seq}; now ${told.state.join(', ')}.`);
    } catch (error) {
      this.#tell('bad', textOf(error));
    }
  }

  #tell(verdict: 'good' | 'bad', text: string): void {
    this.#answer.className = `verdict ${verdict}`;
    this.#answer.textContent = text;
  }
}

async function eventsOf(address: string): Promise<Events> {
  const path = `definitions?kind=${encodeURIComponent(kindOf(address))}`;
  const { items } = await read<{ readonly items: readonly Events[] }>(path);
  return items[0] ?? { events: {} };
}
