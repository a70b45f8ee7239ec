/** A form for what has versions: where somebody else was faster, both sides are shown, and nothing is stored unseen. */
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { Versioned } from '../api/client.ts';
import { problemOf } from '../api/problem.ts';
import { useWords } from '../words/language.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Note } from './note.tsx';
import './versioned-dialog.css';
import { partWords } from './words.ts';

/** Something by the names of what it consists of, as text. */
export type Members = Readonly<Record<string, string>>;

interface VersionedDialogProps<T> {
  title: string;
  /** The version from which the form began; `"0"` for what is new. */
  etag: string;
  /** What the form holds. A fault that is thrown is shown, and nothing is sent. */
  value(): T;
  save(value: T, etag: string): Promise<unknown>;
  /** What is stored by now; null where it was removed. */
  read(): Promise<Versioned<T | null>>;
  members(value: T): Members;
  /** Begins anew with what somebody else stored. */
  onTheirs(theirs: T): void;
  onClose(): void;
  children: ReactNode;
}

/** What is wrong with what was written into a form. */
export class FormFault extends Error {}

export function VersionedDialog<T>(props: VersionedDialogProps<T>) {
  const { title, value, save, read, members, onTheirs, onClose, children } = props;
  const words = useWords(partWords);
  const form = useId();
  // Of when the form was opened: what is read anew behind it is not what the person saw.
  const [etag, setEtag] = useState(props.etag);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const [conflict, setConflict] = useState<{ mine: T; theirs: Versioned<T | null> }>();
  const store = async (wanted: T, from: string) => {
    setBusy(true);
    setFault(undefined);
    try {
      await save(wanted, from);
      onClose();
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === 'version_conflict')
        await read().then(
          (theirs) => setConflict({ mine: wanted, theirs }),
          (again) => setFault(problemOf(again).message),
        );
      else setFault(problem.message);
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    try {
      void store(value(), etag);
    } catch (error) {
      if (!(error instanceof FormFault)) throw error;
      setFault(error.message);
    }
  };
  const takeTheirs = ({ value: theirs, etag: now }: Versioned<T | null>) => {
    if (theirs === null) return onClose();
    onTheirs(theirs);
    setEtag(now ?? '*');
    setConflict(undefined);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      wide
      actions={
        conflict === undefined ? (
          <>
            <Button onClick={onClose}>{words.cancel}</Button>
            <Button kind="primary" type="submit" form={form} busy={busy}>
              {words.save}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={() => takeTheirs(conflict.theirs)}>{words.takeTheirs}</Button>
            <Button kind="primary" busy={busy} onClick={() => void store(conflict.mine, conflict.theirs.etag ?? '*')}>
              {words.keepMine}
            </Button>
          </>
        )
      }
    >
      {conflict === undefined ? (
        <form id={form} onSubmit={submit} className="dialog-form">
          {children}
          {fault !== undefined && <Note kind="bad">{fault}</Note>}
        </form>
      ) : (
        <>
          <Note kind="warn">{words.conflict}</Note>
          <Sides mine={members(conflict.mine)} theirs={conflict.theirs.value === null ? null : members(conflict.theirs.value)} />
          {fault !== undefined && <Note kind="bad">{fault}</Note>}
        </>
      )}
    </Dialog>
  );
}

function Sides({ mine, theirs }: { mine: Members; theirs: Members | null }) {
  const words = useWords(partWords);
  const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs ?? {})])];
  return (
    <table className="conflict">
      <thead>
        <tr>
          <th scope="col">{words.conflictField}</th>
          <th scope="col">{words.yours}</th>
          <th scope="col">{words.theirs}</th>
        </tr>
      </thead>
      <tbody>
        {names
          .filter((name) => mine[name] !== theirs?.[name])
          .map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{mine[name] ?? words.none}</td>
              <td>{theirs === null ? words.removedMeanwhile : (theirs[name] ?? words.none)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
