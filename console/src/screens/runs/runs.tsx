import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAnswer, usePages } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Filters } from '../../parts/filters.tsx';
import { type Column, ListTable } from '../../parts/list-table.tsx';
import { Mark } from '../../parts/note.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { ago, duration, exactTime, money } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { type Outcome, OutcomeMark, type Status } from './outcome.tsx';
import { runWords } from './words.ts';

type Run = Answer<'GET /api/v1/runs'>['runs'][number];

const spans: Record<string, number> = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

export default function Runs() {
  const words = useWords(runWords);
  const navigate = useNavigate();
  const [{ outcome, status, agent, degraded, since, cost }] = useAddressState();
  // To the minute: the same question is asked once, and answered from what was read.
  const from = useMemo(() => {
    const span = spans[since ?? ''];
    return span === undefined ? undefined : new Date(Math.floor((Date.now() - span) / 60_000) * 60_000).toISOString();
  }, [since]);
  const list = usePages('GET /api/v1/runs', {
    query: {
      outcome: outcome as Outcome | undefined,
      status: status as Status | undefined,
      agent,
      degraded,
      since: from,
      minCost: cost === undefined ? undefined : Number(cost),
      limit: 100,
    },
  });
  const agents = useAnswer('GET /api/v1/agents', {}, { enabled: useMay('agents:read') });
  const rows = useMemo(() => list.data?.pages.flatMap(({ runs }) => runs) ?? [], [list.data]);
  const columns: readonly Column<Run>[] = [
    {
      key: 'began',
      title: words.began,
      width: '92px',
      cell: ({ createdAt }) => (
        <time dateTime={createdAt} title={exactTime(createdAt)}>
          {ago(createdAt)}
        </time>
      ),
    },
    {
      key: 'outcome',
      title: words.outcome,
      width: 'minmax(110px, 1fr)',
      cell: (run) => <OutcomeMark outcome={run.outcome} status={run.status} />,
    },
    {
      key: 'agent',
      title: words.agent,
      width: 'minmax(80px, 1.4fr)',
      cell: ({ agent: name, agentVersion, arm }) => (
        <>
          {name} <span className="quiet">{agentVersion.split('+')[0]}</span>
          {arm !== 'stable' && <span className="quiet"> · {arm}</span>}
        </>
      ),
    },
    {
      key: 'notes',
      title: words.remarks,
      width: 'minmax(0, 1.4fr)',
      wide: true,
      cell: ({ degraded: without, recoveries, error, parentRun }) => (
        <span className="row">
          {without && <Mark kind="warn">{words.degraded}</Mark>}
          {recoveries > 0 && (
            <Mark kind="info">
              {words.recoveries} {recoveries}
            </Mark>
          )}
          {error !== null && <code>{error}</code>}
          {parentRun !== null && <span className="quiet">{words.child}</span>}
        </span>
      ),
    },
    {
      key: 'duration',
      title: words.duration,
      width: '92px',
      figure: true,
      wide: true,
      cell: ({ createdAt, finishedAt }) =>
        finishedAt === null ? '' : duration(new Date(finishedAt).getTime() - new Date(createdAt).getTime()),
    },
    {
      key: 'cost',
      title: words.cost,
      width: '104px',
      figure: true,
      wide: true,
      cell: ({ cost: paid }) => (paid === null ? <span className="quiet">—</span> : money(paid)),
    },
  ];
  return (
    <Page
      title={words.title}
      below={
        <Filters
          choices={[
            {
              name: 'outcome',
              label: words.outcome,
              choices: Object.entries(words.outcomes).map(([value, label]) => ({ value, label })),
            },
            {
              name: 'status',
              label: words.status,
              choices: Object.entries(words.statuses).map(([value, label]) => ({ value, label })),
            },
            {
              name: 'agent',
              label: words.agent,
              choices: (agents.data?.agents ?? []).map(({ name }) => ({ value: name, label: name })),
            },
            { name: 'degraded', label: words.degraded, choices: [{ value: 'true', label: words.onlyDegraded }] },
            {
              name: 'since',
              label: words.since,
              choices: [
                { value: 'hour', label: words.sinceHour },
                { value: 'day', label: words.sinceDay },
                { value: 'week', label: words.sinceWeek },
              ],
            },
            {
              name: 'cost',
              label: words.minCost,
              choices: ['0.001', '0.01', '0.1', '1'].map((value) => ({ value, label: money(Number(value)) })),
            },
          ]}
        />
      }
    >
      <Surface read={list} isEmpty={rows.length === 0} empty={<Empty title={words.empty}>{words.emptyHint}</Empty>}>
        <ListTable
          label={words.list}
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          onOpen={({ id }) => void navigate({ to: `/runs/${id}` })}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      </Surface>
    </Page>
  );
}
