/** Who may do what here? Users, roles, keys for programs, and where one is signed in. */
import { lazy, Suspense } from 'react';
import { useAddressState } from '../../parts/address-state.ts';
import { Page } from '../../parts/page.tsx';
import '../../parts/rows.css';
import { useMe } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import './people.css';
import { PeopleUsers } from './users.tsx';
import { peopleWords } from './words.ts';

const Roles = lazy(() => import('./roles.tsx'));
const Keys = lazy(() => import('./keys.tsx'));
const Sessions = lazy(() => import('./sessions.tsx'));

const views = ['users', 'roles', 'keys', 'sessions'] as const;
type View = (typeof views)[number];
const needs: Record<View, string | undefined> = {
  users: 'users:read',
  roles: 'users:read',
  keys: 'keys:read',
  sessions: undefined,
};

export default function People() {
  const words = useWords(peopleWords);
  const { permissions } = useMe();
  const [address, change] = useAddressState();
  const mine = views.filter((each) => {
    const needed = needs[each];
    return needed === undefined || permissions.includes(needed);
  });
  const view = mine.find((each) => each === address['view']) ?? mine[0] ?? 'sessions';
  return (
    <Page
      title={words.title}
      scrolls={view !== 'users'}
      below={
        <div className="views people-views" role="group" aria-label={words.viewsLabel}>
          {mine.map((each) => (
            <button type="button" key={each} aria-pressed={each === view} onClick={() => change({ view: each, role: undefined })}>
              {words.views[each]}
            </button>
          ))}
        </div>
      }
    >
      <Suspense fallback={<div className="skeleton" />}>
        {view === 'users' && <PeopleUsers />}
        {view === 'roles' && <Roles />}
        {view === 'keys' && <Keys />}
        {view === 'sessions' && <Sessions />}
      </Suspense>
    </Page>
  );
}
