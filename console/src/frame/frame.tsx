/** What stands around every screen: where one can go, who one is, whether what is shown is live. */
import { Link, Outlet, useRouter } from '@tanstack/react-router';
import { Command, PanelLeft } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useConnection } from '../api/live.ts';
import { Button } from '../parts/button.tsx';
import { Mark } from '../parts/note.tsx';
import { maySee, screens } from '../screens/all.ts';
import type { Group, Screen } from '../screens/screen.ts';
import { useMe } from '../session/session.tsx';
import { useWords } from '../words/language.ts';
import { AccountMenu } from './account-menu.tsx';
import './frame.css';
import './menu.css';
import { frameWords } from './words.ts';
import { WorkspaceMenu } from './workspace-menu.tsx';

const CommandMenu = lazy(() => import('./command-menu.tsx'));
const groups: readonly Group[] = ['work', 'build', 'run', 'admin'];

export function Frame() {
  const words = useWords(frameWords);
  const me = useMe();
  const [commands, setCommands] = useState(false);
  const [open, setOpen] = useState(false);
  const router = useRouter();
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      setCommands((before) => !before);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  useEffect(() => router.subscribe('onResolved', () => setOpen(false)), [router]);
  const mine = screens.filter((screen) => maySee(me, screen));
  return (
    <div className="frame">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {words.skip}
      </a>
      <nav className={open ? 'sidebar open' : 'sidebar'} aria-label={words.screens}>
        <Suspense fallback={<div className="workspace-alone" />}>
          <WorkspaceMenu />
        </Suspense>
        <div className="sidebar-screens">
          {groups.map((group) => {
            const ofGroup = mine.filter((screen) => screen.group === group);
            return ofGroup.length === 0 ? null : (
              <div key={group} className="sidebar-group">
                <h2>{words.groups[group]}</h2>
                <ul>
                  {ofGroup.map((screen) => (
                    <li key={screen.name}>
                      <ScreenLink screen={screen} />
                    </li>
                  ))}
                </ul>
              </div>
            );
          })}
        </div>
        <Suspense fallback={<div className="menu-trigger" />}>
          <AccountMenu />
        </Suspense>
      </nav>
      <div className="frame-main">
        <div className="topbar">
          <span className="only-narrow">
            <Button kind="quiet" icon={PanelLeft} iconOnly onClick={() => setOpen(!open)} aria-expanded={open}>
              {words.screens}
            </Button>
          </span>
          <span className="grow" />
          <Button kind="quiet" icon={Command} onClick={() => setCommands(true)} aria-keyshortcuts="Control+K">
            {words.goTo} <kbd aria-hidden="true">Ctrl K</kbd>
          </Button>
          <LiveMark />
        </div>
        <Outlet />
      </div>
      {commands && (
        <Suspense>
          <CommandMenu onClose={() => setCommands(false)} />
        </Suspense>
      )}
    </div>
  );
}

function ScreenLink({ screen }: { screen: Screen }) {
  const { title } = useWords(screen.title);
  const Icon = screen.icon;
  return (
    <Link to={screen.home} className="sidebar-link" activeProps={{ className: 'sidebar-link active' }} title={title}>
      <Icon size={16} aria-hidden="true" />
      <span className="sidebar-name">{title}</span>
      {screen.useWaiting !== undefined && <Waiting useWaiting={screen.useWaiting} />}
    </Link>
  );
}

function Waiting({ useWaiting }: { useWaiting: () => number | undefined }) {
  const words = useWords(frameWords);
  const waiting = useWaiting();
  if (waiting === undefined || waiting === 0) return null;
  return (
    <span className="sidebar-count">
      <span aria-hidden="true">{waiting > 99 ? '99+' : waiting}</span>
      <span className="only-read">{words.waiting(waiting)}</span>
    </span>
  );
}

function LiveMark() {
  const words = useWords(frameWords);
  const connection = useConnection();
  return (
    <span className="live-mark" role="status" title={words.connectionHint[connection]}>
      <Mark kind={connection === 'live' ? 'good' : connection === 'lost' ? 'bad' : 'quiet'}>{words.connection[connection]}</Mark>
    </span>
  );
}
