import type { UseQueryResult } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { type ApiProblem, problemOf } from '../../api/problem.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Note } from '../../parts/note.tsx';
import { Section } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { ago, count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { healthWords } from './words.ts';

type Failed = Answer<'GET /api/v1/queues/failed'>['jobs'][number];

/** Queues of all processes. Those that are empty are a number. */
export function Queues() {
  const words = useWords(healthWords);
  const read = useAnswer('GET /api/v1/queues', {}, { every: 30_000 });
  const all = read.data?.queues ?? [];
  const busy = all.filter(({ waiting, active }) => waiting + active > 0);
  return (
    <Section title={words.queues}>
      <Surface read={read} rows={2}>
        {busy.length > 0 && (
          <PlainTable
            label={words.queues}
            rows={busy}
            keyOf={({ queue }) => queue}
            columns={[
              { title: words.queue, cell: ({ queue }) => <code>{queue}</code> },
              { title: words.waiting, figure: true, cell: ({ waiting }) => count(waiting) },
              { title: words.active, figure: true, cell: ({ active }) => count(active) },
            ]}
          />
        )}
        <p className="quiet">{words.emptyQueues(count(all.length - busy.length), count(all.length))}</p>
      </Surface>
    </Section>
  );
}

/** Jobs that were given up: why, and once more. */
export function DeadLetters({ read }: { read: UseQueryResult<{ jobs: Failed[] }, ApiProblem> }) {
  const words = useWords(healthWords);
  const manages = useMay('operations:manage');
  const [again, setAgain] = useState<string>();
  const retry = useChange(
    ({ queue, id }: Failed) => call('POST /api/v1/queues/{queue}/jobs/{id}/retry', { path: { queue, id } }),
    ['GET /api/v1/queues', 'GET /api/v1/queues/failed', 'GET /api/v1/jobs'],
  );
  const jobs = read.data?.jobs ?? [];
  return (
    <Section title={words.deadLetters}>
      {retry.isError && <Note kind="bad">{problemOf(retry.error).message}</Note>}
      {retry.isSuccess && <p role="status">{words.retried}</p>}
      <Surface read={read} rows={2} isEmpty={jobs.length === 0} empty={<p className="quiet">{words.noDeadLetterHint}</p>}>
        <PlainTable
          label={words.deadLetters}
          rows={jobs}
          keyOf={({ id }) => id}
          columns={[
            { title: words.queue, cell: ({ queue }) => <code>{queue}</code> },
            {
              title: words.givenUp,
              cell: ({ failedAt }) => (
                <time dateTime={failedAt} title={exactTime(failedAt)}>
                  {ago(failedAt)}
                </time>
              ),
            },
            { title: words.attempts, figure: true, cell: ({ retries }) => count(retries + 1) },
            { title: words.why, long: true, cell: ({ message }) => message ?? <span className="quiet">{words.noData}</span> },
            ...(manages
              ? [
                  {
                    title: words.act,
                    figure: true,
                    cell: (job: Failed) => (
                      <Button
                        icon={RotateCcw}
                        busy={retry.isPending && again === job.id}
                        aria-label={words.retryJob(job.queue)}
                        onClick={() => {
                          setAgain(job.id);
                          retry.mutate(job);
                        }}
                      >
                        {words.retry}
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
      </Surface>
    </Section>
  );
}
