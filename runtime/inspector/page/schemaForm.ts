/**
 * A form made of the JSON Schema of an event. What a field of a form cannot say is said as JSON, and what is
 * left empty is left out.
 */
import { el } from './dom.ts';
import { briefOf } from './words.ts';

export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

export interface SchemaForm {
  readonly element: HTMLElement;
  /** What the fields say; throws where one says no JSON. */
  readonly value: () => Readonly<Record<string, unknown>>;
}

interface Field {
  readonly control: HTMLElement;
  /** Undefined: left out. */
  readonly value: () => unknown;
}

/** Undefined: it is no object, or says nothing of its fields. */
export function schemaForm(schema: JsonSchema | undefined): SchemaForm | undefined {
  if (schema?.properties === undefined) return undefined;
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties)
    .filter(([name]) => name !== 'type')
    .map(([name, one]) => ({ name, field: fieldOf(name, one, required.has(name)), one }));
  const rows = fields.map(({ name, field, one }) =>
    el(
      'label',
      { class: 'field', title: one.description },
      el('span', { class: required.has(name) ? 'needed' : '' }, name),
      field.control,
      one.description !== undefined && el('small', {}, one.description),
    ),
  );
  const none = el('p', { class: 'faint' }, 'It has no fields.');
  return {
    element: el('div', { class: 'fields' }, ...(rows.length === 0 ? [none] : rows)),
    value: () =>
      Object.fromEntries(
        fields.flatMap(({ name, field }) => {
          const value = field.value();
          return value === undefined ? [] : [[name, value]];
        }),
      ),
  };
}

function fieldOf(name: string, schema: JsonSchema, required: boolean): Field {
  const choices = choicesOf(schema);
  if (choices !== undefined) return choiceOf(choices, required);
  if (schema.type === 'boolean') return choiceOf([true, false], required);
  if (schema.type === 'number' || schema.type === 'integer') return numberOf(schema, required);
  return schema.type === 'string' ? textOf(schema, required) : jsonOf(name, required);
}

/** The few values that it may have. */
function choicesOf({ const: only, enum: some, anyOf }: JsonSchema): readonly unknown[] | undefined {
  if (only !== undefined) return [only];
  if (some !== undefined) return some;
  const consts = anyOf?.flatMap((one) => (one.const === undefined ? [] : [one.const]));
  return consts !== undefined && consts.length > 0 && consts.length === anyOf?.length ? consts : undefined;
}

function choiceOf(choices: readonly unknown[], required: boolean): Field {
  const all = required ? choices : [undefined, ...choices];
  const control = el(
    'select',
    {},
    ...all.map((one, i) => el('option', { value: i }, one === undefined ? '' : briefOf(one))),
  );
  return { control, value: () => all[Number(control.value)] };
}

function numberOf({ minimum, maximum, type }: JsonSchema, required: boolean): Field {
  const step = type === 'integer' ? 1 : 'any';
  const control = el('input', { type: 'number', min: minimum, max: maximum, step, required });
  return { control, value: () => (control.value === '' ? undefined : Number(control.value)) };
}

function textOf({ maxLength }: JsonSchema, required: boolean): Field {
  const isLong = maxLength === undefined || maxLength > 200;
  const has = { maxlength: maxLength, required, spellcheck: 'false' };
  const control = isLong ? el('textarea', { rows: 2, ...has }) : el('input', { type: 'text', ...has });
  return { control, value: () => (control.value === '' && !required ? undefined : control.value) };
}

function jsonOf(name: string, required: boolean): Field {
  const control = el('textarea', { rows: 3, required, spellcheck: 'false', placeholder: 'JSON' });
  const value = (): unknown => {
    if (control.value.trim() === '') return undefined;
    try {
      return JSON.parse(control.value);
    } catch (error) {
      throw new Error(`${name} is no JSON: ${String(error)}`, { cause: error });
    }
  };
  return { control, value };
}
