import { useNavigate } from '@tanstack/react-router';
import { UserPlus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useAnswer, useChange, usePages } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Field } from '../../parts/field.tsx';
import { Filters } from '../../parts/filters.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { type Column, ListTable } from '../../parts/list-table.tsx';
import { Mark } from '../../parts/note.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { ago, exactTime } from '../../words/format.ts';
import { useLanguage, useWords } from '../../words/language.ts';
import { useRoles } from './reach.ts';
import { peopleWords } from './words.ts';

export type User = Answer<'GET /api/v1/users'>['users'][number];
type Invitation = Answer<'GET /api/v1/invitations'>['invitations'][number];

export function UserMark({ user }: { user: User }) {
  const words = useWords(peopleWords);
  if (user.disabled) return <Mark kind="bad">{words.disabled}</Mark>;
  return user.emailVerified ? <Mark kind="good">{words.enabled}</Mark> : <Mark kind="warn">{words.unverified}</Mark>;
}

export function PeopleUsers() {
  const words = useWords(peopleWords);
  const navigate = useNavigate();
  const manages = useMay('users:manage');
  const [{ role }] = useAddressState();
  const roles = useRoles();
  const [invites, setInvites] = useState(false);
  const list = usePages('GET /api/v1/users', { query: { role, limit: 100 } });
  const rows = useMemo(() => list.data?.pages.flatMap(({ users }) => users) ?? [], [list.data]);
  const columns: readonly Column<User>[] = [
    {
      key: 'name',
      title: words.name,
      width: 'minmax(120px, 1.2fr)',
      cell: ({ name, userName }) => (
        <>
          {name}
          {userName !== null && <span className="quiet"> · {userName}</span>}
        </>
      ),
    },
    { key: 'email', title: words.email, width: 'minmax(0, 1.6fr)', wide: true, cell: ({ email }) => email },
    { key: 'role', title: words.role, width: 'minmax(88px, 0.8fr)', cell: (user) => user.role },
    { key: 'state', title: words.state, width: 'minmax(104px, 0.8fr)', cell: (user) => <UserMark user={user} /> },
    {
      key: 'second',
      title: words.secondFactor,
      width: '120px',
      wide: true,
      cell: ({ secondFactor }) => (secondFactor ? words.on : <span className="quiet">{words.off}</span>),
    },
    {
      key: 'since',
      title: words.memberSince,
      width: '120px',
      wide: true,
      cell: ({ memberSince }) => (
        <time dateTime={memberSince} title={exactTime(memberSince)}>
          {ago(memberSince)}
        </time>
      ),
    },
  ];
  return (
    <>
      <div className="page-top people-head">
        <Filters
          choices={[{ name: 'role', label: words.role, choices: roles.all.map(({ name }) => ({ value: name, label: name })) }]}
        />
        {manages && (
          <Button kind="primary" icon={UserPlus} onClick={() => setInvites(true)}>
            {words.invite}
          </Button>
        )}
      </div>
      <Invitations />
      <Surface read={list} isEmpty={rows.length === 0} empty={<Empty title={words.noUser}>{words.noUserHint}</Empty>}>
        <ListTable
          label={words.views.users}
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          onOpen={({ id }) => void navigate({ to: `/people/${id}` })}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      </Surface>
      {invites && <Invite onClose={() => setInvites(false)} />}
    </>
  );
}

/** Invitations that wait; nothing where there are none. */
function Invitations() {
  const words = useWords(peopleWords);
  const manages = useMay('users:manage');
  const [asks, setAsks] = useState<Invitation>();
  const read = useAnswer('GET /api/v1/invitations', {});
  const withdraw = useChange(
    (id: string) => call('DELETE /api/v1/invitations/{id}', { path: { id } }),
    ['GET /api/v1/invitations'],
  );
  const invitations = read.data?.invitations ?? [];
  if (invitations.length === 0) return null;
  return (
    <section className="people-invited">
      <h2>{words.invitations}</h2>
      <PlainTable
        label={words.invitations}
        rows={invitations}
        keyOf={({ id }) => id}
        columns={[
          { title: words.email, cell: ({ email }) => email },
          { title: words.role, cell: ({ role }) => role },
          {
            title: words.expires,
            cell: ({ expiresAt }) => <time dateTime={expiresAt}>{exactTime(expiresAt)}</time>,
          },
          ...(manages
            ? [
                {
                  title: words.act,
                  figure: true,
                  cell: (invitation: Invitation) => (
                    <Button onClick={() => setAsks(invitation)} aria-label={words.withdrawNamed(invitation.email)}>
                      {words.withdraw}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {asks !== undefined && (
        <Confirm
          title={words.withdrawNamed(asks.email)}
          what={words.withdrawWhat}
          verb={words.withdraw}
          danger
          act={() => withdraw.mutateAsync(asks.id)}
          onClose={() => setAsks(undefined)}
        />
      )}
    </section>
  );
}

function Invite({ onClose }: { onClose(): void }) {
  const words = useWords(peopleWords);
  const own = useLanguage();
  const { mine } = useRoles();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState('member');
  const [language, setLanguage] = useState(own);
  const invite = useChange(
    () => call('POST /api/v1/invitations', { body: { email: email.trim(), role, language } }),
    ['GET /api/v1/invitations'],
  );
  return (
    <FormDialog
      title={words.invite}
      verb={words.sendInvitation}
      ready={email.trim() !== ''}
      act={() => invite.mutateAsync(undefined)}
      onClose={onClose}
    >
      <p>{words.inviteWhat}</p>
      <Field label={words.email}>
        <input type="email" required autoComplete="off" value={email} onChange={(event) => setEmail(event.target.value)} />
      </Field>
      <Field label={words.role} hint={words.roleHint}>
        <select value={role} onChange={(event) => setRole(event.target.value)}>
          {mine.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      <Field label={words.language}>
        <select value={language} onChange={(event) => setLanguage(event.target.value as 'es' | 'en')}>
          <option value="es">Español</option>
          <option value="en">English</option>
        </select>
      </Field>
    </FormDialog>
  );
}
