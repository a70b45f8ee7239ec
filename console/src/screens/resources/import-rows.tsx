import { useState } from 'react';
import { queryText, request } from '../../api/client.ts';
import { problemOf } from '../../api/problem.ts';
import { Button } from '../../parts/button.tsx';
import type { Resource } from '../../parts/described.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Note } from '../../parts/note.tsx';
import { partWords } from '../../parts/words.ts';
import { useLanguage, useWords } from '../../words/language.ts';
import { resourceWords } from './words.ts';

type Mode = 'merge' | 'add' | 'replace';

interface Counts {
  added: number;
  changed: number;
  removed: number;
}

/** Takes a file: first it is tried and undone, then it is taken as it was tried. */
export function ImportRows({ resource, onClose, onDone }: { resource: Resource; onClose(): void; onDone(): void }) {
  const words = useWords(resourceWords);
  const parts = useWords(partWords);
  const language = useLanguage();
  const [file, setFile] = useState<File>();
  const [mode, setMode] = useState<Mode>('merge');
  const [busy, setBusy] = useState(false);
  const [counts, setCounts] = useState<{ of: Counts; done: boolean }>();
  const [fault, setFault] = useState<string>();
  const send = async (check: boolean) => {
    if (file === undefined) return;
    setBusy(true);
    setFault(undefined);
    try {
      const json = file.name.endsWith('.json');
      const { value } = await request<Counts>('POST', `${resource.path}/import${queryText({ mode, check })}`, {
        raw: file,
        headers: { 'content-type': json ? 'application/json' : 'text/csv' },
      });
      setCounts({ of: value, done: !check });
      if (!check) onDone();
    } catch (error) {
      setCounts(undefined);
      setFault(problemOf(error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.importTitle(resource.title[language])}
      actions={
        <>
          <Button onClick={onClose}>{counts?.done === true ? words.close : parts.cancel}</Button>
          {counts?.done !== true && (
            <Button kind="primary" disabled={file === undefined} busy={busy} onClick={() => void send(counts === undefined)}>
              {counts === undefined ? words.check : words.importNow}
            </Button>
          )}
        </>
      }
    >
      <p>{words.importWhat}</p>
      <Field label={words.file}>
        <input
          type="file"
          accept=".csv,.json,text/csv,application/json"
          onChange={(event) => {
            setFile(event.target.files?.[0]);
            setCounts(undefined);
          }}
        />
      </Field>
      <Field label={words.mode}>
        <select
          value={mode}
          onChange={(event) => {
            setMode(event.target.value as Mode);
            setCounts(undefined);
          }}
        >
          {(['merge', 'add', 'replace'] as const).map((each) => (
            <option key={each} value={each}>
              {words.modes[each]}
            </option>
          ))}
        </select>
      </Field>
      {counts !== undefined && (
        <Note kind={counts.done ? 'good' : 'info'}>
          {counts.done ? words.imported : words.checked} {words.counts(counts.of.added, counts.of.changed, counts.of.removed)}
        </Note>
      )}
      {fault !== undefined && <Note kind="bad">{fault}</Note>}
    </Dialog>
  );
}
