/** A form from the description of its fields: one for every resource, without code for any. */
import { type FormEvent, useState } from 'react';
import { useLanguage, useWords } from '../words/language.ts';
import './described-form.css';
import { type DescribedField, textOf, type Values, writtenValue } from './described.ts';
import { Field } from './field.tsx';
import { partWords } from './words.ts';

interface DescribedFormProps {
  id: string;
  fields: readonly DescribedField[];
  /** What is in it at first. */
  values: Values;
  /** Choices of fields that name rows of others, by the name of the field. */
  choices: Readonly<Record<string, readonly string[]>>;
  /** What the server has against fields, by their names. */
  faults: Readonly<Record<string, string>>;
  /** Is given the values that differ from those at first. */
  onSubmit(changes: Values): void;
  onChange?: () => void;
}

export function DescribedForm({ id, fields, values, choices, faults, onSubmit, onChange }: DescribedFormProps) {
  const words = useWords(partWords);
  const language = useLanguage();
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  // Where values have names, what the schema says of the numbers helps nobody.
  const hintOf = ({ hint, help, names }: DescribedField) => hint?.[language] ?? (names === undefined ? help : undefined);
  const shown = fields.filter(({ readOnly }) => !readOnly);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const changes: Record<string, Values[string]> = {};
    const wrong: Record<string, string> = {};
    for (const field of shown) {
      const text = texts[field.name];
      if (text === undefined) continue;
      const { value, fault } = writtenValue(field, text);
      if (fault !== undefined) wrong[field.name] = fault === 'json' ? words.invalidJson : words.notANumber;
      else if (text !== textOf(field, values[field.name])) changes[field.name] = value;
    }
    setOwn(wrong);
    if (Object.keys(wrong).length === 0) onSubmit(changes);
  };
  return (
    <form id={id} className="described-form" onSubmit={submit}>
      {shown.map((field) => (
        <Field
          key={field.name}
          label={`${field.label[language]}${field.required ? ' *' : ''}`}
          hint={
            field.list && field.kind !== 'json' && choices[field.name] === undefined
              ? [hintOf(field), words.onePerLine].filter((each) => each !== undefined).join('. ')
              : hintOf(field)
          }
          fault={own[field.name] ?? faults[field.name]}
        >
          <Control
            field={field}
            text={texts[field.name] ?? textOf(field, values[field.name] ?? field.default)}
            choices={choices[field.name] ?? field.choices ?? (field.names === undefined ? undefined : Object.keys(field.names))}
            onText={(text) => {
              setTexts((before) => ({ ...before, [field.name]: text }));
              onChange?.();
            }}
          />
        </Field>
      ))}
    </form>
  );
}

const inputTypes: Partial<Record<DescribedField['kind'], string>> = { date: 'date', time: 'time' };

interface ControlProps {
  field: DescribedField;
  text: string;
  choices: readonly string[] | undefined;
  onText(text: string): void;
}

function Control({ field, text, choices, onText }: ControlProps) {
  const words = useWords(partWords);
  const language = useLanguage();
  const { kind, list: several, required, nullable, minimum, maximum, maxLength } = field;
  const nameOf = (choice: string) => field.names?.[choice]?.[language] ?? choice;
  if (kind === 'boolean') {
    return (
      <span className="described-switch">
        <input type="checkbox" checked={text === 'true'} onChange={(event) => onText(String(event.target.checked))} />
      </span>
    );
  }
  if (choices !== undefined && several) {
    const chosen = text.split('\n').filter((each) => each !== '');
    return (
      <span className="described-choices">
        {[...new Set([...choices, ...chosen])].map((choice) => (
          <span key={choice} className="row">
            <input
              type="checkbox"
              aria-label={nameOf(choice)}
              checked={chosen.includes(choice)}
              onChange={(event) =>
                onText((event.target.checked ? [...chosen, choice] : chosen.filter((each) => each !== choice)).join('\n'))
              }
            />
            {nameOf(choice)}
          </span>
        ))}
      </span>
    );
  }
  if (choices !== undefined) {
    return (
      <select value={text} required={required} onChange={(event) => onText(event.target.value)}>
        {(!required || text === '') && <option value="">{nullable || !required ? words.none : ''}</option>}
        {[...new Set([...choices, ...(text === '' ? [] : [text])])].map((choice) => (
          <option key={choice} value={choice}>
            {nameOf(choice)}
          </option>
        ))}
      </select>
    );
  }
  if (kind === 'json' || several || (maxLength ?? 0) > 500)
    return (
      <textarea
        rows={kind === 'json' ? 5 : 3}
        className={kind === 'json' ? 'mono' : undefined}
        value={text}
        required={required}
        maxLength={kind === 'json' ? undefined : maxLength}
        spellCheck={kind !== 'json'}
        onChange={(event) => onText(event.target.value)}
      />
    );
  if (kind === 'integer' || kind === 'number') {
    return (
      <input
        type="number"
        inputMode={kind === 'integer' ? 'numeric' : 'decimal'}
        step={kind === 'integer' ? 1 : 'any'}
        min={minimum}
        max={maximum}
        value={text}
        required={required}
        onChange={(event) => onText(event.target.value)}
      />
    );
  }
  return (
    <input
      type={inputTypes[kind] ?? 'text'}
      value={text}
      required={required}
      maxLength={maxLength}
      onChange={(event) => onText(event.target.value)}
    />
  );
}
