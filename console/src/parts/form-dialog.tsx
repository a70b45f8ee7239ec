import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { problemOf } from '../api/problem.ts';
import { useWords } from '../words/language.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Note } from './note.tsx';
import { partWords } from './words.ts';

interface FormDialogProps {
  title: string;
  verb: string;
  ready?: boolean;
  wide?: boolean;
  danger?: boolean;
  /** It stays open, and says why, where this fails. */
  act(): Promise<unknown>;
  onClose(): void;
  /** Follows what was done, in the place of closing. */
  onDone?: (() => void) | undefined;
  children: ReactNode;
}

/** A form in a dialog, with a button that does it. */
export function FormDialog({
  title,
  verb,
  ready = true,
  wide = false,
  danger = false,
  act,
  onClose,
  onDone,
  children,
}: FormDialogProps) {
  const words = useWords(partWords);
  const form = useId();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setBusy(true);
    setFault(undefined);
    try {
      await act();
      (onDone ?? onClose)();
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
          <Button kind={danger ? 'danger' : 'primary'} type="submit" form={form} disabled={!ready} busy={busy}>
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
