/** A member: what they may do, whose conversations they see, and what one changes about that. */
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Ban, CircleCheck, Pencil, UserMinus } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Facts, Page, Section, Sections } from '../../parts/page.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay, useMe } from '../../session/session.tsx';
import { exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import './people.css';
import { PersonForm } from './person-form.tsx';
import { touchedByUsers, useRoles } from './reach.ts';
import { type User, UserMark } from './users.tsx';
import { peopleWords } from './words.ts';

type Act = 'change' | 'disable' | 'enable' | 'remove';

export default function Person() {
  const words = useWords(peopleWords);
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const me = useMe();
  const manages = useMay('users:manage');
  const roles = useRoles();
  const [asks, setAsks] = useState<Act>();
  const read = useAnswer('GET /api/v1/users/{id}', { path: { id } });
  const connections = useAnswer('GET /api/v1/channels', {}, { enabled: useMay('channels:read') }).data?.connections ?? [];
  const user = read.data;
  const role = roles.all.find(({ name }) => name === user?.role);
  // Who would lock themselves out asks somebody else.
  const acts = manages && user !== undefined && roles.reaches(user.role);
  const other = user?.id !== me.id;
  return (
    <Page
      title={user?.name ?? words.title}
      scrolls
      actions={
        <Link className="small" to="/people">
          {words.back}
        </Link>
      }
      below={
        acts && (
          <div className="page-actions">
            <Button icon={Pencil} onClick={() => setAsks('change')}>
              {words.change}
            </Button>
            {other && user.disabled && (
              <Button icon={CircleCheck} onClick={() => setAsks('enable')}>
                {words.enable}
              </Button>
            )}
            {other && !user.disabled && (
              <Button kind="danger" icon={Ban} onClick={() => setAsks('disable')}>
                {words.disable}
              </Button>
            )}
            {other && (
              <Button kind="danger" icon={UserMinus} onClick={() => setAsks('remove')}>
                {words.removeUser}
              </Button>
            )}
          </div>
        )
      }
    >
      <Surface read={read} rows={3}>
        {user !== undefined && (
          <Sections>
            <Facts
              facts={[
                [words.state, <UserMark key="state" user={user} />],
                [words.role, user.role],
                [words.email, user.email],
                [words.userName, user.userName ?? '—'],
                [words.secondFactor, user.secondFactor ? words.on : words.off],
                [words.memberSince, exactTime(user.memberSince)],
                [words.agents, user.agents === null ? words.allAgents : user.agents.join(', ')],
                [
                  words.connections,
                  user.connections === null
                    ? words.allConnections
                    : user.connections
                        .map((each) => connections.find((known) => known.id === each)?.name ?? each.slice(0, 8))
                        .join(', '),
                ],
              ]}
            />
            {role !== undefined && (
              <Section title={words.mayDo(role.name)}>
                <p className="quiet" lang="en">
                  {role.description}
                </p>
                <p>
                  {role.permissions.map((permission) => (
                    <span key={permission}>
                      <code>{permission}</code>{' '}
                    </span>
                  ))}
                </p>
              </Section>
            )}
            {asks === 'change' && <PersonForm user={user} connections={connections} onClose={() => setAsks(undefined)} />}
            {asks !== undefined && asks !== 'change' && <PersonAct user={user} act={asks} onClose={() => setAsks(undefined)} />}
          </Sections>
        )}
      </Surface>
    </Page>
  );
}

function PersonAct({ user, act, onClose }: { user: User; act: Exclude<Act, 'change'>; onClose(): void }) {
  const words = useWords(peopleWords);
  const navigate = useNavigate();
  const path = { id: user.id };
  const disable = useChange((disabled: boolean) => call('PATCH /api/v1/users/{id}', { path, body: { disabled } }), touchedByUsers);
  // The page of somebody who is gone is not read again.
  const remove = useChange(() => call('DELETE /api/v1/users/{id}', { path }), ['GET /api/v1/users', 'GET /api/v1/invitations']);
  const all = {
    disable: { verb: words.disable, what: words.disableWhat(user.name) },
    enable: { verb: words.enable, what: words.enableWhat(user.name) },
    remove: { verb: words.removeUser, what: words.removeUserWhat(user.name) },
  };
  return (
    <Confirm
      title={all[act].verb}
      what={all[act].what}
      verb={all[act].verb}
      danger={act !== 'enable'}
      name={act === 'enable' ? undefined : user.email}
      act={async () => {
        if (act !== 'remove') return disable.mutateAsync(act === 'disable');
        await remove.mutateAsync(undefined);
        return navigate({ to: '/people' });
      }}
      onClose={onClose}
    />
  );
}
