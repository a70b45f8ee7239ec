/** Which agents are there, and by what do they answer? */
import { useNavigate } from '@tanstack/react-router';
import type { Answer } from '../../api/client.ts';
import { useAnswer } from '../../api/queries.ts';
import { type Column, ListTable } from '../../parts/list-table.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { agentWords } from './words.ts';

type Agent = Answer<'GET /api/v1/agents'>['agents'][number];

export default function Agents() {
  const words = useWords(agentWords);
  const navigate = useNavigate();
  const read = useAnswer('GET /api/v1/agents', {});
  const rows = read.data?.agents ?? [];
  const columns: readonly Column<Agent>[] = [
    { key: 'name', title: words.name, width: 'minmax(96px, 160px)', cell: ({ name }) => <strong>{name}</strong> },
    {
      key: 'what',
      title: words.what,
      width: 'minmax(0, 3fr)',
      cell: ({ description }) => <span title={description}>{description}</span>,
    },
    {
      key: 'planner',
      title: words.planner,
      width: 'minmax(0, 1fr)',
      wide: true,
      cell: ({ model }) => (model === null ? <span className="quiet">{words.noModel}</span> : <code>{model}</code>),
    },
    { key: 'tools', title: words.tools, width: '112px', wide: true, figure: true, cell: ({ tools }) => count(tools.length) },
    { key: 'rules', title: words.rules, width: '72px', wide: true, figure: true, cell: ({ rules }) => count(rules.length) },
  ];
  return (
    <Page title={words.title}>
      <Surface read={read} isEmpty={rows.length === 0} empty={<Empty title={words.empty}>{words.emptyHint}</Empty>}>
        <ListTable
          label={words.list}
          columns={columns}
          rows={rows}
          keyOf={({ name }) => name}
          onOpen={({ name }) => void navigate({ to: `/agents/${encodeURIComponent(name)}` })}
        />
      </Surface>
    </Page>
  );
}
