import type { UseQueryResult } from '@tanstack/react-query';
import { Archive, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { type ApiProblem, problemOf } from '../../api/problem.ts';
import { useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Mark, Note } from '../../parts/note.tsx';
import { Section } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { partWords } from '../../parts/words.ts';
import { useMay } from '../../session/session.tsx';
import { ago, bytes, count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { healthWords } from './words.ts';

type Page = Answer<'GET /api/v1/backups'>;
type Backup = Page['backups'][number];

const shownAtFirst = 5;
const touches = ['GET /api/v1/backups'] as const;

/** When a backup was last restored and compared. */
export function lastVerified(backups: readonly Backup[]): string | undefined {
  return backups
    .flatMap(({ verifiedAt }) => (verifiedAt === null ? [] : [verifiedAt]))
    .sort()
    .at(-1);
}

export function Backups({ read }: { read: UseQueryResult<Page, ApiProblem> }) {
  const words = useWords(healthWords);
  const parts = useWords(partWords);
  const manages = useMay('operations:manage');
  const [all, setAll] = useState(false);
  const [verified, setVerified] = useState<string>();
  const take = useChange(() => call('POST /api/v1/backups'), touches);
  const verify = useChange((name: string) => call('POST /api/v1/backups/{name}/verify', { path: { name } }), touches);
  const backups = read.data?.backups ?? [];
  const underWay = take.isPending || read.data?.underWay === true;
  const fault = take.error ?? verify.error;
  return (
    <Section
      title={words.backups}
      actions={
        manages && (
          <Button icon={Archive} busy={underWay} onClick={() => take.mutate(undefined)}>
            {words.takeBackup}
          </Button>
        )
      }
    >
      <div role="status">
        {underWay && <p className="quiet">{words.backupUnderWay}</p>}
        {verify.isPending && <p className="quiet">{words.verifying(verified ?? '')}</p>}
        {verify.isSuccess && <Note kind="good">{words.verified(count(verify.data.rows), count(verify.data.tables))}</Note>}
      </div>
      {fault !== null && <Note kind="bad">{problemOf(fault).message}</Note>}
      <Surface read={read} rows={2} isEmpty={backups.length === 0} empty={<p className="quiet">{words.noBackup}</p>}>
        <PlainTable
          label={words.backups}
          rows={all ? backups : backups.slice(0, shownAtFirst)}
          keyOf={({ name }) => name}
          columns={[
            {
              title: words.taken,
              cell: ({ takenAt, name }) => (
                <time dateTime={takenAt} title={`${exactTime(takenAt)} · ${name}`}>
                  {ago(takenAt)}
                </time>
              ),
            },
            { title: words.name, cell: ({ name }) => <code>{name}</code> },
            { title: words.size, figure: true, cell: (backup) => bytes(backup.bytes) },
            { title: words.encrypted, cell: ({ encrypted }) => (encrypted ? parts.yes : parts.no) },
            {
              title: words.lastVerified,
              cell: ({ verifiedAt }) =>
                verifiedAt === null ? (
                  <Mark kind="quiet">{words.never}</Mark>
                ) : (
                  <Mark kind="good">
                    <time dateTime={verifiedAt} title={exactTime(verifiedAt)}>
                      {ago(verifiedAt)}
                    </time>
                  </Mark>
                ),
            },
            ...(manages
              ? [
                  {
                    title: words.act,
                    figure: true,
                    cell: ({ name }: Backup) => (
                      <Button
                        icon={ShieldCheck}
                        aria-label={words.verifyNamed(name)}
                        busy={verify.isPending && verified === name}
                        disabled={verify.isPending || underWay}
                        onClick={() => {
                          setVerified(name);
                          verify.mutate(name);
                        }}
                      >
                        {words.verify}
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
        {!all && backups.length > shownAtFirst && (
          <div>
            <Button kind="quiet" onClick={() => setAll(true)}>
              {words.allBackups(count(backups.length))}
            </Button>
          </div>
        )}
      </Surface>
    </Section>
  );
}
