/** Does every channel work? Connections with their state and last message, and what did not arrive. */
import { Link } from '@tanstack/react-router';
import { Plug } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useAnswer } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Page, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import '../../parts/rows.css';
import { Empty, Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import './channels.css';
import { Deliveries } from './deliveries.tsx';
import { At, ConnectionMark } from './marks.tsx';
import type { ChannelName } from './shapes.ts';
import { channelWords } from './words.ts';

const ConnectionForm = lazy(() => import('./connection-form.tsx'));
const views = ['connections', 'deliveries'] as const;

export default function Channels() {
  const words = useWords(channelWords);
  const manages = useMay('channels:manage');
  const seesDeliveries = useMay('conversations:read-all');
  const [address, change] = useAddressState();
  const [adds, setAdds] = useState(false);
  const mine = views.filter((each) => each === 'connections' || seesDeliveries);
  const view = mine.find((each) => each === address['view']) ?? 'connections';
  const read = useAnswer('GET /api/v1/channels', {}, { every: 60_000 });
  const activity = useAnswer('GET /api/v1/channels/activity', {}, { every: 15_000 });
  const of = new Map((activity.data?.activity ?? []).map((each) => [each.connection, each]));
  // What is in use first.
  const rows = (read.data?.connections ?? []).toSorted(
    (one, other) => Number(one.disabledAt !== null) - Number(other.disabledAt !== null),
  );
  return (
    <Page
      title={words.title}
      scrolls
      actions={
        manages && (
          <Button kind="primary" icon={Plug} onClick={() => setAdds(true)}>
            {words.connect}
          </Button>
        )
      }
      below={
        mine.length > 1 && (
          <div className="views channel-views" role="group" aria-label={words.viewsLabel}>
            {mine.map((each) => (
              <button type="button" key={each} aria-pressed={each === view} onClick={() => change({ view: each })}>
                {words.views[each]}
              </button>
            ))}
          </div>
        )
      }
    >
      <Sections wide>
        {view === 'connections' ? (
          <Surface read={read} rows={3} isEmpty={rows.length === 0} empty={<Empty title={words.none}>{words.noneHint}</Empty>}>
            <PlainTable
              label={words.views.connections}
              rows={rows}
              keyOf={({ id }) => id}
              columns={[
                { title: words.name, cell: ({ id, name }) => <Link to={`/channels/${id}`}>{name}</Link> },
                { title: words.channel, cell: ({ channel }) => words.channels[channel as ChannelName] ?? channel },
                { title: words.state, cell: (connection) => <ConnectionMark connection={connection} /> },
                { title: words.agent, cell: ({ agent }) => agent },
                { title: words.heard, cell: ({ id }) => <At at={of.get(id)?.heardAt ?? null} none={words.never} /> },
                { title: words.sent, cell: ({ id }) => <At at={of.get(id)?.sentAt ?? null} none={words.never} /> },
                { title: words.waiting, figure: true, cell: ({ id }) => count(of.get(id)?.waiting ?? 0) },
                {
                  title: words.failed,
                  figure: true,
                  cell: ({ id }) => {
                    const { failed = 0, recent = 0 } = of.get(id) ?? {};
                    if (recent === 0) return <span className="quiet">—</span>;
                    const text = words.failedOf(count(failed), count(recent));
                    if (failed === 0 || !seesDeliveries) return text;
                    return (
                      <button
                        type="button"
                        className="link-button"
                        onClick={() => change({ view: 'deliveries', connection: id, which: undefined })}
                      >
                        {text}
                      </button>
                    );
                  },
                },
              ]}
            />
          </Surface>
        ) : (
          <Deliveries connections={rows} />
        )}
      </Sections>
      {adds && (
        <Suspense>
          <ConnectionForm onClose={() => setAdds(false)} />
        </Suspense>
      )}
    </Page>
  );
}
