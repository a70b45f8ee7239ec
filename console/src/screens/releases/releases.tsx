import { useNavigate } from '@tanstack/react-router';
import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Filters } from '../../parts/filters.tsx';
import { type Column, ListTable } from '../../parts/list-table.tsx';
import { Mark, type Tone } from '../../parts/note.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { ago, exactTime, percent } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { releaseWords } from './words.ts';

export type Release = Answer<'GET /api/v1/releases'>['releases'][number];
type Status = Release['status'];

const tones: Record<Status, Tone> = { draft: 'quiet', running: 'info', promoted: 'good', 'rolled-back': 'bad' };

export function StatusMark({ status }: { status: Status }) {
  const words = useWords(releaseWords);
  return <Mark kind={tones[status]}>{words.statuses[status]}</Mark>;
}

export default function Releases() {
  const words = useWords(releaseWords);
  const navigate = useNavigate();
  const [{ agent, status }] = useAddressState();
  const read = useAnswer('GET /api/v1/releases', { query: { agent, status: status as Status | undefined } });
  const rows = read.data?.releases ?? [];
  const columns: readonly Column<Release>[] = [
    { key: 'agent', title: words.agent, width: 'minmax(80px, 1fr)', cell: ({ agent: name }) => name },
    { key: 'status', title: words.status, width: 'minmax(96px, 1fr)', cell: (release) => <StatusMark status={release.status} /> },
    {
      key: 'share',
      title: words.share,
      width: 'minmax(56px, 0.8fr)',
      figure: true,
      cell: ({ percentage }) => percent(percentage / 100, 1),
    },
    {
      key: 'versions',
      title: words.versions,
      width: 'minmax(0, 2fr)',
      wide: true,
      cell: ({ stable, canary }) => (
        <code>
          {stable} → {canary}
        </code>
      ),
    },
    {
      key: 'began',
      title: words.began,
      width: '110px',
      wide: true,
      cell: ({ createdAt }) => (
        <time dateTime={createdAt} title={exactTime(createdAt)}>
          {ago(createdAt)}
        </time>
      ),
    },
  ];
  const agents = [...new Set([...rows.map((each) => each.agent), ...(agent === undefined ? [] : [agent])])];
  return (
    <Page
      title={words.title}
      below={
        <Filters
          choices={[
            {
              name: 'status',
              label: words.status,
              choices: Object.entries(words.statuses).map(([value, label]) => ({ value, label })),
            },
            { name: 'agent', label: words.agent, choices: agents.map((value) => ({ value, label: value })) },
          ]}
        />
      }
    >
      <Surface read={read} isEmpty={rows.length === 0} empty={<Empty title={words.empty}>{words.emptyHint}</Empty>}>
        <ListTable
          label={words.list}
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          onOpen={({ id }) => void navigate({ to: `/releases/${id}` })}
        />
      </Surface>
    </Page>
  );
}
