import { Plus } from 'lucide-react';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { useAddressState } from '../../parts/address-state.ts';
import { Button } from '../../parts/button.tsx';
import { Choices } from '../../parts/choices.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Mark, Note } from '../../parts/note.tsx';
import { Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Secret } from '../../parts/secret.tsx';
import { Surface } from '../../parts/surface.tsx';
import { ago, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { settingWords } from './words.ts';

type Webhook = Answer<'GET /api/v1/webhooks'>['webhooks'][number];
type EventName = Webhook['events'][number];
type Act = 'rotate' | 'disable' | 'enable' | 'remove';

const touches = ['GET /api/v1/webhooks', 'GET /api/v1/webhook-deliveries'] as const;

/** Who is told of what happens in the workspace. */
export default function Webhooks() {
  const words = useWords(settingWords);
  const [, changeAddress] = useAddressState();
  const [form, setForm] = useState<Webhook | 'new'>();
  const [asks, setAsks] = useState<{ webhook: Webhook; act: Act }>();
  const [secret, setSecret] = useState<{ name: string; secret: string }>();
  const read = useAnswer('GET /api/v1/webhooks', {});
  const webhooks = read.data?.webhooks ?? [];
  const test = useChange((id: string) => call('POST /api/v1/webhooks/{id}/test', { path: { id } }), touches);
  const change = useChange(async ({ webhook: { id, url }, act }: { webhook: Webhook; act: Act }) => {
    const path = { id };
    if (act === 'remove') await call('DELETE /api/v1/webhooks/{id}', { path });
    else if (act === 'rotate')
      setSecret({ name: hostOf(url), secret: (await call('POST /api/v1/webhooks/{id}/rotate', { path, body: {} })).secret });
    else await call('PATCH /api/v1/webhooks/{id}', { path, body: { enabled: act === 'enable' } });
  }, touches);
  const tested = webhooks.find(({ id }) => id === test.data?.endpoint);
  const texts: Record<Act, { verb: string; named(name: string): string; what: string }> = {
    rotate: { verb: words.rotate, named: words.rotateNamed, what: words.rotateWhat },
    disable: { verb: words.disable, named: words.disableNamed, what: words.disableWhat },
    enable: { verb: words.enable, named: words.enableNamed, what: words.enableWhat },
    remove: { verb: words.remove, named: words.removeNamed, what: words.removeWhat },
  };
  return (
    <Surface read={read}>
      <Sections wide>
        <Section
          title={words.views.webhooks}
          actions={
            <Button kind="primary" icon={Plus} onClick={() => setForm('new')}>
              {words.addWebhook}
            </Button>
          }
        >
          <p className="small quiet">{words.webhooksHint}</p>
          {webhooks.length === 0 ? (
            <p className="quiet">{words.noWebhook}</p>
          ) : (
            <PlainTable
              label={words.views.webhooks}
              rows={webhooks}
              keyOf={({ id }) => id}
              columns={[
                { title: words.url, long: true, cell: ({ url }) => url },
                {
                  title: words.events,
                  long: true,
                  cell: ({ events }) => events.map((each) => words.eventNames[each]).join(', '),
                },
                { title: words.state, long: true, cell: (webhook) => <WebhookState webhook={webhook} /> },
                {
                  title: words.act,
                  long: true,
                  cell: (webhook) => {
                    const name = hostOf(webhook.url);
                    const acts: Act[] = ['rotate', webhook.disabledAt === null ? 'disable' : 'enable', 'remove'];
                    return (
                      <span className="settings-acts">
                        <Button
                          aria-label={words.seeDeliveries(name)}
                          onClick={() => changeAddress({ view: 'deliveries', endpoint: webhook.id })}
                        >
                          {words.views.deliveries}
                        </Button>
                        <Button
                          aria-label={words.testNamed(name)}
                          busy={test.isPending && test.variables === webhook.id}
                          onClick={() => test.mutate(webhook.id)}
                        >
                          {words.test}
                        </Button>
                        <Button aria-label={words.changeNamed(name)} onClick={() => setForm(webhook)}>
                          {words.change}
                        </Button>
                        {acts.map((act) => (
                          <Button
                            key={act}
                            kind={act === 'remove' ? 'danger' : 'plain'}
                            aria-label={texts[act].named(name)}
                            onClick={() => setAsks({ webhook, act })}
                          >
                            {texts[act].verb}
                          </Button>
                        ))}
                      </span>
                    );
                  },
                },
              ]}
            />
          )}
          {test.isSuccess && tested !== undefined && <Note kind="info">{words.tested(hostOf(tested.url))}</Note>}
          {test.isError && <Note kind="bad">{test.error.message}</Note>}
        </Section>
      </Sections>
      {form !== undefined && (
        <WebhookForm webhook={form === 'new' ? undefined : form} onMade={setSecret} onClose={() => setForm(undefined)} />
      )}
      {asks !== undefined && (
        <Confirm
          title={texts[asks.act].named(hostOf(asks.webhook.url))}
          what={texts[asks.act].what}
          verb={texts[asks.act].verb}
          danger={asks.act === 'remove'}
          name={asks.act === 'remove' ? hostOf(asks.webhook.url) : undefined}
          act={() => change.mutateAsync(asks)}
          onClose={() => setAsks(undefined)}
        />
      )}
      {secret !== undefined && asks === undefined && form === undefined && (
        <Secret {...secret} onClose={() => setSecret(undefined)} />
      )}
    </Surface>
  );
}

function WebhookState({ webhook: { disabledAt, previousUntil, createdAt } }: { webhook: Webhook }) {
  const words = useWords(settingWords);
  const rotating = previousUntil !== null && new Date(previousUntil).getTime() > Date.now();
  const since = disabledAt ?? createdAt;
  return (
    <>
      <Mark kind={disabledAt === null ? 'good' : 'quiet'}>{disabledAt === null ? words.enabled : words.disabled}</Mark>{' '}
      <time className="quiet" dateTime={since} title={exactTime(since)}>
        {ago(since)}
      </time>
      {rotating && <div className="small quiet">{words.rotating(exactTime(previousUntil))}</div>}
    </>
  );
}

interface WebhookFormProps {
  webhook: Webhook | undefined;
  onMade(made: { name: string; secret: string }): void;
  onClose(): void;
}

function WebhookForm({ webhook, onMade, onClose }: WebhookFormProps) {
  const words = useWords(settingWords);
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [events, setEvents] = useState<readonly string[]>(webhook?.events ?? []);
  const store = useChange(async () => {
    const body = { url: url.trim(), events: events as EventName[] };
    if (webhook !== undefined) await call('PATCH /api/v1/webhooks/{id}', { path: { id: webhook.id }, body });
    else onMade({ name: hostOf(body.url), secret: (await call('POST /api/v1/webhooks', { body })).secret });
  }, touches);
  return (
    <FormDialog
      title={webhook === undefined ? words.addWebhook : words.changeNamed(hostOf(webhook.url))}
      verb={words.save}
      ready={url.trim() !== '' && events.length > 0}
      act={() => store.mutateAsync(undefined)}
      onClose={onClose}
    >
      <Field label={words.url} hint={words.urlHint}>
        <input type="url" required maxLength={2_000} value={url} onChange={(event) => setUrl(event.target.value)} />
      </Field>
      <Choices
        label={words.events}
        choices={Object.entries(words.eventNames).map(([value, label]) => ({ value, label }))}
        chosen={events}
        onChange={setEvents}
      />
    </FormDialog>
  );
}

/** The part of an address by which people know it. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
