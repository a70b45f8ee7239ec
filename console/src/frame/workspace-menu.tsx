import { ChevronDown } from 'lucide-react';
import { lazy } from 'react';
import { useAnswer } from '../api/queries.ts';
import { useMe } from '../session/session.tsx';
import { useWords } from '../words/language.ts';
import { switchWorkspace } from './switching.ts';
import { frameWords } from './words.ts';

/** Comes after the first paint: menus are a third of what a first screen may weigh. */
const Menu = lazy(() => import('./menu.tsx'));

/** Which workspace one is in; a menu where there are several. */
export function WorkspaceMenu() {
  const words = useWords(frameWords);
  const me = useMe();
  const workspace = useAnswer('GET /api/v1/workspace', {});
  const others = (me.user?.workspaces ?? []).filter(({ disabled }) => !disabled);
  const name = workspace.data?.name ?? others.find(({ workspaceId }) => workspaceId === me.workspaceId)?.name ?? me.workspaceId;
  const shown = (
    <>
      <span className="workspace-sign" aria-hidden="true">
        {name.slice(0, 1).toUpperCase()}
      </span>
      <strong className="menu-label">{name}</strong>
    </>
  );
  if (others.length < 2) return <div className="workspace-alone">{shown}</div>;
  return (
    <Menu
      label={words.workspace}
      groups={[
        others.map(({ workspaceId, name: other }) => ({
          key: workspaceId,
          label: other,
          chosen: workspaceId === me.workspaceId,
          act: () => void (workspaceId === me.workspaceId ? undefined : switchWorkspace(workspaceId)),
        })),
      ]}
    >
      {shown}
      <ChevronDown size={14} aria-hidden="true" />
    </Menu>
  );
}
