import { useState } from 'react';
import { useWords } from '../words/language.ts';
import { Field } from './field.tsx';
import { FormDialog } from './form-dialog.tsx';
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
  const [typed, setTyped] = useState('');
  const [why, setWhy] = useState('');
  const ready = (name === undefined || typed.trim() === name) && (reason?.required !== true || why.trim() !== '');
  return (
    <FormDialog title={title} verb={verb} danger={danger} ready={ready} act={() => act(why.trim())} onClose={onClose}>
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
    </FormDialog>
  );
}
