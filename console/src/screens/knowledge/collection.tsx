/** One collection: its documents, what a question finds in it, and its pages of the web. A document is shown in its place. */
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { FilePlus2, Pencil, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange, useVersioned } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Note } from '../../parts/note.tsx';
import { Page, Sections } from '../../parts/page.tsx';
import '../../parts/rows.css';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { AddDocuments } from './add-documents.tsx';
import { CollectionForm } from './collection-form.tsx';
import { DocumentDetails } from './document.tsx';
import { Documents } from './documents.tsx';
import './knowledge.css';
import { KnowledgePages } from './pages.tsx';
import { touchedByKnowledge } from './shapes.ts';
import { TryQuestion } from './try-question.tsx';
import { VectorMark } from './vector-mark.tsx';
import { knowledgeWords } from './words.ts';

const views = ['documents', 'try', 'pages'] as const;

export default function CollectionPage() {
  const { collection = '' } = useParams({ strict: false }) as { collection?: string };
  const [{ key }] = useAddressState();
  if (key !== undefined) return <DocumentDetails collection={collection} documentKey={key} />;
  return <WholeCollection name={collection} />;
}

function WholeCollection({ name }: { name: string }) {
  const words = useWords(knowledgeWords);
  const manages = useMay('knowledge:manage');
  const navigate = useNavigate();
  const [address, change] = useAddressState();
  const view = views.find((each) => each === address['view']) ?? 'documents';
  const [asks, setAsks] = useState<'add' | 'change' | 'reindex' | 'remove'>();
  const path = { collection: name };
  const read = useVersioned('GET /api/v1/knowledge/collections/{collection}', { path });
  const collection = read.data?.value;
  const reindex = useChange(() => call('POST /api/v1/knowledge/collections/{collection}/reindex', { path }), touchedByKnowledge);
  // The page of a collection that is gone is not read again.
  const remove = useChange(
    () => call('DELETE /api/v1/knowledge/collections/{collection}', { path }),
    ['GET /api/v1/knowledge/collections'],
  );
  return (
    <Page
      title={name}
      scrolls={view !== 'documents'}
      actions={
        <Link className="small" to="/knowledge">
          {words.back}
        </Link>
      }
      below={
        <>
          {collection !== undefined && (
            <p className="knowledge-about">
              {collection.description !== '' && <span>{collection.description}</span>}
              <span className="quiet">
                {count(collection.documents)} {words.documents.toLowerCase()} · {count(collection.chunks)}{' '}
                {words.passages.toLowerCase()}
              </span>
              <VectorMark vectors={collection.vectors} />
            </p>
          )}
          {collection?.vectors.failure != null && <Note kind="bad">{words.vectorsFailed(collection.vectors.failure)}</Note>}
          {reindex.isSuccess && asks === undefined && (
            <p role="status">{words.reindexed(count(reindex.data.documents), count(reindex.data.changed))}</p>
          )}
          <div className="page-top">
            <div className="views knowledge-views" role="group" aria-label={words.viewsLabel}>
              {views.map((each) => (
                <button type="button" key={each} aria-pressed={each === view} onClick={() => change({ view: each })}>
                  {words.views[each]}
                </button>
              ))}
            </div>
            {manages && collection !== undefined && (
              <div className="page-actions">
                <Button kind={view === 'try' ? 'plain' : 'primary'} icon={FilePlus2} onClick={() => setAsks('add')}>
                  {words.upload}
                </Button>
                <Button icon={Pencil} onClick={() => setAsks('change')}>
                  {words.change}
                </Button>
                <Button icon={RefreshCw} onClick={() => setAsks('reindex')}>
                  {words.reindex}
                </Button>
                <Button kind="danger" icon={Trash2} onClick={() => setAsks('remove')}>
                  {words.remove}
                </Button>
              </div>
            )}
          </div>
        </>
      }
    >
      <Surface read={read}>
        {view === 'documents' && <Documents collection={name} />}
        {view === 'try' && (
          <Sections wide>
            <TryQuestion collection={name} />
          </Sections>
        )}
        {view === 'pages' && (
          <Sections wide>
            <KnowledgePages collection={name} />
          </Sections>
        )}
      </Surface>
      {asks === 'add' && <AddDocuments collection={name} onClose={() => setAsks(undefined)} />}
      {asks === 'change' && read.data !== undefined && <CollectionForm before={read.data} onClose={() => setAsks(undefined)} />}
      {asks === 'reindex' && (
        <Confirm
          title={words.reindex}
          what={words.reindexWhat}
          verb={words.reindex}
          act={() => reindex.mutateAsync(undefined)}
          onClose={() => setAsks(undefined)}
        />
      )}
      {asks === 'remove' && (
        <Confirm
          title={words.remove}
          what={words.removeWhat(count(collection?.documents ?? 0))}
          verb={words.remove}
          name={name}
          danger
          act={async () => {
            await remove.mutateAsync(undefined);
            void navigate({ to: '/knowledge' });
          }}
          onClose={() => setAsks(undefined)}
        />
      )}
    </Page>
  );
}
