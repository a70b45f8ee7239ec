import { useQueryClient } from '@tanstack/react-query';
import { useDraft } from '../../parts/draft.ts';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useWords } from '../../words/language.ts';
import { note, readAgain } from './course.ts';
import { classWords } from './words.ts';

interface NoteFormProps {
  course: string;
  person: string;
  name: string;
  onClose(): void;
}

export function NoteForm({ course, person, name, onClose }: NoteFormProps) {
  const words = useWords(classWords);
  const client = useQueryClient();
  const [text, setText] = useDraft(`class ${course} ${person}`);
  return (
    <FormDialog
      title={words.noteTitle(name)}
      verb={words.note}
      ready={text.trim() !== ''}
      act={async () => {
        await note(course, person, 'intervention', text.trim());
        setText('');
        await readAgain(client);
      }}
      onClose={onClose}
    >
      <Field label={words.noteText} hint={words.noteHint}>
        <textarea rows={4} maxLength={2_000} value={text} onChange={({ target }) => setText(target.value)} />
      </Field>
    </FormDialog>
  );
}
