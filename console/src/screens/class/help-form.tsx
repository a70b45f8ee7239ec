import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useWords } from '../../words/language.ts';
import { type HelpLevel, helpLevels, readAgain, setHelp } from './course.ts';
import { classWords } from './words.ts';

interface HelpFormProps {
  course: string;
  /** The whole class where it is absent. */
  student?: { person: string; name: string; level: HelpLevel | null };
  onClose(): void;
}

export function HelpForm({ course, student, onClose }: HelpFormProps) {
  const words = useWords(classWords);
  const client = useQueryClient();
  const [level, setLevel] = useState<HelpLevel | ''>(student?.level ?? '');
  const [why, setWhy] = useState('');
  return (
    <FormDialog
      title={student === undefined ? words.helpClass : words.helpTitle(student.name)}
      verb={words.save}
      act={async () => {
        await setHelp(course, student?.person, level === '' ? null : level, why.trim());
        await readAgain(client);
      }}
      onClose={onClose}
    >
      {student === undefined && <p>{words.helpClassWhat}</p>}
      <Field label={words.helpLevel}>
        <select value={level} onChange={({ target }) => setLevel(target.value as HelpLevel | '')}>
          <option value="">{words.asTerms}</option>
          {helpLevels.map((each) => (
            <option key={each} value={each}>
              {words.helpLevels[each]}
            </option>
          ))}
        </select>
      </Field>
      <Field label={words.why}>
        <input value={why} maxLength={500} autoComplete="off" onChange={({ target }) => setWhy(target.value)} />
      </Field>
    </FormDialog>
  );
}
