import { Field } from '../../parts/field.tsx';
import { partWords } from '../../parts/words.ts';
import { useLanguage, useWords } from '../../words/language.ts';
import type { SecretField, SettingField } from './kinds.ts';

type Texts = Readonly<Record<string, string>>;

/** Settings of a channel as controls, by the name of each. */
export function SettingFields({
  fields,
  texts,
  onText,
}: {
  fields: readonly SettingField[];
  texts: Texts;
  onText(name: string, text: string): void;
}) {
  const language = useLanguage();
  return (
    <>
      {fields.map((field) => {
        const { name, label, hint, kind, required } = field;
        const text = texts[name] ?? '';
        if (kind === 'boolean')
          return (
            <label className="row" key={name}>
              <input type="checkbox" checked={text === 'true'} onChange={(event) => onText(name, String(event.target.checked))} />
              <span>{label[language]}</span>
            </label>
          );
        return (
          <Field key={name} label={`${label[language]}${required === true ? ' *' : ''}`} hint={hint?.[language]}>
            <SettingControl field={field} text={text} onText={(next) => onText(name, next)} />
          </Field>
        );
      })}
    </>
  );
}

function SettingControl({ field, text, onText }: { field: SettingField; text: string; onText(text: string): void }) {
  const { kind, choices = [], required = false } = field;
  const words = useWords(partWords);
  if (kind === 'choice')
    return (
      <select value={text} onChange={(event) => onText(event.target.value)}>
        <option value="">{words.none}</option>
        {choices.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    );
  if (kind === 'lines')
    return (
      <textarea rows={3} value={text} spellCheck={false} required={required} onChange={(event) => onText(event.target.value)} />
    );
  return (
    <input
      type={kind === 'number' ? 'number' : 'text'}
      step="any"
      value={text}
      autoComplete="off"
      spellCheck={false}
      required={required}
      onChange={(event) => onText(event.target.value)}
    />
  );
}

/** Secrets: written and never read. */
export function SecretFields({
  fields,
  texts,
  asNew,
  onText,
}: {
  fields: readonly SecretField[];
  texts: Texts;
  /** Of a connection that is made now: what is not optional has to be given. */
  asNew: boolean;
  onText(name: string, text: string): void;
}) {
  const language = useLanguage();
  return (
    <>
      {fields.map(({ name, label, hint, optional = false }) => {
        const needed = asNew && !optional;
        return (
          <Field key={name} label={`${label[language]}${needed ? ' *' : ''}`} hint={hint?.[language]}>
            <input
              type="password"
              value={texts[name] ?? ''}
              autoComplete="new-password"
              spellCheck={false}
              required={needed}
              onChange={(event) => onText(name, event.target.value)}
            />
          </Field>
        );
      })}
    </>
  );
}

export function givenSecrets(texts: Texts): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}
