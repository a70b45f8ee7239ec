import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { problemOf } from '../../api/problem.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Note } from '../../parts/note.tsx';
import { partWords } from '../../parts/words.ts';
import { useWords } from '../../words/language.ts';

interface FormDialogProps {
  title: string;
  verb: string;
  ready?: boolean;
  wide?: boolean;
  /** It stays open, and says why, where this fails. */
  act(): Promise<unknown>;
  onClose(): void;
  children: ReactNode;
}

export function FormDialog({ title, verb, ready = true, wide = false, act, onClose, children }: FormDialogProps) {
  const words = useWords(partWords);
  const form = useId();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    try {
      await act();
      onClose();
    } catch (error) {
      setFault(problemOf(error).message);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      wide={wide}
      actions={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button kind="primary" type="submit" form={form} disabled={!ready} busy={busy}>
            {verb}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="dialog-form">
        {children}
        {fault !== undefined && <Note kind="bad">{fault}</Note>}
      </form>
    </Dialog>
  );
}
