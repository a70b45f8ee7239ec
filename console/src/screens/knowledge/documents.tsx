import { usePages } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { type Column, ListTable } from '../../parts/list-table.tsx';
import { Mark } from '../../parts/note.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { ago, count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import type { StoredDocument } from './shapes.ts';
import { knowledgeWords } from './words.ts';

export function Documents({ collection }: { collection: string }) {
  const words = useWords(knowledgeWords);
  const [, change] = useAddressState();
  const list = usePages('GET /api/v1/knowledge/collections/{collection}/documents', {
    path: { collection },
    query: { limit: 100 },
  });
  const rows = list.data?.pages.flatMap(({ documents }) => documents) ?? [];
  const columns: readonly Column<StoredDocument>[] = [
    {
      key: 'key',
      title: words.key,
      width: 'minmax(120px, 2fr)',
      cell: ({ key, title }) => (
        <>
          <span>{key}</span>
          {title !== key && <span className="quiet"> · {title}</span>}
        </>
      ),
    },
    { key: 'state', title: words.state, width: '110px', cell: ({ state }) => <DocumentMark state={state} /> },
    { key: 'passages', title: words.passages, width: '72px', figure: true, cell: ({ chunks }) => count(chunks) },
    { key: 'size', title: words.size, width: '92px', figure: true, wide: true, cell: ({ characters }) => count(characters) },
    {
      key: 'type',
      title: words.type,
      width: 'minmax(90px, 1fr)',
      wide: true,
      cell: ({ mediaType, language }) => (
        <span className="quiet">
          {mediaType} · {words.languages[language]}
        </span>
      ),
    },
    {
      key: 'changed',
      title: words.changed,
      width: '92px',
      wide: true,
      cell: ({ updatedAt }) => (
        <time dateTime={updatedAt} title={exactTime(updatedAt)}>
          {ago(updatedAt)}
        </time>
      ),
    },
  ];
  return (
    <Surface read={list} isEmpty={rows.length === 0} empty={<Empty title={words.noDocument}>{words.noDocumentHint}</Empty>}>
      <ListTable
        label={words.documents}
        columns={columns}
        rows={rows}
        keyOf={({ id }) => id}
        onOpen={({ key }) => change({ key })}
        hasMore={list.hasNextPage}
        loadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      />
    </Surface>
  );
}

export function DocumentMark({ state }: { state: StoredDocument['state'] }) {
  const words = useWords(knowledgeWords);
  return <Mark kind={state === 'ready' ? 'good' : 'quiet'}>{words.states[state]}</Mark>;
}
