import { Field } from './field.tsx';

type Values = Readonly<Record<string, string>>;

/** A field for each parameter of a template of a channel. */
export function TemplateFields({
  parameters,
  values,
  onValue,
}: {
  parameters: readonly string[];
  values: Values;
  onValue(name: string, value: string): void;
}) {
  return (
    <>
      {parameters.map((name) => (
        <Field key={name} label={name}>
          <input required value={values[name] ?? ''} maxLength={600} onChange={(event) => onValue(name, event.target.value)} />
        </Field>
      ))}
    </>
  );
}

/** How a template reads with its parameters; those that are not given yet stay as they are written. */
export function templateReads(text: string, values: Values): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name]?.trim() || whole);
}
