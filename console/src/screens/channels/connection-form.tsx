import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { partWords } from '../../parts/words.ts';
import { useMay } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import { channelKinds, commonFields, settingsOf, shownOf } from './kinds.ts';
import { givenSecrets, SecretFields, SettingFields } from './setting-fields.tsx';
import { type ChannelName, type Connection, channelNames, touchedByConnections } from './shapes.ts';
import { channelWords } from './words.ts';

/** Connects an account, or changes what is set of one. @param before absent: a new one. */
export default function ConnectionForm({ before, onClose }: { before?: Connection; onClose(): void }) {
  const words = useWords(channelWords);
  const parts = useWords(partWords);
  const navigate = useNavigate();
  const [channel, setChannel] = useState<ChannelName>((before?.channel as ChannelName | undefined) ?? 'web');
  const [name, setName] = useState(before?.name ?? '');
  const agents = useAnswer('GET /api/v1/agents', {}, { enabled: useMay('agents:read') }).data?.agents.map((each) => each.name);
  const [chosenAgent, setAgent] = useState(before?.agent);
  const agent = chosenAgent ?? agents?.[0] ?? '';
  const kind = channelKinds[channel];
  const own = kind.settings.filter(({ fixed }) => before === undefined || fixed !== true);
  const fields = [...own, ...commonFields];
  const settings = before?.settings ?? {};
  const [written, setWritten] = useState<Readonly<Record<string, string>>>({});
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  // A chat takes files unless somebody says otherwise.
  const standing = Object.fromEntries(
    fields.map((field) => [field.name, before === undefined && field.name === 'files' ? 'true' : shownOf(field, settings)]),
  );
  const texts = { ...standing, ...written };
  const save = useChange(async () => {
    const wanted = settingsOf(fields, texts);
    if (before === undefined) {
      const made = await call('POST /api/v1/channels', {
        body: { channel, name: name.trim(), agent, settings: wanted, secrets: givenSecrets(secrets) },
      });
      void navigate({ to: `/channels/${made.id}` });
      return;
    }
    await call('PATCH /api/v1/channels/{connection}', {
      path: { connection: before.id },
      body: { name: name.trim(), agent, settings: wanted },
    });
  }, touchedByConnections);
  const missing = own.some(({ name: field, required }) => required === true && (texts[field] ?? '').trim() === '');
  const secretMissing =
    before === undefined && kind.secrets.some(({ name: field, optional }) => optional !== true && (secrets[field] ?? '') === '');
  return (
    <FormDialog
      title={before === undefined ? words.connect : words.change}
      verb={before === undefined ? words.connect : parts.save}
      wide
      ready={name.trim() !== '' && agent !== '' && !missing && !secretMissing}
      act={() => save.mutateAsync(undefined)}
      onClose={onClose}
    >
      {before === undefined && (
        <Field label={words.channel}>
          <select value={channel} onChange={(event) => setChannel(event.target.value as ChannelName)}>
            {channelNames.map((each) => (
              <option key={each} value={each}>
                {words.channels[each]}
              </option>
            ))}
          </select>
        </Field>
      )}
      <Field label={`${words.name} *`} hint={words.nameHint}>
        <input required maxLength={60} value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label={words.agent} hint={words.agentHint}>
        {agents === undefined ? (
          <input value={agent} onChange={(event) => setAgent(event.target.value)} />
        ) : (
          <select value={agent} onChange={(event) => setAgent(event.target.value)}>
            {[...new Set([...agents, ...(agent === '' ? [] : [agent])])].map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        )}
      </Field>
      <SettingFields fields={own} texts={texts} onText={(field, text) => setWritten((now) => ({ ...now, [field]: text }))} />
      {before === undefined && (
        <>
          <p className="small quiet">{words.secretsHint}</p>
          <SecretFields
            fields={kind.secrets}
            texts={secrets}
            asNew
            onText={(field, text) => setSecrets((now) => ({ ...now, [field]: text }))}
          />
        </>
      )}
      <details className="channel-more">
        <summary>{words.more}</summary>
        <div className="dialog-form">
          <SettingFields
            fields={commonFields}
            texts={texts}
            onText={(field, text) => setWritten((now) => ({ ...now, [field]: text }))}
          />
        </div>
      </details>
    </FormDialog>
  );
}
