/** How is this workspace set up, and who is told of what happens in it? */
import { lazy, Suspense } from 'react';
import { useAddressState } from '../../parts/address-state.ts';
import { Page } from '../../parts/page.tsx';
import '../../parts/rows.css';
import { type Me, useMe } from '../../session/session.tsx';
import { useWords } from '../../words/language.ts';
import './settings.css';
import { settingWords } from './words.ts';
import { WorkspaceSettings } from './workspace.tsx';

const Handoff = lazy(() => import('./handoff.tsx'));
const Webhooks = lazy(() => import('./webhooks.tsx'));
const Deliveries = lazy(() => import('./deliveries.tsx'));
const Workspaces = lazy(() => import('./workspaces.tsx'));

const views = ['workspace', 'handoff', 'webhooks', 'deliveries', 'workspaces'] as const;
type View = (typeof views)[number];

const may: Record<View, (me: Me) => boolean> = {
  workspace: () => true,
  handoff: ({ permissions }) => permissions.includes('conversations:assign'),
  webhooks: ({ permissions }) => permissions.includes('webhooks:manage'),
  deliveries: ({ permissions }) => permissions.includes('webhooks:manage'),
  // Workspaces are made from the installation's own.
  workspaces: ({ permissions, workspaceId }) => workspaceId === 'default' && permissions.includes('workspace:manage'),
};

export default function Settings() {
  const words = useWords(settingWords);
  const me = useMe();
  const [address, change] = useAddressState();
  const mine = views.filter((each) => may[each](me));
  const view = mine.find((each) => each === address['view']) ?? 'workspace';
  return (
    <Page
      title={words.title}
      scrolls={view !== 'deliveries'}
      below={
        <div className="views settings-views" role="group" aria-label={words.viewsLabel}>
          {mine.map((each) => (
            <button
              type="button"
              key={each}
              aria-pressed={each === view}
              onClick={() => change({ view: each, state: undefined, endpoint: undefined, delivery: undefined })}
            >
              {words.views[each]}
            </button>
          ))}
        </div>
      }
    >
      <Suspense fallback={<div className="skeleton" />}>
        {view === 'workspace' && <WorkspaceSettings />}
        {view === 'handoff' && <Handoff />}
        {view === 'webhooks' && <Webhooks />}
        {view === 'deliveries' && <Deliveries />}
        {view === 'workspaces' && <Workspaces />}
      </Suspense>
    </Page>
  );
}
