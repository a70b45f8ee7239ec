import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Note } from '../../parts/note.tsx';
import { TemplateFields, templateReads } from '../../parts/template-fields.tsx';
import { useMay } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import { DeliveryMark } from './marks.tsx';
import { type ChannelName, type Connection, templatesOf } from './shapes.ts';
import { channelWords } from './words.ts';

/** A message to an address, and what becomes of it. */
export function TestMessage({ connection, onClose }: { connection: Connection; onClose(): void }) {
  const words = useWords(channelWords);
  const templates = templatesOf(connection);
  const [to, setTo] = useState('');
  const [text, setText] = useState('');
  const [which, setWhich] = useState('');
  const [parameters, setParameters] = useState<Readonly<Record<string, string>>>({});
  const [sent, setSent] = useState<string>();
  const template = templates.find(({ name, language }) => `${name} ${language}` === which);
  const send = useChange(async () => {
    const what =
      template === undefined
        ? { text: text.trim() }
        : { template: { name: template.name, language: template.language, parameters: { ...parameters } } };
    const made = await call('POST /api/v1/channels/{connection}/messages', {
      path: { connection: connection.id },
      body: { to: to.trim(), ...what },
    });
    setSent(made.id);
  }, ['GET /api/v1/deliveries', 'GET /api/v1/channels/activity']);
  if (sent !== undefined) return <Outcome connection={connection.id} delivery={sent} onClose={onClose} />;
  const ready =
    to.trim() !== '' &&
    (template === undefined ? text.trim() !== '' : template.parameters.every((each) => (parameters[each] ?? '').trim() !== ''));
  return (
    <FormDialog
      title={words.tryIt}
      verb={words.send}
      ready={ready}
      act={() => send.mutateAsync(undefined)}
      onClose={onClose}
      // The delivery is followed in its place.
      onDone={() => undefined}
    >
      <Field label={words.to} hint={words.toHints[connection.channel as ChannelName]}>
        <input required value={to} autoComplete="off" onChange={(event) => setTo(event.target.value)} />
      </Field>
      {templates.length > 0 && (
        <Field label={words.what}>
          <select value={which} onChange={(event) => setWhich(event.target.value)}>
            <option value="">{words.textOnly}</option>
            {templates.map(({ name, language }) => (
              <option key={`${name} ${language}`} value={`${name} ${language}`}>
                {name} ({language})
              </option>
            ))}
          </select>
        </Field>
      )}
      {template === undefined ? (
        <Field label={words.text}>
          <textarea rows={3} maxLength={4_000} value={text} onChange={(event) => setText(event.target.value)} />
        </Field>
      ) : (
        <>
          <TemplateFields
            parameters={template.parameters}
            values={parameters}
            onValue={(name, value) => setParameters((now) => ({ ...now, [name]: value }))}
          />
          {template.text !== undefined && <p className="quiet">{templateReads(template.text, parameters)}</p>}
        </>
      )}
    </FormDialog>
  );
}

function Outcome({ connection, delivery, onClose }: { connection: string; delivery: string; onClose(): void }) {
  const words = useWords(channelWords);
  const reads = useMay('conversations:read-all');
  const [over, setOver] = useState(false);
  const list = useAnswer(
    'GET /api/v1/deliveries',
    { query: { connection, limit: 20 } },
    { enabled: reads, ...(over ? {} : { every: 1_500 }) },
  );
  const found = list.data?.deliveries.find(({ id }) => id === delivery);
  const ended = found !== undefined && found.state !== 'pending' && found.state !== 'sending';
  if (ended && !over) setOver(true);
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.tryIt}
      actions={
        <Button kind="primary" onClick={onClose}>
          {words.close}
        </Button>
      }
    >
      <div role="status" className="dialog-form">
        {found === undefined ? <p>{words.sending}</p> : <DeliveryMark delivery={found} />}
        {found?.error != null && (
          <Note kind="bad">
            <code>{found.error.code}</code> {found.error.message}
          </Note>
        )}
      </div>
    </Dialog>
  );
}
