import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { Choices } from '../../parts/choices.tsx';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useMe } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import { type Key, touchedByKeys, useRoles } from './reach.ts';
import { peopleWords } from './words.ts';

type KeyRole = NonNullable<Key['role']>;
const keyRoles: readonly KeyRole[] = ['client', 'operator', 'admin'];

interface KeyFormProps {
  onMade(made: { name: string; secret: string }): void;
  onClose(): void;
}

export function KeyForm({ onMade, onClose }: KeyFormProps) {
  const words = useWords(peopleWords);
  const me = useMe();
  const { permissions, reachesKey } = useRoles();
  const roles = keyRoles.filter((each) => reachesKey({ role: each, scopes: null }));
  const [name, setName] = useState('');
  const [role, setRole] = useState<KeyRole | 'scopes'>('client');
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [personal, setPersonal] = useState(false);
  const [expires, setExpires] = useState('');
  const make = useChange(async () => {
    const made = await call('POST /api/v1/api-keys', {
      body: {
        name: name.trim(),
        ...(role === 'scopes' ? { scopes: [...scopes] } : { role }),
        personal,
        ...(expires === '' ? {} : { expiresAt: `${expires}T23:59:59Z` }),
      },
    });
    onMade({ name: made.name, secret: made.apiKey });
  }, touchedByKeys);
  const about = (each: string) => permissions.find((known) => known.name === each)?.description;
  return (
    <FormDialog
      title={words.makeKey}
      verb={words.makeKey}
      ready={name.trim() !== '' && (role !== 'scopes' || scopes.length > 0)}
      act={() => make.mutateAsync(undefined)}
      onClose={onClose}
    >
      <Field label={words.name} hint={words.keyNameHint}>
        <input required maxLength={100} value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label={words.mayColumn} hint={words.keyRoleHints[role]}>
        <select value={role} onChange={(event) => setRole(event.target.value as KeyRole | 'scopes')}>
          {roles.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
          <option value="scopes">{words.chosenScopes}</option>
        </select>
      </Field>
      {role === 'scopes' && (
        <Choices
          label={words.permissions}
          choices={me.permissions.map((value) => {
            const text = about(value);
            return { value, label: value, ...(text === undefined ? {} : { about: text }) };
          })}
          chosen={scopes}
          onChange={setScopes}
        />
      )}
      <Field label={words.expires} hint={words.expiresHint}>
        <input type="date" value={expires} onChange={(event) => setExpires(event.target.value)} />
      </Field>
      <label className="row">
        <input type="checkbox" checked={personal} onChange={(event) => setPersonal(event.target.checked)} />
        <span>{words.personalHint}</span>
      </label>
    </FormDialog>
  );
}
