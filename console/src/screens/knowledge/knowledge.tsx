/** What can agents answer from? Collections, the state of their indexes, and what a question finds in all of them. */
import { Link } from '@tanstack/react-router';
import { FolderPlus } from 'lucide-react';
import { useState } from 'react';
import { usePages } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { LoadMore } from '../../parts/load-more.tsx';
import { Page, Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { ago, count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { CollectionForm } from './collection-form.tsx';
import './knowledge.css';
import { TryQuestion } from './try-question.tsx';
import { VectorMark } from './vector-mark.tsx';
import { knowledgeWords } from './words.ts';

export default function Knowledge() {
  const words = useWords(knowledgeWords);
  const manages = useMay('knowledge:manage');
  const [makes, setMakes] = useState(false);
  const list = usePages('GET /api/v1/knowledge/collections', { query: { limit: 100 } }, { every: 30_000 });
  const rows = list.data?.pages.flatMap(({ collections }) => collections) ?? [];
  return (
    <Page
      title={words.title}
      scrolls
      actions={
        manages && (
          <Button kind="primary" icon={FolderPlus} onClick={() => setMakes(true)}>
            {words.create}
          </Button>
        )
      }
    >
      <Sections wide>
        <Section title={words.collections}>
          <Surface read={list} rows={3} isEmpty={rows.length === 0} empty={<Empty title={words.none}>{words.noneHint}</Empty>}>
            <PlainTable
              label={words.collections}
              rows={rows}
              keyOf={({ id }) => id}
              columns={[
                {
                  title: words.name,
                  cell: ({ name }) => <Link to={`/knowledge/${name}`}>{name}</Link>,
                },
                { title: words.description, long: true, cell: ({ description }) => description },
                { title: words.documents, figure: true, cell: ({ documents }) => count(documents) },
                { title: words.passages, figure: true, cell: ({ chunks }) => count(chunks) },
                { title: words.vectors, cell: ({ vectors }) => <VectorMark vectors={vectors} /> },
                {
                  title: words.who,
                  cell: ({ agents, roles }) => [...agents, ...roles].join(', ') || <span className="quiet">{words.everybody}</span>,
                },
                {
                  title: words.changed,
                  cell: ({ updatedAt }) => (
                    <time dateTime={updatedAt} title={exactTime(updatedAt)}>
                      {ago(updatedAt)}
                    </time>
                  ),
                },
              ]}
            />
            <LoadMore list={list} />
          </Surface>
        </Section>
        {rows.some(({ documents }) => documents > 0) && (
          <Section title={words.views.try}>
            <TryQuestion />
          </Section>
        )}
      </Sections>
      {makes && <CollectionForm onClose={() => setMakes(false)} />}
    </Page>
  );
}
