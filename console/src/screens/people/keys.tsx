import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Mark } from '../../parts/note.tsx';
import { Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Secret } from '../../parts/secret.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay, useMe } from '../../session/session.tsx';
import { ago, count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { KeyForm } from './key-form.tsx';
import { type Key, touchedByKeys, useRoles } from './reach.ts';
import { peopleWords } from './words.ts';

type Act = 'rotate' | 'confirm' | 'revoke';

/** Keys of programs: in force first. A secret is seen once, when it is made. */
export default function Keys() {
  const words = useWords(peopleWords);
  const me = useMe();
  const manages = useMay('keys:manage');
  const { reachesKey } = useRoles();
  const [makes, setMakes] = useState(false);
  const [asks, setAsks] = useState<{ key: Key; act: Act }>();
  const [secret, setSecret] = useState<{ name: string; secret: string }>();
  const read = useAnswer('GET /api/v1/api-keys', {});
  const change = useChange(async ({ key, act }: { key: Key; act: Act }) => {
    const path = { id: key.id };
    if (act === 'confirm') await call('POST /api/v1/api-keys/{id}/confirm', { path });
    else if (act === 'revoke') await call('DELETE /api/v1/api-keys/{id}', { path });
    else setSecret({ name: key.name, secret: (await call('POST /api/v1/api-keys/{id}/rotate', { path, body: {} })).apiKey });
  }, touchedByKeys);
  const rows = (read.data?.apiKeys ?? []).toSorted((one, other) => Number(ended(one)) - Number(ended(other)));
  const actsOf = (key: Key): readonly Act[] => {
    if (!manages || ended(key) || !reachesKey(key)) return [];
    const own = key.ownerId === null || key.ownerId === me.id;
    return [...(key.needsConfirmation ? (['confirm'] as const) : []), ...(own ? (['rotate'] as const) : []), 'revoke'];
  };
  const what: Record<Act, string> = { rotate: words.rotateWhat, confirm: words.confirmKeyWhat, revoke: words.revokeWhat };
  return (
    <Surface read={read}>
      <Sections wide>
        <Section
          title={words.views.keys}
          actions={
            manages && (
              <Button kind="primary" icon={KeyRound} onClick={() => setMakes(true)}>
                {words.makeKey}
              </Button>
            )
          }
        >
          {rows.length === 0 ? (
            <p className="quiet">{words.noKey}</p>
          ) : (
            <PlainTable
              label={words.views.keys}
              rows={rows}
              keyOf={({ id }) => id}
              columns={[
                {
                  title: words.name,
                  cell: (key) => (
                    <>
                      {key.name}
                      {key.ownerId !== null && <span className="quiet"> · {words.personal}</span>}
                    </>
                  ),
                },
                { title: words.beginsWith, cell: ({ prefix }) => <code>{prefix === null ? '—' : `${prefix}…`}</code> },
                {
                  title: words.mayColumn,
                  cell: ({ role, scopes }) =>
                    role ?? <span title={scopes?.join(', ')}>{words.scopesOf(count(scopes?.length ?? 0))}</span>,
                },
                { title: words.state, cell: (key) => <KeyMark apiKey={key} /> },
                { title: words.lastUsed, cell: ({ lastUsedAt }) => <At at={lastUsedAt} none={words.never} /> },
                {
                  title: words.expires,
                  cell: ({ expiresAt }) =>
                    expiresAt === null ? (
                      <span className="quiet">{words.noEnd}</span>
                    ) : (
                      <time dateTime={expiresAt}>{exactTime(expiresAt)}</time>
                    ),
                },
                ...(manages
                  ? [
                      {
                        title: words.act,
                        figure: true,
                        cell: (key: Key) => (
                          <span className="people-acts">
                            {actsOf(key).map((act) => (
                              <Button
                                key={act}
                                kind={act === 'revoke' ? 'danger' : 'plain'}
                                aria-label={words.keyActNamed(words.keyActs[act], key.name)}
                                onClick={() => setAsks({ key, act })}
                              >
                                {words.keyActs[act]}
                              </Button>
                            ))}
                          </span>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          )}
        </Section>
      </Sections>
      {makes && <KeyForm onMade={setSecret} onClose={() => setMakes(false)} />}
      {asks !== undefined && (
        <Confirm
          title={words.keyActNamed(words.keyActs[asks.act], asks.key.name)}
          what={what[asks.act]}
          verb={words.keyActs[asks.act]}
          danger={asks.act === 'revoke'}
          name={asks.act === 'revoke' ? asks.key.name : undefined}
          act={() => change.mutateAsync(asks)}
          onClose={() => setAsks(undefined)}
        />
      )}
      {secret !== undefined && asks === undefined && !makes && <Secret {...secret} onClose={() => setSecret(undefined)} />}
    </Surface>
  );
}

function ended({ revokedAt, expiresAt }: Key): boolean {
  return revokedAt !== null || (expiresAt !== null && new Date(expiresAt).getTime() <= Date.now());
}

function KeyMark({ apiKey }: { apiKey: Key }) {
  const words = useWords(peopleWords);
  const { revokedAt, needsConfirmation, previousUntil } = apiKey;
  if (revokedAt !== null) return <Mark kind="quiet">{words.revoked}</Mark>;
  if (ended(apiKey)) return <Mark kind="quiet">{words.expired}</Mark>;
  if (needsConfirmation) return <Mark kind="warn">{words.needsConfirmation}</Mark>;
  if (previousUntil !== null && new Date(previousUntil).getTime() > Date.now())
    return (
      <Mark kind="info">
        <span title={words.oldUntil(exactTime(previousUntil))}>{words.rotating}</span>
      </Mark>
    );
  return <Mark kind="good">{words.inForce}</Mark>;
}

function At({ at, none }: { at: string | null; none: string }) {
  if (at === null) return <span className="quiet">{none}</span>;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {ago(at)}
    </time>
  );
}
