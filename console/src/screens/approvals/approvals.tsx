/** What waits for my decision? A queue, and the whole of the call beside it. */
import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useMemo, useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useAnswer, usePages } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { LoadMore } from '../../parts/load-more.tsx';
import { Page } from '../../parts/page.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { Empty, Surface } from '../../parts/surface.tsx';
import { ago, exactTime } from '../../words/format.ts';
import { useLanguage, useWords } from '../../words/language.ts';
import { ApprovalCard } from './approval-card.tsx';
import './approvals.css';
import { approvalWords } from './words.ts';

type Listed = Answer<'GET /api/v1/approvals'>['approvals'][number];
type View = 'pending' | 'approved' | 'rejected' | 'remembered';

const views: readonly View[] = ['pending', 'approved', 'rejected', 'remembered'];
const keyOf = ({ runId, callId }: Listed) => `${runId} ${callId}`;

export default function Approvals() {
  const words = useWords(approvalWords);
  const [address, change] = useAddressState();
  const view = views.find((each) => each === address['view']) ?? 'pending';
  const list = usePages('GET /api/v1/approvals', {
    query: { ...(view === 'remembered' ? { remembered: 'true' } : { status: view }), limit: 50 },
  });
  const rows = useMemo(() => list.data?.pages.flatMap(({ approvals }) => approvals) ?? [], [list.data]);
  const chosen = rows.find((row) => keyOf(row) === address['call']);
  const choose = (row: Listed | undefined) => change({ call: row === undefined ? undefined : keyOf(row) }, true);
  const move = (by: number) => {
    const at = chosen === undefined ? -1 : rows.indexOf(chosen);
    choose(rows[Math.max(0, Math.min(rows.length - 1, at + by))]);
  };
  useShortcut('j', '↓', () => move(1));
  useShortcut('k', '↑', () => move(-1));
  return (
    <Page title={words.title}>
      <div className={chosen === undefined ? 'approvals' : 'approvals reading'}>
        <section className="approvals-list" aria-label={words.list}>
          <div className="views" role="group" aria-label={words.viewsLabel}>
            {views.map((each) => (
              <button type="button" key={each} aria-pressed={each === view} onClick={() => change({ view: each, call: undefined })}>
                {words.views[each]}
              </button>
            ))}
          </div>
          <div className="approvals-rows">
            <Surface
              read={list}
              isEmpty={rows.length === 0}
              empty={
                view === 'pending' ? (
                  <Empty title={words.empty}>{words.emptyHint}</Empty>
                ) : (
                  <Empty title={words.emptyOther}>{words.emptyOtherHint}</Empty>
                )
              }
            >
              <ul>
                {rows.map((row) => (
                  <li key={keyOf(row)}>
                    <Row row={row} chosen={row === chosen} onOpen={() => choose(row)} />
                  </li>
                ))}
              </ul>
              <LoadMore list={list} />
            </Surface>
          </div>
        </section>
        <div className="approvals-one">
          {chosen === undefined ? (
            <Empty title={words.choose}>{words.chooseHint}</Empty>
          ) : (
            <One key={keyOf(chosen)} row={chosen} remembered={view === 'remembered'} onBack={() => choose(undefined)} />
          )}
        </div>
      </div>
    </Page>
  );
}

function Row({ row, chosen, onOpen }: { row: Listed; chosen: boolean; onOpen(): void }) {
  const words = useWords(approvalWords);
  const language = useLanguage();
  return (
    <button type="button" className="side-row" aria-current={chosen ? 'true' : undefined} onClick={onOpen}>
      <span className="side-row-top">
        <span className="grow cut">
          {row.agent} · <code>{row.tool}</code>
        </span>
        <time className="small quiet" dateTime={row.createdAt} title={exactTime(row.createdAt)}>
          {ago(row.createdAt)}
        </time>
      </span>
      <span className="cut quiet">{row.reason[language]}</span>
      {row.decidedBy !== undefined && <span className="small quiet">{words.decidedBy(row.decidedBy)}</span>}
    </button>
  );
}

function One({ row, remembered, onBack }: { row: Listed; remembered: boolean; onBack(): void }) {
  const words = useWords(approvalWords);
  const [asks, setAsks] = useState(false);
  const path = { id: row.runId };
  // The list cuts large arguments; the run has all of them.
  const read = useAnswer('GET /api/v1/runs/{id}', { path });
  const approval = read.data?.approvals.find(({ callId }) => callId === row.callId);
  return (
    <Surface read={read}>
      <div className="row approvals-head">
        <span className="only-narrow">
          <Button kind="quiet" icon={ArrowLeft} iconOnly onClick={onBack}>
            {words.back}
          </Button>
        </span>
        <span className="quiet grow" title={exactTime(row.createdAt)}>
          {words.waiting} {ago(row.createdAt)}
        </span>
        <Link to={`/inbox/${row.conversationId}`}>{words.conversation}</Link>
        <Link to={`/runs/${row.runId}`}>{words.openRun}</Link>
      </div>
      {approval !== undefined && <ApprovalCard runId={row.runId} approval={approval} agent={row.agent} keys />}
      {remembered && (
        <div className="approvals-end">
          <Button kind="danger" onClick={() => setAsks(true)}>
            {words.end}
          </Button>
        </div>
      )}
      {asks && (
        <Confirm
          title={words.end}
          what={words.endWhat}
          verb={words.end}
          danger
          act={() => call('DELETE /api/v1/runs/{id}/approvals/{callId}', { path: { id: row.runId, callId: row.callId } })}
          onClose={() => {
            setAsks(false);
            void read.refetch();
          }}
        />
      )}
    </Surface>
  );
}
