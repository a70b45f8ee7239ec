import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import type { CannedText } from './reply-options.ts';
import { inboxWords } from './words.ts';

const touched = ['GET /api/v1/canned-texts'] as const;

/** Texts of the workspace: inserted by those who answer, changed by those who assign. */
export default function CannedTexts({ onInsert, onClose }: { onInsert(canned: CannedText): void; onClose(): void }) {
  const words = useWords(inboxWords);
  const manages = useMay('conversations:assign');
  const read = useAnswer('GET /api/v1/canned-texts', {});
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [removes, setRemoves] = useState<string>();
  const save = useChange(async () => {
    await call('PUT /api/v1/canned-texts/{name}', { path: { name: name.trim() }, body: { text: text.trim() } });
    setName('');
    setText('');
  }, touched);
  const remove = useChange((gone: string) => call('DELETE /api/v1/canned-texts/{name}', { path: { name: gone } }), touched);
  const fault = save.error ?? remove.error;
  const all = read.data?.cannedTexts ?? [];
  return (
    <Dialog open onClose={onClose} title={words.canned} wide actions={<Button onClick={onClose}>{words.closeDialog}</Button>}>
      <p className="quiet">{words.cannedWhat}</p>
      {fault !== null && <Note kind="bad">{fault.message}</Note>}
      <Surface read={read} rows={3} isEmpty={all.length === 0} empty={<p className="quiet">{words.noCannedYet}</p>}>
        <ul className="canned-all">
          {all.map((canned) => (
            <li key={canned.name}>
              <button type="button" className="link-button" title={words.insert} onClick={() => onInsert(canned)}>
                /{canned.name}
              </button>
              <span className="grow">{canned.text}</span>
              {manages && removes !== canned.name && (
                <span className="row">
                  <Button
                    kind="quiet"
                    icon={Pencil}
                    iconOnly
                    onClick={() => {
                      setName(canned.name);
                      setText(canned.text);
                    }}
                  >
                    {words.changeCanned(canned.name)}
                  </Button>
                  <Button kind="quiet" icon={Trash2} iconOnly onClick={() => setRemoves(canned.name)}>
                    {words.removeCanned(canned.name)}
                  </Button>
                </span>
              )}
              {removes === canned.name && (
                <Button
                  kind="danger"
                  busy={remove.isPending}
                  onClick={() => remove.mutate(canned.name, { onSuccess: () => setRemoves(undefined) })}
                >
                  {words.removeCanned(canned.name)}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Surface>
      {manages && (
        <form
          className="dialog-form"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate(undefined);
          }}
        >
          <Field label={words.cannedName} hint={words.cannedNameHint}>
            <input value={name} maxLength={60} spellCheck={false} onChange={(event) => setName(event.target.value)} />
          </Field>
          <Field label={words.cannedText} hint={words.cannedTextHint}>
            <textarea rows={3} maxLength={4_000} value={text} onChange={(event) => setText(event.target.value)} />
          </Field>
          <div>
            <Button kind="primary" type="submit" busy={save.isPending} disabled={name.trim() === '' || text.trim() === ''}>
              {all.some((each) => each.name === name.trim()) ? words.changeCannedText : words.addCanned}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
