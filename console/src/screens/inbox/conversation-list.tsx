import { useMemo, useRef } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAnswer, usePages } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Filters } from '../../parts/filters.tsx';
import { LoadMore } from '../../parts/load-more.tsx';
import { useShortcut } from '../../parts/shortcuts.ts';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { ago, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { personName } from './person.ts';
import { inboxWords } from './words.ts';

type Listed = Answer<'GET /api/v1/conversations'>['conversations'][number];
type View = 'waiting' | 'mine' | 'open' | 'closed';

const queryOf: Record<View, Record<string, string>> = {
  waiting: { waiting: 'true', assignee: 'none' },
  mine: { assignee: 'me' },
  open: { status: 'open' },
  closed: { status: 'closed' },
};

export function ConversationList({
  chosen,
  onOpen,
  answers,
}: {
  chosen: string | undefined;
  onOpen(id: string): void;
  answers: boolean;
}) {
  const words = useWords(inboxWords);
  const [address, change] = useAddressState();
  const views: readonly View[] = answers ? ['waiting', 'mine', 'open', 'closed'] : ['open', 'closed'];
  const view = views.find((each) => each === address['view']) ?? views[0] ?? 'open';
  const { agent, channel, unread, text } = address;
  const list = usePages('GET /api/v1/conversations', {
    query: {
      ...queryOf[view],
      agent,
      channel,
      unread,
      text: text !== undefined && text.trim().length >= 3 ? text : undefined,
      limit: 50,
    },
  });
  const agents = useAnswer('GET /api/v1/agents', {}, { enabled: useMay('agents:read') });
  const rows = useMemo(() => {
    const all = list.data?.pages.flatMap(({ conversations }) => conversations) ?? [];
    // Those who wait are served in the order in which they are due.
    return view === 'waiting' ? all.toSorted((one, other) => dueOf(one) - dueOf(other)) : all;
  }, [list.data, view]);
  const box = useRef<HTMLUListElement>(null);
  const move = (by: number) => {
    const at = rows.findIndex(({ id }) => id === chosen);
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next === undefined) return;
    onOpen(next.id);
    box.current?.querySelector(`[data-id="${next.id}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  useShortcut('j', '↓', () => move(1));
  useShortcut('k', '↑', () => move(-1));

  return (
    <section className="inbox-list" aria-label={words.list}>
      <div className="views" role="group" aria-label={words.viewsLabel}>
        {views.map((each) => (
          <button type="button" key={each} aria-pressed={each === view} onClick={() => change({ view: each })}>
            {words.views[each]}
          </button>
        ))}
      </div>
      <div className="inbox-filters">
        <Filters
          search={{ name: 'text', label: words.search }}
          choices={[
            {
              name: 'agent',
              label: words.agent,
              choices: (agents.data?.agents ?? []).map(({ name }) => ({ value: name, label: name })),
            },
            {
              name: 'channel',
              label: words.channel,
              choices: ['whatsapp', 'web', 'email', 'telegram', 'sms', 'api'].map((each) => ({ value: each, label: each })),
            },
            { name: 'unread', label: words.unread, choices: [{ value: 'true', label: words.onlyUnread }] },
          ]}
        />
      </div>
      <div className="inbox-rows">
        <Surface
          read={list}
          isEmpty={rows.length === 0}
          empty={
            view === 'waiting' ? (
              <Empty title={words.emptyWaiting}>{words.emptyWaitingHint}</Empty>
            ) : view === 'mine' ? (
              <Empty title={words.emptyMine}>{words.emptyMineHint}</Empty>
            ) : (
              <Empty title={words.emptyOther}>{words.emptyOtherHint}</Empty>
            )
          }
        >
          <ul ref={box}>
            {rows.map((row) => (
              <li key={row.id}>
                <Row row={row} chosen={row.id === chosen} onOpen={onOpen} />
              </li>
            ))}
          </ul>
          <LoadMore list={list} />
        </Surface>
      </div>
    </section>
  );
}

function Row({ row, chosen, onOpen }: { row: Listed; chosen: boolean; onOpen(id: string): void }) {
  const words = useWords(inboxWords);
  const { handoff, last } = row;
  const overdue = handoff !== null && handoff.assignee === null && dueOf(row) < Date.now();
  return (
    <button
      type="button"
      data-id={row.id}
      className={row.unread ? 'side-row unread' : 'side-row'}
      aria-current={chosen ? 'true' : undefined}
      onClick={() => onOpen(row.id)}
    >
      <span className="side-row-top">
        <span className="grow cut side-row-name">
          {personName(row.contact, words.someone)}
          {row.unread && <span className="only-read">, {words.unread}</span>}
        </span>
        <time className="small quiet" dateTime={row.updatedAt} title={exactTime(row.updatedAt)}>
          {ago(row.updatedAt)}
        </time>
      </span>
      <span className="cut quiet side-row-last">{last?.text ?? ''}</span>
      <span className="side-row-foot small quiet">
        <span>{row.channel}</span>
        <span>{row.agent}</span>
        {handoff !== null && (
          <span className="cut grow side-row-why">
            {handoff.assignee !== null ? words.with(handoff.assignee.name) : words.reasons[handoff.reason]}
            {handoff.priority === 'urgent' && <strong> · {words.urgent}</strong>}
          </span>
        )}
        {overdue && handoff !== null && <span className="side-row-overdue">{words.overdue(ago(handoff.dueAt))}</span>}
      </span>
    </button>
  );
}

function dueOf({ handoff, updatedAt }: Listed): number {
  return new Date(handoff?.dueAt ?? updatedAt).getTime();
}
