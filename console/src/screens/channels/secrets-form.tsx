import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useWords } from '../../words/language.ts';
import { channelKinds } from './kinds.ts';
import { givenSecrets, SecretFields } from './setting-fields.tsx';
import { type ChannelName, type Connection, touchedByConnections } from './shapes.ts';
import { channelWords } from './words.ts';

export function SecretsForm({ connection, onClose }: { connection: Connection; onClose(): void }) {
  const words = useWords(channelWords);
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const given = givenSecrets(texts);
  const rotate = useChange(
    () => call('PUT /api/v1/channels/{connection}/secrets', { path: { connection: connection.id }, body: { secrets: given } }),
    touchedByConnections,
  );
  return (
    <FormDialog
      title={words.rotate}
      verb={words.rotate}
      ready={Object.keys(given).length > 0}
      act={() => rotate.mutateAsync(undefined)}
      onClose={onClose}
    >
      <p>{words.rotateWhat}</p>
      <SecretFields
        fields={channelKinds[connection.channel as ChannelName].secrets}
        texts={texts}
        asNew={false}
        onText={(name, text) => setTexts((now) => ({ ...now, [name]: text }))}
      />
    </FormDialog>
  );
}
