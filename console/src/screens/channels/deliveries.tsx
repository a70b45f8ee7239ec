import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { ApiProblem } from '../../api/problem.ts';
import { useChange } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { LoadMore } from '../../parts/load-more.tsx';
import { Note } from '../../parts/note.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { At, DeliveryMark, hasFailed } from './marks.tsx';
import type { Connection, Delivery } from './shapes.ts';
import { channelWords } from './words.ts';

/** Messages to contacts: those that did not arrive, with why, or all. */
export function Deliveries({ connections }: { connections: readonly Connection[] }) {
  const words = useWords(channelWords);
  const manages = useMay('channels:manage');
  const [address, change] = useAddressState();
  const [asks, setAsks] = useState<Delivery>();
  const connection = address['connection'];
  const all = address['which'] === 'all';
  const list = useInfiniteQuery<
    Awaited<ReturnType<typeof read>>,
    ApiProblem,
    { pages: Awaited<ReturnType<typeof read>>[] },
    unknown[],
    string | undefined
  >({
    queryKey: ['GET /api/v1/deliveries', connection, all],
    queryFn: ({ pageParam, signal }) => read({ connection, all, before: pageParam, signal }),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 15_000,
  });
  const replay = useChange(
    (id: string) => call('POST /api/v1/deliveries/{id}/replay', { path: { id } }),
    ['GET /api/v1/deliveries', 'GET /api/v1/channels/activity'],
  );
  const rows = list.data?.pages.flatMap(({ deliveries }) => deliveries) ?? [];
  const nameOf = (id: string) => connections.find((each) => each.id === id)?.name ?? id.slice(0, 8);
  // What was sent again already is not sent a second time.
  const replayed = new Set(rows.flatMap(({ replays }) => (replays === null ? [] : [replays])));
  return (
    <>
      <div className="channel-filters">
        <div className="views channel-views" role="group" aria-label={words.deliveries}>
          {(['failed', 'all'] as const).map((each) => (
            <button type="button" key={each} aria-pressed={all === (each === 'all')} onClick={() => change({ which: each })}>
              {each === 'all' ? words.all : words.onlyFailed}
            </button>
          ))}
        </div>
        <select
          aria-label={words.views.connections}
          value={connection ?? ''}
          onChange={(event) => change({ connection: event.target.value })}
        >
          <option value="">{words.any}</option>
          {connections.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {replay.isSuccess && asks === undefined && <Note kind="good">{words.replayed}</Note>}
      <Surface read={list} rows={5} isEmpty={rows.length === 0} empty={<Empty title={all ? words.noDelivery : words.noFailed} />}>
        <PlainTable
          label={words.deliveries}
          rows={rows}
          keyOf={({ id }) => id}
          columns={[
            { title: words.at, cell: ({ createdAt }) => <At at={createdAt} none="" /> },
            { title: words.views.connections, cell: (row) => nameOf(row.connection) },
            {
              title: words.message,
              long: true,
              cell: ({ text, saidBy, conversation }) => (
                <>
                  {text.length > 160 ? `${text.slice(0, 160)}…` : text}{' '}
                  <span className="small quiet">
                    {words.sayers[saidBy as keyof typeof words.sayers] ?? saidBy}
                    {conversation !== null && (
                      <>
                        {' · '}
                        <Link to={`/inbox/${conversation}`}>{words.openConversation}</Link>
                      </>
                    )}
                  </span>
                </>
              ),
            },
            { title: words.state, cell: (delivery) => <DeliveryMark delivery={delivery} /> },
            {
              title: words.reason,
              long: true,
              cell: ({ error }) =>
                error === null ? (
                  <span className="quiet">—</span>
                ) : (
                  <>
                    <code>{error.code}</code> {error.message}
                  </>
                ),
            },
            { title: words.attempts, figure: true, cell: ({ attempts }) => count(attempts) },
            ...(manages
              ? [
                  {
                    title: words.act,
                    figure: true,
                    cell: (delivery: Delivery) =>
                      hasFailed(delivery) &&
                      !replayed.has(delivery.id) && (
                        <Button icon={RotateCcw} onClick={() => setAsks(delivery)}>
                          {words.replay}
                        </Button>
                      ),
                  },
                ]
              : []),
          ]}
        />
        <LoadMore list={list} />
      </Surface>
      {asks !== undefined && (
        <Confirm
          title={words.replay}
          what={words.replayWhat}
          verb={words.replay}
          act={() => replay.mutateAsync(asks.id)}
          onClose={() => setAsks(undefined)}
        />
      )}
    </>
  );
}

function read({
  connection,
  all,
  before,
  signal,
}: {
  connection: string | undefined;
  all: boolean;
  before: string | undefined;
  signal: AbortSignal;
}) {
  return call('GET /api/v1/deliveries', {
    query: { limit: 50, connection, before, failed: all ? undefined : 'true' },
    signal,
  });
}
