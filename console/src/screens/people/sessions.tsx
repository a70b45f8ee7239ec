import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Mark } from '../../parts/note.tsx';
import { Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { ago, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { peopleWords } from './words.ts';

type Session = Answer<'GET /api/v1/auth/sessions'>['sessions'][number];

/** Where one is signed in oneself. Those of others end when a member is disabled. */
export default function Sessions() {
  const words = useWords(peopleWords);
  const read = useAnswer('GET /api/v1/auth/sessions', {});
  const [asks, setAsks] = useState<Session>();
  const end = useChange((id: string) => call('DELETE /api/v1/auth/sessions/{id}', { path: { id } }), ['GET /api/v1/auth/sessions']);
  const rows = (read.data?.sessions ?? []).toSorted((one, other) => Number(other.current) - Number(one.current));
  return (
    <Surface read={read}>
      <Sections>
        <Section title={words.views.sessions}>
          <p className="small quiet">{words.sessionsHint}</p>
          <PlainTable
            label={words.views.sessions}
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              {
                title: words.browser,
                cell: ({ userAgent }) => <span title={userAgent ?? undefined}>{browserOf(userAgent) ?? words.unknown}</span>,
              },
              { title: words.address, cell: ({ address }) => address ?? <span className="quiet">{words.unknown}</span> },
              {
                title: words.lastSeen,
                cell: ({ lastSeenAt, current }) =>
                  current ? (
                    <Mark kind="good">{words.thisSession}</Mark>
                  ) : (
                    <time dateTime={lastSeenAt} title={exactTime(lastSeenAt)}>
                      {ago(lastSeenAt)}
                    </time>
                  ),
              },
              {
                title: words.signedIn,
                cell: ({ createdAt }) => (
                  <time dateTime={createdAt} title={exactTime(createdAt)}>
                    {ago(createdAt)}
                  </time>
                ),
              },
              {
                title: words.act,
                figure: true,
                cell: (session) =>
                  !session.current && (
                    <Button
                      kind="danger"
                      onClick={() => setAsks(session)}
                      aria-label={words.endNamed(browserOf(session.userAgent) ?? words.unknown)}
                    >
                      {words.end}
                    </Button>
                  ),
              },
            ]}
          />
        </Section>
      </Sections>
      {asks !== undefined && (
        <Confirm
          title={words.end}
          what={words.endWhat}
          verb={words.end}
          danger
          act={() => end.mutateAsync(asks.id)}
          onClose={() => setAsks(undefined)}
        />
      )}
    </Surface>
  );
}

/** "Firefox, Linux" out of what a browser calls itself; other programs by their first word. */
function browserOf(userAgent: string | null): string | undefined {
  if (userAgent === null || userAgent === '') return undefined;
  const browser = (
    [
      ['Edg/', 'Edge'],
      ['Firefox/', 'Firefox'],
      ['HeadlessChrome/', 'Chrome'],
      ['Chrome/', 'Chrome'],
      ['Safari/', 'Safari'],
    ] as const
  ).find(([sign]) => userAgent.includes(sign))?.[1];
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux'].find((each) => userAgent.includes(each));
  if (browser === undefined) return userAgent.split(/[\s/]/)[0];
  return system === undefined ? browser : `${browser}, ${system}`;
}
