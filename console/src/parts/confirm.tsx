import { type FormEvent, useId, useState } from 'react';
import { problemOf } from '../api/problem.ts';
import { useWords } from '../words/language.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Field } from './field.tsx';
import { Note } from './note.tsx';
import { partWords } from './words.ts';

interface ConfirmProps {
  title: string;
  /** What will happen, in one sentence, and how it is undone. */
  what: string;
  /** What has to be typed; without it the button is enough. */
  name?: string | undefined;
  /** The verb of the button. */
  verb: string;
  danger?: boolean;
  /** Asks for a reason, which the act is given. */
  reason?: { label: string; required?: boolean } | undefined;
  act(reason: string): Promise<unknown>;
  onClose(): void;
}

/** Asks before an act that is not easily undone. It stays open until the server has said that it was done. */
export function Confirm({ title, what, name, verb, danger = false, reason, act, onClose }: ConfirmProps) {
  const words = useWords(partWords);
  const form = useId();
  const [typed, setTyped] = useState('');
  const [why, setWhy] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const ready = (name === undefined || typed.trim() === name) && (reason?.required !== true || why.trim() !== '');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setBusy(true);
    setFault(undefined);
    try {
      await act(why.trim());
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
        <p>{what}</p>
        {reason !== undefined && (
          <Field label={reason.label}>
            <textarea rows={2} value={why} onChange={(event) => setWhy(event.target.value)} />
          </Field>
        )}
        {name !== undefined && (
          <Field label={words.typeName(name)}>
            <input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" spellCheck={false} />
          </Field>
        )}
        {fault !== undefined && <Note kind="bad">{fault}</Note>}
      </form>
    </Dialog>
  );
}
