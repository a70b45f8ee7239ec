/** One connection: whether it works, what the provider says of it, its templates, and a message to try it. */
import { Link, useParams } from '@tanstack/react-router';
import { Ban, CircleCheck, KeyRound, Pencil, Send, Stethoscope } from 'lucide-react';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { Mark, Note } from '../../parts/note.tsx';
import { Facts, Page, Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Surface } from '../../parts/surface.tsx';
import { partWords } from '../../parts/words.ts';
import { useMay } from '../../session/session.tsx';
import { count, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import './channels.css';
import ConnectionForm from './connection-form.tsx';
import { At, ConnectionMark } from './marks.tsx';
import { SecretsForm } from './secrets-form.tsx';
import { type ChannelName, type Connection, type Finding, touchedByConnections } from './shapes.ts';
import { Templates } from './templates.tsx';
import { TestMessage } from './test-message.tsx';
import { channelWords } from './words.ts';

type Act = 'change' | 'rotate' | 'disable' | 'enable' | 'try';

export default function ConnectionPage() {
  const words = useWords(channelWords);
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const manages = useMay('channels:manage');
  const [asks, setAsks] = useState<Act>();
  const path = { connection: id };
  const read = useAnswer('GET /api/v1/channels/{connection}', { path });
  const activity = useAnswer('GET /api/v1/channels/activity', {}, { every: 15_000 }).data?.activity.find(
    (each) => each.connection === id,
  );
  const check = useChange(() => call('POST /api/v1/channels/{connection}/test', { path }), []);
  const enable = useChange(
    (enabled: boolean) => call('PATCH /api/v1/channels/{connection}', { path, body: { enabled } }),
    touchedByConnections,
  );
  const connection = read.data;
  const isOn = connection?.disabledAt === null;
  return (
    <Page
      title={connection?.name ?? words.title}
      scrolls
      actions={
        <Link className="small" to="/channels">
          {words.back}
        </Link>
      }
      below={
        manages &&
        connection !== undefined && (
          <div className="page-actions">
            <Button icon={Stethoscope} busy={check.isPending} title={words.checkHint} onClick={() => check.mutate(undefined)}>
              {words.check}
            </Button>
            {isOn && connection.channel !== 'web' && (
              <Button icon={Send} onClick={() => setAsks('try')}>
                {words.tryIt}
              </Button>
            )}
            <Button icon={Pencil} onClick={() => setAsks('change')}>
              {words.change}
            </Button>
            <Button icon={KeyRound} onClick={() => setAsks('rotate')}>
              {words.rotate}
            </Button>
            {isOn ? (
              <Button kind="danger" icon={Ban} onClick={() => setAsks('disable')}>
                {words.disable}
              </Button>
            ) : (
              <Button icon={CircleCheck} onClick={() => setAsks('enable')}>
                {words.enable}
              </Button>
            )}
          </div>
        )
      }
    >
      <Surface read={read} rows={4}>
        {connection !== undefined && (
          <Sections>
            {connection.suspended !== null && isOn && (
              <Note
                kind="bad"
                action={
                  manages && (
                    <Button busy={enable.isPending} onClick={() => enable.mutate(true)}>
                      {words.resume}
                    </Button>
                  )
                }
              >
                {words.suspended(`${connection.suspended.message} (${connection.suspended.code}).`)}
              </Note>
            )}
            {enable.error !== null && <Note kind="bad">{enable.error.message}</Note>}
            <Facts
              facts={[
                [words.state, <ConnectionMark key="state" connection={connection} />],
                [words.channel, words.channels[connection.channel as ChannelName] ?? connection.channel],
                [words.agent, connection.agent],
                [words.account, connection.account],
                [words.heard, <At key="heard" at={activity?.heardAt ?? null} none={words.never} />],
                [words.sent, <At key="sent" at={activity?.sentAt ?? null} none={words.never} />],
                [words.waiting, count(activity?.waiting ?? 0)],
                [words.failed, words.failedOf(count(activity?.failed ?? 0), count(activity?.recent ?? 0))],
                [words.secretsSet, connection.secrets.join(', ')],
              ]}
            />
            {connection.previousUntil !== null && <p className="quiet">{words.previous(exactTime(connection.previousUntil))}</p>}
            <Addresses connection={connection} />
            <div role="status">
              {check.error !== null && <Note kind="bad">{check.error.message}</Note>}
              {check.data !== undefined && <Findings ok={check.data.ok} findings={check.data.findings} />}
            </div>
            {connection.channel !== 'web' && connection.channel !== 'email' && (
              <Templates connection={connection} findings={check.data?.findings} manages={manages} />
            )}
            {asks === 'try' && <TestMessage connection={connection} onClose={() => setAsks(undefined)} />}
            {asks === 'change' && <ConnectionForm before={connection} onClose={() => setAsks(undefined)} />}
            {asks === 'rotate' && <SecretsForm connection={connection} onClose={() => setAsks(undefined)} />}
            {(asks === 'disable' || asks === 'enable') && (
              <Confirm
                title={words[asks]}
                what={asks === 'disable' ? words.disableWhat(connection.name) : words.enableWhat}
                verb={words[asks]}
                danger={asks === 'disable'}
                name={asks === 'disable' ? connection.name : undefined}
                act={() => enable.mutateAsync(asks === 'enable')}
                onClose={() => setAsks(undefined)}
              />
            )}
          </Sections>
        )}
      </Surface>
    </Page>
  );
}

/** What is given to a provider, or put on a page. */
function Addresses({ connection: { script, webhook, channel } }: { connection: Connection }) {
  const words = useWords(channelWords);
  if (script !== null)
    return (
      <Section title={words.snippet}>
        <p className="small quiet">{words.snippetHint}</p>
        <CopyText text={script} label={words.snippet} />
      </Section>
    );
  if (webhook === null || channel === 'web') return null;
  return (
    <Section title={words.webhook}>
      <CopyText text={webhook} label={words.webhook} />
    </Section>
  );
}

function Findings({ ok, findings }: { ok: boolean; findings: readonly Finding[] }) {
  const words = useWords(channelWords);
  const parts = useWords(partWords);
  return (
    <Section title={words.checked}>
      <Note kind={ok ? 'good' : 'warn'}>{ok ? words.checkOk : words.checkBad}</Note>
      <PlainTable
        label={words.checked}
        rows={findings}
        keyOf={({ what }) => what}
        columns={[
          { title: words.what, cell: ({ what }) => what },
          {
            title: words.state,
            cell: (finding) => <Mark kind={finding.ok ? 'good' : 'bad'}>{finding.ok ? parts.yes : parts.no}</Mark>,
          },
          { title: words.reason, long: true, cell: ({ detail }) => detail },
        ]}
      />
    </Section>
  );
}
