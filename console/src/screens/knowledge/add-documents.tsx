import { useState } from 'react';
import { call, queryText, request } from '../../api/client.ts';
import { problemOf } from '../../api/problem.ts';
import { useChange } from '../../api/queries.ts';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { addressOf, touchedByKnowledge } from './shapes.ts';
import { knowledgeWords } from './words.ts';

const kinds = ['files', 'text', 'page'] as const;
const hours = { never: undefined, day: 24, week: 168 } as const;

/** Files, a text, or a page of the web. Files that cannot be read are named, with why; the others are in. */
export function AddDocuments({ collection, onClose }: { collection: string; onClose(): void }) {
  const words = useWords(knowledgeWords);
  const [kind, setKind] = useState<(typeof kinds)[number]>('files');
  const [files, setFiles] = useState<readonly File[]>([]);
  const [prefix, setPrefix] = useState('');
  const [key, setKey] = useState('');
  const [text, setText] = useState('');
  const [url, setUrl] = useState('');
  const [refresh, setRefresh] = useState<keyof typeof hours>('never');
  const [done, setDone] = useState<number>();
  const put = (name: string, raw: Blob, type: string) =>
    request('PUT', addressOf(collection, queryText({ key: name })), { raw, headers: { 'content-type': type } });
  const addFiles = async () => {
    const refused: { file: File; why: string }[] = [];
    for (const [at, file] of files.entries()) {
      setDone(at);
      // What a browser takes a file for is a guess of its own; the server looks at the name and the bytes.
      await put(`${prefix.trim()}${file.name}`, file, 'application/octet-stream').catch((error: unknown) =>
        refused.push({ file, why: problemOf(error).message }),
      );
    }
    setDone(undefined);
    if (refused.length === 0) return;
    setFiles(refused.map(({ file }) => file));
    throw new Error([words.refused(count(refused.length)), ...refused.map(({ file, why }) => `${file.name}: ${why}`)].join(' '));
  };
  const add = useChange(async () => {
    if (kind === 'files') await addFiles();
    else if (kind === 'text') await put(key.trim(), new Blob([text]), 'text/markdown; charset=utf-8');
    else {
      const refreshHours = hours[refresh];
      await call('POST /api/v1/knowledge/collections/{collection}/pages', {
        path: { collection },
        body: { url: url.trim(), ...(refreshHours === undefined ? {} : { refreshHours }) },
      });
    }
  }, touchedByKnowledge);
  const ready = { files: files.length > 0, text: key.trim() !== '' && text.trim() !== '', page: url.trim() !== '' }[kind];
  return (
    <FormDialog title={words.upload} verb={words.add} wide ready={ready} act={() => add.mutateAsync(undefined)} onClose={onClose}>
      <div className="views knowledge-views" role="group" aria-label={words.kindsLabel}>
        {kinds.map((each) => (
          <button type="button" key={each} aria-pressed={each === kind} onClick={() => setKind(each)}>
            {words.kinds[each]}
          </button>
        ))}
      </div>
      {kind === 'files' && (
        <>
          <Field label={words.files} hint={words.filesHint}>
            <input type="file" multiple onChange={(event) => setFiles([...(event.target.files ?? [])])} />
          </Field>
          <Field label={words.prefix} hint={words.prefixHint}>
            <input value={prefix} maxLength={200} spellCheck={false} onChange={(event) => setPrefix(event.target.value)} />
          </Field>
        </>
      )}
      {kind === 'text' && (
        <>
          <Field label={words.textKey} hint={words.textKeyHint}>
            <input value={key} maxLength={500} spellCheck={false} onChange={(event) => setKey(event.target.value)} />
          </Field>
          <Field label={words.text} hint={words.textHint}>
            <textarea rows={12} value={text} onChange={(event) => setText(event.target.value)} />
          </Field>
        </>
      )}
      {kind === 'page' && (
        <>
          <Field label={words.address} hint={words.addressHint}>
            <input type="url" value={url} maxLength={500} placeholder="https://" onChange={(event) => setUrl(event.target.value)} />
          </Field>
          <Field label={words.refresh}>
            <select value={refresh} onChange={(event) => setRefresh(event.target.value as keyof typeof hours)}>
              {(['never', 'day', 'week'] as const).map((each) => (
                <option key={each} value={each}>
                  {words.refreshes[each]}
                </option>
              ))}
            </select>
          </Field>
        </>
      )}
      <p role="status" className="quiet">
        {done !== undefined && words.progress(count(done), count(files.length))}
      </p>
    </FormDialog>
  );
}
