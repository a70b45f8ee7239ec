import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { partWords } from '../../parts/words.ts';
import { useWords } from '../../words/language.ts';
import { type Collection, touchedByKnowledge } from './shapes.ts';
import { knowledgeWords } from './words.ts';

const languages = ['auto', 'es', 'en'] as const;

/** @param before with its version; absent: a new one is made. */
export function CollectionForm({ before, onClose }: { before?: { value: Collection; etag: string | undefined }; onClose(): void }) {
  const words = useWords(knowledgeWords);
  const parts = useWords(partWords);
  const navigate = useNavigate();
  const old = before?.value;
  const [name, setName] = useState(old?.name ?? '');
  const [description, setDescription] = useState(old?.description ?? '');
  const [language, setLanguage] = useState<Collection['language']>(old?.language ?? 'auto');
  const [agents, setAgents] = useState((old?.agents ?? []).join('\n'));
  const [roles, setRoles] = useState((old?.roles ?? []).join('\n'));
  const modelBefore = old?.vectors.building ?? old?.vectors.model ?? '';
  const [model, setModel] = useState(modelBefore);
  const save = useChange(async () => {
    const body = { description, language, agents: linesOf(agents), roles: linesOf(roles) };
    if (before === undefined) {
      await call('POST /api/v1/knowledge/collections', { body: { name: name.trim(), ...body } });
      void navigate({ to: `/knowledge/${name.trim()}` });
      return;
    }
    const vectors = model.trim() === modelBefore ? {} : { vectorModel: model.trim() === '' ? null : model.trim() };
    await call('PATCH /api/v1/knowledge/collections/{collection}', {
      path: { collection: before.value.name },
      body: { ...body, ...vectors },
      headers: before.etag === undefined ? {} : { 'if-match': before.etag },
    });
  }, touchedByKnowledge);
  return (
    <FormDialog
      title={before === undefined ? words.create : words.change}
      verb={before === undefined ? words.create : parts.save}
      ready={/^[a-z][a-z0-9-]{0,62}$/.test(name.trim())}
      act={() => save.mutateAsync(undefined)}
      onClose={onClose}
    >
      {before === undefined && (
        <Field label={words.name} hint={words.nameHint}>
          <input required value={name} autoComplete="off" spellCheck={false} onChange={(event) => setName(event.target.value)} />
        </Field>
      )}
      <Field label={words.description} hint={words.descriptionHint}>
        <textarea rows={2} maxLength={2_000} value={description} onChange={(event) => setDescription(event.target.value)} />
      </Field>
      <Field label={words.language}>
        <select value={language} onChange={(event) => setLanguage(event.target.value as Collection['language'])}>
          {languages.map((each) => (
            <option key={each} value={each}>
              {words.languages[each]}
            </option>
          ))}
        </select>
      </Field>
      <Field label={words.agents} hint={words.agentsHint}>
        <textarea rows={2} value={agents} spellCheck={false} onChange={(event) => setAgents(event.target.value)} />
      </Field>
      <Field label={words.roles} hint={words.rolesHint}>
        <textarea rows={2} value={roles} spellCheck={false} onChange={(event) => setRoles(event.target.value)} />
      </Field>
      {before !== undefined && (
        <Field label={words.vectorModel} hint={words.vectorModelHint}>
          <input value={model} autoComplete="off" spellCheck={false} onChange={(event) => setModel(event.target.value)} />
        </Field>
      )}
    </FormDialog>
  );
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
