import { usePages } from '../../api/queries.ts';
import { LoadMore } from '../../parts/load-more.tsx';
import { Mark } from '../../parts/note.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { ago, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { knowledgeWords } from './words.ts';

/** Pages of the web: when each was read, and why not. */
export function KnowledgePages({ collection }: { collection: string }) {
  const words = useWords(knowledgeWords);
  const list = usePages('GET /api/v1/knowledge/collections/{collection}/pages', { path: { collection }, query: { limit: 100 } });
  const rows = list.data?.pages.flatMap(({ pages }) => pages) ?? [];
  return (
    <Surface read={list} rows={3} isEmpty={rows.length === 0} empty={<Empty title={words.noPage}>{words.noDocumentHint}</Empty>}>
      <PlainTable
        label={words.views.pages}
        rows={rows}
        keyOf={({ url }) => url}
        columns={[
          { title: words.address, long: true, cell: ({ url }) => url },
          {
            title: words.pageChecked,
            cell: ({ checkedAt }) => (
              <time dateTime={checkedAt} title={exactTime(checkedAt)}>
                {ago(checkedAt)}
              </time>
            ),
          },
          {
            title: words.pageNext,
            cell: ({ nextAt }) =>
              nextAt === null ? (
                <span className="quiet">{words.pageNever}</span>
              ) : (
                <time dateTime={nextAt}>{exactTime(nextAt)}</time>
              ),
          },
          {
            title: words.pageFailure,
            long: true,
            cell: ({ failure }) => (failure === null ? <span className="quiet">—</span> : <Mark kind="bad">{failure}</Mark>),
          },
        ]}
      />
      <LoadMore list={list} />
    </Surface>
  );
}
