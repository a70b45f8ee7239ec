import { X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useAnswer, useChange, usePages } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Filters } from '../../parts/filters.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { type Column, ListTable } from '../../parts/list-table.tsx';
import { Mark, type Tone } from '../../parts/note.tsx';
import { Facts } from '../../parts/page.tsx';
import { Empty, Surface } from '../../parts/surface.tsx';
import { ago, count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { hostOf } from './webhooks.tsx';
import { settingWords } from './words.ts';

type Delivery = Answer<'GET /api/v1/webhook-deliveries'>['deliveries'][number];
type State = Delivery['state'];

const tones: Record<State, Tone> = { stored: 'quiet', queued: 'info', delivered: 'good', dead: 'bad' };

/** What endpoints were told, and what became of it; what ended is sent again. */
export default function Deliveries() {
  const words = useWords(settingWords);
  const [{ endpoint, state, delivery }, change] = useAddressState();
  const read = useAnswer('GET /api/v1/webhooks', {});
  const webhooks = read.data?.webhooks ?? [];
  const list = usePages(
    'GET /api/v1/webhook-deliveries',
    { query: { endpoint, state: state as State | undefined, limit: 100 } },
    { cursor: 'before', every: 15_000 },
  );
  const rows = useMemo(() => list.data?.pages.flatMap(({ deliveries }) => deliveries) ?? [], [list.data]);
  const opened = rows.find(({ id }) => id === delivery);
  const nameOf = (id: string) => {
    const found = webhooks.find((each) => each.id === id);
    if (found !== undefined) return hostOf(found.url);
    return read.data === undefined ? '…' : words.removedEndpoint;
  };
  const columns: readonly Column<Delivery>[] = [
    { key: 'event', title: words.event, width: 'minmax(110px, 1fr)', cell: ({ event }) => <code>{event}</code> },
    { key: 'to', title: words.to, width: 'minmax(0, 1.2fr)', wide: true, cell: (each) => nameOf(each.endpoint) },
    {
      key: 'state',
      title: words.state,
      width: 'minmax(96px, 0.8fr)',
      cell: (each) => <Mark kind={tones[each.state]}>{words.deliveryStates[each.state]}</Mark>,
    },
    { key: 'attempts', title: words.attempts, width: '84px', figure: true, wide: true, cell: ({ attempts }) => count(attempts) },
    { key: 'answer', title: words.answer, width: 'minmax(0, 1.2fr)', wide: true, cell: answerOf },
    {
      key: 'when',
      title: words.when,
      width: 'minmax(72px, 0.6fr)',
      cell: ({ occurredAt }) => (
        <time dateTime={occurredAt} title={exactTime(occurredAt)}>
          {ago(occurredAt)}
        </time>
      ),
    },
  ];
  return (
    <>
      <div className="settings-head">
        <Filters
          choices={[
            {
              name: 'state',
              label: words.state,
              choices: Object.entries(words.deliveryStates).map(([value, label]) => ({ value, label })),
            },
            { name: 'endpoint', label: words.to, choices: webhooks.map(({ id, url }) => ({ value: id, label: hostOf(url) })) },
          ]}
        />
      </div>
      <div className={opened === undefined ? 'settings-list' : 'settings-list opened'}>
        <div className="settings-rows">
          <Surface read={list} isEmpty={rows.length === 0} empty={<Empty title={words.noDelivery}>{words.noDeliveryHint}</Empty>}>
            <ListTable
              label={words.deliveries}
              columns={columns}
              rows={rows}
              keyOf={({ id }) => id}
              chosen={delivery}
              onOpen={({ id }) => change({ delivery: id })}
              hasMore={list.hasNextPage}
              loadingMore={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            />
          </Surface>
        </div>
        {opened !== undefined && (
          <DeliveryDetails delivery={opened} to={nameOf(opened.endpoint)} onClose={() => change({ delivery: undefined })} />
        )}
      </div>
    </>
  );
}

function DeliveryDetails({ delivery, to, onClose }: { delivery: Delivery; to: string; onClose(): void }) {
  const words = useWords(settingWords);
  const [asks, setAsks] = useState(false);
  const { id, event, data, state, attempts, occurredAt, endedAt } = delivery;
  const replay = useChange(
    () => call('POST /api/v1/webhook-deliveries/{id}/replay', { path: { id } }),
    ['GET /api/v1/webhook-deliveries'],
  );
  return (
    <aside className="settings-delivery" aria-label={event} tabIndex={0}>
      <div className="row">
        <h2 className="grow cut">{event}</h2>
        <Button kind="quiet" icon={X} iconOnly onClick={onClose}>
          {words.closeDelivery}
        </Button>
      </div>
      <Facts
        facts={[
          [
            words.state,
            <Mark key="state" kind={tones[state]}>
              {words.deliveryStates[state]}
            </Mark>,
          ],
          [words.to, to],
          [words.attempts, count(attempts)],
          [words.answer, answerOf(delivery)],
          [words.when, exactTime(endedAt ?? occurredAt)],
          [words.id, <code key="id">msg_{id}</code>],
        ]}
      />
      {endedAt !== null && (
        <div className="page-actions">
          <Button onClick={() => setAsks(true)}>{words.replay}</Button>
        </div>
      )}
      <JsonView label={words.data} value={data} />
      {asks && (
        <Confirm
          title={words.replayNamed(event)}
          what={words.replayWhat}
          verb={words.replay}
          act={() => replay.mutateAsync(undefined)}
          onClose={() => setAsks(false)}
        />
      )}
    </aside>
  );
}

function answerOf({ status, error }: Delivery): string {
  return [status === null ? '' : String(status), error ?? ''].filter((each) => each !== '').join(' · ') || '—';
}
