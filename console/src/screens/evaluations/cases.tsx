import { Link } from '@tanstack/react-router';
import { Download, MessageSquareQuote, Plus } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useAnswer, useChange, usePages } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { LoadMore } from '../../parts/load-more.tsx';
import { Note } from '../../parts/note.tsx';
import { Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { ago, count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { CaseForm } from './case-form.tsx';
import { touchedByCases } from './shapes.ts';
import { evaluationWords } from './words.ts';

export function Cases({ agent }: { agent: string }) {
  const words = useWords(evaluationWords);
  const manages = useMay('evaluations:manage');
  const [address, change] = useAddressState();
  const [adds, setAdds] = useState(false);
  const list = usePages('GET /api/v1/evaluations/cases', { query: { agent, limit: 100 } });
  const rows = list.data?.pages.flatMap(({ cases }) => cases) ?? [];
  const opened = address['case'];
  const one = useAnswer('GET /api/v1/evaluations/cases/{id}', { path: { id: opened ?? '' } }, { enabled: opened !== undefined });
  const bring = useChange(() => call('POST /api/v1/evaluations/cases/import', { body: { agent } }), touchedByCases);
  return (
    <Sections wide>
      <Section
        title={words.views.cases}
        actions={
          manages && (
            <>
              <Link className="row small" to="/runs" search={{ agent } as never}>
                <MessageSquareQuote size={16} aria-hidden="true" /> {words.fromRun}
              </Link>
              <Button icon={Download} busy={bring.isPending} onClick={() => bring.mutate(undefined)}>
                {words.import}
              </Button>
              <Button icon={Plus} onClick={() => setAdds(true)}>
                {words.addCase}
              </Button>
            </>
          )
        }
      >
        {bring.error !== null && <Note kind="bad">{bring.error.message}</Note>}
        {bring.isSuccess && (
          <p role="status">{words.imported(count(bring.data.added), count(bring.data.changed), count(bring.data.unchanged))}</p>
        )}
        <Surface read={list} rows={5} isEmpty={rows.length === 0} empty={<Empty title={words.noCase}>{words.noCaseHint}</Empty>}>
          <PlainTable
            label={words.views.cases}
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              {
                title: words.name,
                cell: ({ id, name }) => (
                  <button type="button" className="link-button" onClick={() => change({ case: id })}>
                    {name}
                  </button>
                ),
              },
              { title: words.first, long: true, cell: ({ turns }) => turns[0]?.user },
              { title: words.turns, figure: true, cell: ({ turns }) => count(turns.length) },
              {
                title: words.origin,
                cell: ({ conversationId }) =>
                  conversationId === null ? (
                    <span className="quiet">{words.written}</span>
                  ) : (
                    <Link to={`/inbox/${conversationId}`}>{words.fromConversation}</Link>
                  ),
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
      {adds && <CaseForm agent={agent} onClose={() => setAdds(false)} />}
      {opened !== undefined && one.data !== undefined && (
        <CaseForm key={opened} agent={agent} before={one.data} onClose={() => change({ case: undefined })} />
      )}
    </Sections>
  );
}
