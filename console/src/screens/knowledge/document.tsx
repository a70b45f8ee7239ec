import { Eye, EyeOff, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange, usePages } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { LoadMore } from '../../parts/load-more.tsx';
import { Note } from '../../parts/note.tsx';
import { Facts, Page, Section, Sections } from '../../parts/page.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { DocumentMark } from './documents.tsx';
import { addressOf, touchedByKnowledge } from './shapes.ts';
import { knowledgeWords } from './words.ts';

const listed = 'GET /api/v1/knowledge/collections/{collection}/documents';

/** A document with the passages that it is found by. */
export function DocumentDetails({ collection, documentKey: key }: { collection: string; documentKey: string }) {
  const words = useWords(knowledgeWords);
  const manages = useMay('knowledge:manage');
  const [, change] = useAddressState();
  const [asks, setAsks] = useState<'remove'>();
  const path = { collection };
  const read = usePages('GET /api/v1/knowledge/collections/{collection}/documents/chunks', {
    path,
    query: { key, limit: 50 },
  });
  const document = read.data?.pages[0]?.document;
  const hide = useChange(
    (state: 'ready' | 'hidden') =>
      call('PATCH /api/v1/knowledge/collections/{collection}/documents', { path, query: { key }, body: { state } }),
    touchedByKnowledge,
  );
  // What is gone is not read again.
  const remove = useChange(
    () => call('DELETE /api/v1/knowledge/collections/{collection}/documents', { path, query: { key } }),
    [listed, 'GET /api/v1/knowledge/collections', 'GET /api/v1/knowledge/collections/{collection}'],
  );
  const back = () => change({ key: undefined });
  return (
    <Page
      title={document?.title ?? key}
      scrolls
      actions={
        <Button kind="quiet" onClick={back}>
          {words.backTo(collection)}
        </Button>
      }
      below={
        manages &&
        document !== undefined && (
          <div className="page-actions">
            {document.state === 'ready' ? (
              <Button icon={EyeOff} busy={hide.isPending} onClick={() => hide.mutate('hidden')}>
                {words.hide}
              </Button>
            ) : (
              <Button icon={Eye} busy={hide.isPending} onClick={() => hide.mutate('ready')}>
                {words.show}
              </Button>
            )}
            <Button kind="danger" icon={Trash2} onClick={() => setAsks('remove')}>
              {words.removeDocument}
            </Button>
          </div>
        )
      }
    >
      <Surface read={read} rows={3}>
        {document !== undefined && (
          <Sections>
            {hide.error !== null && <Note kind="bad">{hide.error.message}</Note>}
            <Facts
              facts={[
                [words.state, <DocumentMark key="state" state={document.state} />],
                [words.key, document.key],
                [words.type, document.mediaType],
                [words.language, words.languages[document.language]],
                [words.size, count(document.characters)],
                [words.passages, count(document.chunks)],
                [words.version, count(document.version)],
                [words.changed, exactTime(document.updatedAt)],
                [
                  words.text,
                  <a
                    key="text"
                    href={addressOf(collection, `/text?key=${encodeURIComponent(key)}`)}
                    target="_blank"
                    rel="noreferrer"
                  >
                    {words.wholeText}
                  </a>,
                ],
              ]}
            />
            {Object.keys(document.metadata).length > 0 && (
              <Section title={words.metadata}>
                <JsonView label={words.metadata} value={document.metadata} />
              </Section>
            )}
            <Section title={words.chunks}>
              {document.chunks === 0 && <p className="quiet">{words.noChunk}</p>}
              <ol className="knowledge-chunks">
                {read.data?.pages
                  .flatMap((page) => page.chunks)
                  .map(({ id, ordinal, heading, start, end, text }) => (
                    <li key={id}>
                      <p className="small quiet">
                        {count(ordinal + 1)}
                        {heading.length > 0 && ` · ${heading.join(' › ')}`} · {words.place(count(start), count(end))}
                      </p>
                      <p className="knowledge-text">{text}</p>
                    </li>
                  ))}
              </ol>
              <LoadMore list={read} />
            </Section>
          </Sections>
        )}
      </Surface>
      {asks === 'remove' && (
        <Confirm
          title={words.removeDocument}
          what={words.removeDocumentWhat}
          verb={words.removeDocument}
          name={key}
          danger
          act={async () => {
            await remove.mutateAsync(undefined);
            back();
          }}
          onClose={() => setAsks(undefined)}
        />
      )}
    </Page>
  );
}
