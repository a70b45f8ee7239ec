import { useId } from 'react';
import { Field } from '../../parts/field.tsx';
import { useWords } from '../../words/language.ts';
import { settingWords } from './words.ts';

/** A time zone, with those that the browser knows to choose from. */
export function ZoneField({ zone, onZone }: { zone: string; onZone(zone: string): void }) {
  const words = useWords(settingWords);
  const list = useId();
  return (
    <Field label={words.timeZone} hint={words.timeZoneHint}>
      <input
        required
        list={list}
        value={zone}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onZone(event.target.value)}
      />
      <datalist id={list}>
        {Intl.supportedValuesOf('timeZone').map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </Field>
  );
}
