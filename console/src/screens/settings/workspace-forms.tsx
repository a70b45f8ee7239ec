import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { timeZone as ownZone } from '../../words/format.ts';
import { useLanguage, useWords } from '../../words/language.ts';
import { settingWords } from './words.ts';
import { ZoneField } from './zone-field.tsx';

export type MadeWorkspace = Answer<'POST /api/v1/workspaces'>;

/** A workspace with somebody to run it: a person who is invited, a key, or both. */
export function NewWorkspace({ onMade, onClose }: { onMade(made: MadeWorkspace): void; onClose(): void }) {
  const words = useWords(settingWords);
  const own = useLanguage();
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const [timeZone, setZone] = useState(ownZone() ?? '');
  const [email, setEmail] = useState('');
  const [language, setLanguage] = useState(own);
  const [withKey, setWithKey] = useState(false);
  const make = useChange(
    () =>
      call('POST /api/v1/workspaces', {
        body: {
          ...{ id, name: name.trim(), timeZone: timeZone.trim(), apiKey: withKey },
          ...(email.trim() === '' ? {} : { owner: { email: email.trim(), language } }),
        },
      }),
    ['GET /api/v1/workspaces'],
  );
  return (
    <FormDialog
      title={words.makeWorkspace}
      verb={words.makeWorkspace}
      ready={id !== '' && name.trim() !== '' && (withKey || email.trim() !== '')}
      act={async () => onMade(await make.mutateAsync(undefined))}
      onClose={onClose}
    >
      <Field label={words.name}>
        <input required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label={words.id} hint={words.idHint}>
        <input
          required
          pattern="[a-z0-9][a-z0-9\-]*"
          maxLength={63}
          value={id}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setId(event.target.value)}
        />
      </Field>
      <ZoneField zone={timeZone} onZone={setZone} />
      <Field label={words.owner} hint={words.ownerHint}>
        <input type="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />
      </Field>
      {email.trim() !== '' && (
        <Field label={words.ownerLanguage}>
          <select value={language} onChange={(event) => setLanguage(event.target.value as typeof language)}>
            <option value="es">{words.languages.es}</option>
            <option value="en">{words.languages.en}</option>
          </select>
        </Field>
      )}
      <label className="row">
        <input type="checkbox" checked={withKey} onChange={(event) => setWithKey(event.target.checked)} />
        {words.withKey}
      </label>
    </FormDialog>
  );
}

interface SeedFormProps {
  workspace: { id: string; name: string };
  onSeeded(said: string): void;
  onClose(): void;
}

export function SeedForm({ workspace, onSeeded, onClose }: SeedFormProps) {
  const words = useWords(settingWords);
  const agents = useAnswer('GET /api/v1/agents', {}).data?.agents ?? [];
  const [chosen, setChosen] = useState<string>();
  const [sample, setSample] = useState(false);
  const agent = chosen ?? agents[0]?.name ?? '';
  const seed = useChange(
    () => call('POST /api/v1/workspaces/{id}/seed', { path: { id: workspace.id }, body: { agent, sample } }),
    ['GET /api/v1/workspaces'],
  );
  return (
    <FormDialog
      title={words.seedNamed(workspace.name)}
      verb={words.seed}
      ready={agent !== ''}
      act={async () => {
        const done = await seed.mutateAsync(undefined);
        const sampled = done.sample === undefined ? [] : [`${words.seedSample.toLowerCase()}: ${words.seedStates[done.sample]}`];
        onSeeded(words.seeded(done.agent, [words.seedStates[done.seed], ...sampled].join('; ')));
      }}
      onClose={onClose}
    >
      <p>{words.seedWhat}</p>
      <Field label={words.seedAgent}>
        <select value={agent} onChange={(event) => setChosen(event.target.value)}>
          {agents.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      <label className="row">
        <input type="checkbox" checked={sample} onChange={(event) => setSample(event.target.checked)} />
        {words.seedSample}
      </label>
    </FormDialog>
  );
}
