import { useQueryClient } from '@tanstack/react-query';
import { Save, Trash2, X } from 'lucide-react';
import { useId, useState } from 'react';
import { request } from '../../api/client.ts';
import type { Json } from '../../api/operations.ts';
import { problemOf } from '../../api/problem.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { type Resource, sameValue, shownText, type Values } from '../../parts/described.ts';
import { DescribedForm } from '../../parts/described-form.tsx';
import { Note } from '../../parts/note.tsx';
import { Facts } from '../../parts/page.tsx';
import { Surface } from '../../parts/surface.tsx';
import { partWords } from '../../parts/words.ts';
import { useLanguage, useWords } from '../../words/language.ts';
import { type ResourceRow, rowName, useRow } from './rows.ts';
import { resourceWords } from './words.ts';

interface RowFormProps {
  resource: Resource;
  /** Absent: a new one. */
  id: string | undefined;
  references: Readonly<Record<string, readonly string[]>>;
  mayChange: boolean;
  mayDelete: boolean;
  onClose(): void;
  onSaved(id: string): void;
  onDeleted(): void;
}

/** A row, to be read, changed or added. Where somebody changed it meanwhile both sides are shown. */
export function ResourceRowForm({ resource, id, references, mayChange, mayDelete, onClose, onSaved, onDeleted }: RowFormProps) {
  const words = useWords(resourceWords);
  const parts = useWords(partWords);
  const language = useLanguage();
  const form = useId();
  const client = useQueryClient();
  const read = useRow(resource, id);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ kind: 'good' | 'bad' | 'info'; text: string }>();
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [conflict, setConflict] = useState<{ mine: Values; theirs: ResourceRow; etag: string | undefined }>();
  const [deleting, setDeleting] = useState(false);
  /** A form that begins anew, with what is there now. */
  const [edition, setEdition] = useState(0);
  // Of when the form began: what is read anew behind it is not what the person saw, and is not overwritten unseen.
  const key = `${id} ${edition}`;
  const [begun, setBegun] = useState<{ key: string; read: NonNullable<typeof read.data> }>();
  if (read.data !== undefined && begun?.key !== key) setBegun({ key, read: read.data });
  const base = begun?.key === key ? begun.read : undefined;
  const row = base?.value;

  const save = async (changes: Values, etag = base?.etag) => {
    if (Object.keys(changes).length === 0 && id !== undefined) return setSaid({ kind: 'info', text: words.noChanges });
    setBusy(true);
    setFaults({});
    setSaid(undefined);
    try {
      const stored =
        id === undefined
          ? await request<ResourceRow>('POST', resource.path, { body: changes })
          : await request<ResourceRow>('PATCH', `${resource.path}/${id}`, { body: changes, headers: { 'if-match': etag ?? '*' } });
      client.setQueryData([resource.path, 'row', stored.value.id], stored);
      setConflict(undefined);
      setEdition((before) => before + 1);
      setSaid({ kind: 'good', text: words.saved });
      onSaved(stored.value.id);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === 'version_conflict') {
        const now = await request<ResourceRow>('GET', `${resource.path}/${id}`);
        setConflict({ mine: changes, theirs: now.value, etag: now.etag });
      } else {
        const named = (problem.details['faults'] ?? []) as { field: string | null; reason: string }[];
        setFaults(
          Object.fromEntries(
            named.flatMap(({ field, reason }) => (field === null ? [] : [[field.split('.')[0] ?? field, reason]])),
          ),
        );
        setSaid({ kind: 'bad', text: problem.message });
      }
    } finally {
      setBusy(false);
    }
  };

  const title = row === undefined ? words.newRow : rowName(resource, row);
  const shown = (name: string, value: Json | undefined) => {
    const field = resource.fields.find((each) => each.name === name);
    return field === undefined ? String(value) : shownText(field, value, parts.yes, parts.no);
  };
  const fixed = resource.fields.filter(({ readOnly }) => readOnly || !mayChange);
  const content = (
    <>
      {mayChange && (
        <DescribedForm
          key={key}
          id={form}
          fields={resource.fields}
          values={row ?? {}}
          choices={references}
          faults={faults}
          onSubmit={(changes) => void save(changes)}
          onChange={() => setSaid(undefined)}
        />
      )}
      {row !== undefined && fixed.length > 0 && (
        <Facts facts={fixed.map((field) => [field.label[language], shown(field.name, row[field.name]) || parts.none] as const)} />
      )}
      {conflict !== undefined && (
        <>
          <Note kind="warn">{words.conflict}</Note>
          <table className="resource-conflict">
            <thead>
              <tr>
                <th scope="col">{words.conflictField}</th>
                <th scope="col">{words.yours}</th>
                <th scope="col">{words.theirs}</th>
              </tr>
            </thead>
            <tbody>
              {resource.fields
                .filter(({ name }) => name in conflict.mine || !sameValue(conflict.theirs[name], row?.[name]))
                .map(({ name, label }) => (
                  <tr key={name}>
                    <th scope="row">{label[language]}</th>
                    <td>{shown(name, name in conflict.mine ? conflict.mine[name] : row?.[name])}</td>
                    <td>{shown(name, conflict.theirs[name])}</td>
                  </tr>
                ))}
            </tbody>
          </table>
          <div className="page-actions">
            <Button busy={busy} onClick={() => void save(conflict.mine, conflict.etag)}>
              {words.keepMine}
            </Button>
            <Button
              onClick={() => {
                client.setQueryData([resource.path, 'row', id], { value: conflict.theirs, etag: conflict.etag });
                setConflict(undefined);
                setEdition((before) => before + 1);
              }}
            >
              {words.takeTheirs}
            </Button>
          </div>
        </>
      )}
      {said !== undefined && <Note kind={said.kind}>{said.text}</Note>}
      {conflict === undefined && (mayChange || mayDelete) && (
        <div className="page-actions">
          {mayChange && (
            <Button kind="primary" type="submit" form={form} icon={Save} busy={busy}>
              {busy ? parts.saving : words.save}
            </Button>
          )}
          {mayDelete && (
            <Button kind="danger" icon={Trash2} onClick={() => setDeleting(true)}>
              {words.delete}
            </Button>
          )}
        </div>
      )}
    </>
  );

  return (
    <aside className="resource-row" aria-label={words.details(title)}>
      <div className="row">
        <h2 className="grow cut">{title}</h2>
        <Button kind="quiet" icon={X} iconOnly onClick={onClose}>
          {words.close}
        </Button>
      </div>
      {id === undefined ? content : <Surface read={read}>{content}</Surface>}
      {deleting && row !== undefined && (
        <Confirm
          title={words.deleteTitle(title)}
          what={words.deleteWhat}
          name={title}
          verb={words.delete}
          danger
          act={async () => {
            await request('DELETE', `${resource.path}/${id}`, { headers: { 'if-match': read.data?.etag ?? '*' } });
            onDeleted();
          }}
          onClose={() => setDeleting(false)}
        />
      )}
    </aside>
  );
}
