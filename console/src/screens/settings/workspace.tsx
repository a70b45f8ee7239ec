import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call, type Options } from '../../api/client.ts';
import { useAnswer, useChange } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Field } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Facts, Section, Sections } from '../../parts/page.tsx';
import { Surface } from '../../parts/surface.tsx';
import { useMay } from '../../session/session.tsx';
import { count, setTimeZone } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { settingWords } from './words.ts';
import { ZoneField } from './zone-field.tsx';

type Changes = Options<'PATCH /api/v1/workspace'>['body'];

/** Name, zone, passwords, services to sign in with, and how long data is kept. */
export function WorkspaceSettings() {
  const words = useWords(settingWords);
  const manages = useMay('workspace:manage');
  const [asks, setAsks] = useState<'change' | 'passwords' | 'retention'>();
  const read = useAnswer('GET /api/v1/workspace', {});
  const services = useAnswer('GET /api/v1/auth/oidc', {});
  const workspace = read.data;
  const change = useChange(
    async (body: Changes) => {
      const changed = await call('PATCH /api/v1/workspace', { body });
      // All times of the page are in it.
      setTimeZone(changed.timeZone);
    },
    ['GET /api/v1/workspace', 'GET /api/v1/workspaces'],
  );
  return (
    <Surface read={read}>
      {workspace !== undefined && (
        <Sections>
          <Section title={words.workspace} actions={manages && <Button onClick={() => setAsks('change')}>{words.change}</Button>}>
            <Facts
              facts={[
                [words.name, workspace.name],
                [words.timeZone, workspace.timeZone],
                [words.id, <code key="id">{workspace.workspaceId}</code>],
              ]}
            />
            <p className="small quiet">
              {words.elsewhere} <Link to="/data">{words.toData}</Link>
            </p>
          </Section>
          <Section
            title={words.passwords}
            actions={
              manages && (
                <Button onClick={() => setAsks('passwords')}>
                  {workspace.classicPasswords ? words.dropClassic : words.askClassic}
                </Button>
              )
            }
          >
            <p>
              {words.passwordsWhat} {workspace.classicPasswords ? words.classic : words.notClassic}
            </p>
          </Section>
          <Section title={words.signIn}>
            <p className="small quiet">{words.signInHint}</p>
            <Surface
              read={services}
              rows={1}
              isEmpty={services.data?.providers.length === 0}
              empty={<p className="quiet">{words.noSignIn}</p>}
            >
              <Facts facts={services.data?.providers.map(({ id, name }) => [name, <code key={id}>{id}</code>] as const) ?? []} />
            </Surface>
          </Section>
          <Section
            title={words.retention}
            actions={manages && <Button onClick={() => setAsks('retention')}>{words.changeDays}</Button>}
          >
            <p className="small quiet">{words.retentionHint}</p>
            <Facts
              facts={(['conversations', 'sessions', 'audit'] as const).map((kind) => {
                const own = kind === 'conversations' ? workspace.conversationDays : null;
                const days = own ?? workspace.retentionDays[kind];
                return [words.kinds[kind], days === 0 ? words.forEver : words.days(count(days))] as const;
              })}
            />
          </Section>
        </Sections>
      )}
      {asks === 'change' && workspace !== undefined && (
        <WorkspaceForm workspace={workspace} act={(body) => change.mutateAsync(body)} onClose={() => setAsks(undefined)} />
      )}
      {asks === 'retention' && workspace !== undefined && (
        <RetentionForm
          days={workspace.conversationDays}
          most={workspace.retentionDays.conversations}
          act={(conversationDays) => change.mutateAsync({ conversationDays })}
          onClose={() => setAsks(undefined)}
        />
      )}
      {asks === 'passwords' && workspace !== undefined && (
        <Confirm
          title={words.passwords}
          what={workspace.classicPasswords ? words.dropClassicWhat : words.classicWhat}
          verb={workspace.classicPasswords ? words.dropClassic : words.askClassic}
          act={() => change.mutateAsync({ classicPasswords: !workspace.classicPasswords })}
          onClose={() => setAsks(undefined)}
        />
      )}
    </Surface>
  );
}

interface WorkspaceFormProps {
  workspace: { name: string; timeZone: string };
  act(changes: { name: string; timeZone: string }): Promise<unknown>;
  onClose(): void;
}

export function WorkspaceForm({ workspace, act, onClose }: WorkspaceFormProps) {
  const words = useWords(settingWords);
  const [name, setName] = useState(workspace.name);
  const [timeZone, setZone] = useState(workspace.timeZone);
  return (
    <FormDialog
      title={words.changeWorkspace}
      verb={words.save}
      ready={name.trim() !== '' && timeZone.trim() !== ''}
      act={() => act({ name: name.trim(), timeZone: timeZone.trim() })}
      onClose={onClose}
    >
      <Field label={words.name}>
        <input required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      </Field>
      <ZoneField zone={timeZone} onZone={setZone} />
    </FormDialog>
  );
}

interface RetentionFormProps {
  days: number | null;
  /** Of the installation; 0 is for ever. */
  most: number;
  act(days: number | null): Promise<unknown>;
  onClose(): void;
}

function RetentionForm({ days, most, act, onClose }: RetentionFormProps) {
  const words = useWords(settingWords);
  const [text, setText] = useState(days === null ? '' : String(days));
  return (
    <FormDialog
      title={words.changeDays}
      verb={words.save}
      danger={text !== ''}
      act={() => act(text === '' ? null : Number(text))}
      onClose={onClose}
    >
      <p>{words.conversationDaysWhat}</p>
      <Field label={words.conversationDays} hint={words.conversationDaysHint(most === 0 ? words.forEver : words.days(count(most)))}>
        <input
          type="number"
          min={1}
          max={most === 0 ? 36_500 : most}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
    </FormDialog>
  );
}
