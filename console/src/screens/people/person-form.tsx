import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Choices } from '../../parts/choices.tsx';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useMay, useMe } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import { touchedByUsers, useRoles } from './reach.ts';
import type { User } from './users.tsx';
import { peopleWords } from './words.ts';

interface PersonFormProps {
  user: User;
  connections: Answer<'GET /api/v1/channels'>['connections'];
  onClose(): void;
}

/** What is not changed is not sent: somebody else may have changed it meanwhile. */
export function PersonForm({ user, connections, onClose }: PersonFormProps) {
  const words = useWords(peopleWords);
  const me = useMe();
  const { mine } = useRoles();
  const agents = useAnswer('GET /api/v1/agents', {}, { enabled: useMay('agents:read') }).data?.agents ?? [];
  const [role, setRole] = useState(user.role);
  const [userName, setUserName] = useState(user.userName ?? '');
  const [ofAgents, setOfAgents] = useState<readonly string[] | null>(user.agents);
  const [ofConnections, setOfConnections] = useState<readonly string[] | null>(user.connections);
  const change = useChange(
    () =>
      call('PATCH /api/v1/users/{id}', {
        path: { id: user.id },
        body: {
          ...(role === user.role ? {} : { role }),
          ...(userName.trim() === (user.userName ?? '') ? {} : { userName: userName.trim() === '' ? null : userName.trim() }),
          ...(same(ofAgents, user.agents) ? {} : { agents: copyOf(ofAgents) }),
          ...(same(ofConnections, user.connections) ? {} : { connections: copyOf(ofConnections) }),
        },
      }),
    touchedByUsers,
  );
  const changed =
    role !== user.role ||
    userName.trim() !== (user.userName ?? '') ||
    !same(ofAgents, user.agents) ||
    !same(ofConnections, user.connections);
  return (
    <FormDialog
      title={words.changeNamed(user.name)}
      verb={words.save}
      ready={changed}
      act={() => change.mutateAsync(undefined)}
      onClose={onClose}
    >
      <Field label={words.role} hint={user.id === me.id ? words.ownRole : words.roleHint}>
        <select value={role} disabled={user.id === me.id} onChange={(event) => setRole(event.target.value)}>
          {mine.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      <Field label={words.userName} hint={words.userNameHint}>
        <input value={userName} autoComplete="off" spellCheck={false} onChange={(event) => setUserName(event.target.value)} />
      </Field>
      {(agents.length > 0 || ofAgents !== null) && (
        <Limited
          label={words.agents}
          all={words.allAgents}
          choices={agents.map(({ name }) => ({ value: name, label: name }))}
          chosen={ofAgents}
          onChange={setOfAgents}
        />
      )}
      {(connections.length > 0 || ofConnections !== null) && (
        <Limited
          label={words.connections}
          all={words.allConnections}
          choices={connections.map(({ id, name }) => ({ value: id, label: name }))}
          chosen={ofConnections}
          onChange={setOfConnections}
        />
      )}
    </FormDialog>
  );
}

interface LimitedProps {
  label: string;
  all: string;
  choices: readonly { value: string; label: string }[];
  /** null: all, also those to come. */
  chosen: readonly string[] | null;
  onChange(chosen: readonly string[] | null): void;
}

function Limited({ label, all, choices, chosen, onChange }: LimitedProps) {
  const words = useWords(peopleWords);
  const known = chosen?.filter((each) => !choices.some(({ value }) => value === each)) ?? [];
  return (
    <>
      <Field label={label}>
        <select value={chosen === null ? 'all' : 'some'} onChange={(event) => onChange(event.target.value === 'all' ? null : [])}>
          <option value="all">{all}</option>
          <option value="some">{words.onlySome}</option>
        </select>
      </Field>
      {chosen !== null && (
        <Choices
          label={words.onlyThese(label)}
          choices={[...choices, ...known.map((value) => ({ value, label: value }))]}
          chosen={chosen}
          onChange={onChange}
        />
      )}
    </>
  );
}

function same(one: readonly string[] | null, other: readonly string[] | null): boolean {
  return JSON.stringify(one?.toSorted()) === JSON.stringify(other?.toSorted());
}

function copyOf(list: readonly string[] | null): string[] | null {
  return list === null ? null : [...list];
}
