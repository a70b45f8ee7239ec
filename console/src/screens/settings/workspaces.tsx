import { Plus } from 'lucide-react';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useChange, usePages } from '../../api/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { LoadMore } from '../../parts/load-more.tsx';
import { Mark, Note } from '../../parts/note.tsx';
import { Section, Sections } from '../../parts/page.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Secret } from '../../parts/secret.tsx';
import { Surface } from '../../parts/surface.tsx';
import { ago, exactTime } from '../../words/format.ts';
import { useWords } from '../../words/language.ts';
import { settingWords } from './words.ts';
import { WorkspaceForm } from './workspace.tsx';
import { type MadeWorkspace, NewWorkspace, SeedForm } from './workspace-forms.tsx';

type Workspace = Answer<'GET /api/v1/workspaces'>['workspaces'][number];
type Act = 'change' | 'seed' | 'switch';

/** The tenants of the installation. */
export default function Workspaces() {
  const words = useWords(settingWords);
  const [makes, setMakes] = useState(false);
  const [made, setMade] = useState<MadeWorkspace>();
  const [keyShown, setKeyShown] = useState(false);
  const [said, setSaid] = useState<string>();
  const [asks, setAsks] = useState<{ workspace: Workspace; act: Act }>();
  const list = usePages('GET /api/v1/workspaces', { query: { limit: 100 } });
  const rows = list.data?.pages.flatMap(({ workspaces }) => workspaces) ?? [];
  const change = useChange(
    ({ id, body }: { id: string; body: { name?: string; timeZone?: string; disabled?: boolean } }) =>
      call('PATCH /api/v1/workspaces/{id}', { path: { id }, body }),
    ['GET /api/v1/workspaces', 'GET /api/v1/workspace'],
  );
  const isOff = asks?.workspace.disabledAt !== null;
  return (
    <Surface read={list}>
      <Sections wide>
        <Section
          title={words.views.workspaces}
          actions={
            <Button kind="primary" icon={Plus} onClick={() => setMakes(true)}>
              {words.makeWorkspace}
            </Button>
          }
        >
          <p className="small quiet">{words.workspacesHint}</p>
          {made !== undefined && <Made made={made} />}
          {said !== undefined && <Note kind="good">{said}</Note>}
          <PlainTable
            label={words.views.workspaces}
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              {
                title: words.name,
                cell: ({ id, name }) => (
                  <>
                    {name} <code className="quiet">{id}</code>
                  </>
                ),
              },
              { title: words.timeZone, cell: ({ timeZone }) => timeZone },
              {
                title: words.state,
                cell: ({ disabledAt }) => (
                  <Mark kind={disabledAt === null ? 'good' : 'quiet'}>
                    {disabledAt === null ? words.enabledWorkspace : words.disabledWorkspace}
                  </Mark>
                ),
              },
              { title: words.seeds, long: true, cell: ({ seeds }) => <span className="quiet">{seeds.join(', ') || '—'}</span> },
              {
                title: words.since,
                cell: ({ createdAt }) => (
                  <time dateTime={createdAt} title={exactTime(createdAt)}>
                    {ago(createdAt)}
                  </time>
                ),
              },
              {
                title: words.act,
                figure: true,
                cell: (workspace) => (
                  <span className="settings-acts">
                    <Button aria-label={words.changeNamed(workspace.name)} onClick={() => setAsks({ workspace, act: 'change' })}>
                      {words.change}
                    </Button>
                    <Button aria-label={words.seedNamed(workspace.name)} onClick={() => setAsks({ workspace, act: 'seed' })}>
                      {words.seed}
                    </Button>
                    {workspace.id !== 'default' && (
                      <Button
                        kind={workspace.disabledAt === null ? 'danger' : 'plain'}
                        aria-label={
                          workspace.disabledAt === null ? words.disableNamed(workspace.name) : words.enableNamed(workspace.name)
                        }
                        onClick={() => setAsks({ workspace, act: 'switch' })}
                      >
                        {workspace.disabledAt === null ? words.disable : words.enable}
                      </Button>
                    )}
                  </span>
                ),
              },
            ]}
          />
          <LoadMore list={list} />
        </Section>
      </Sections>
      {makes && (
        <NewWorkspace
          onMade={(next) => {
            setMade(next);
            setKeyShown(next.apiKey !== null);
          }}
          onClose={() => setMakes(false)}
        />
      )}
      {!makes && keyShown && made?.apiKey != null && (
        <Secret name={words.keyOf(made.workspace.name)} secret={made.apiKey.apiKey} onClose={() => setKeyShown(false)} />
      )}
      {asks?.act === 'change' && (
        <WorkspaceForm
          workspace={asks.workspace}
          act={(body) => change.mutateAsync({ id: asks.workspace.id, body })}
          onClose={() => setAsks(undefined)}
        />
      )}
      {asks?.act === 'seed' && <SeedForm workspace={asks.workspace} onSeeded={setSaid} onClose={() => setAsks(undefined)} />}
      {asks?.act === 'switch' && (
        <Confirm
          title={isOff ? words.enableNamed(asks.workspace.name) : words.disableNamed(asks.workspace.name)}
          what={isOff ? words.enableWorkspaceWhat(asks.workspace.name) : words.disableWorkspaceWhat(asks.workspace.name)}
          verb={isOff ? words.enable : words.disable}
          danger={!isOff}
          name={isOff ? undefined : asks.workspace.id}
          act={() => change.mutateAsync({ id: asks.workspace.id, body: { disabled: !isOff } })}
          onClose={() => setAsks(undefined)}
        />
      )}
    </Surface>
  );
}

function Made({ made: { workspace, invitation, failedSeeds } }: { made: MadeWorkspace }) {
  const words = useWords(settingWords);
  return (
    <Note kind={failedSeeds.length === 0 ? 'good' : 'warn'}>
      <strong>{words.made(workspace.name)}</strong> {invitation !== null && words.invited(invitation.email)}{' '}
      {failedSeeds.length > 0 && words.failedSeeds(failedSeeds.map(({ agent, problem }) => `${agent} (${problem})`).join(', '))}
    </Note>
  );
}
