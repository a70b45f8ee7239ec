/** The addresses of the console: one for each address of each screen, below the frame. */
import { createRootRoute, createRoute, createRouter, type ErrorComponentProps, Link, Navigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { problemOf } from '../api/problem.ts';
import { readAddress } from '../parts/address-state.ts';
import { Button } from '../parts/button.tsx';
import { Note } from '../parts/note.tsx';
import { Page } from '../parts/page.tsx';
import { maySee, screens } from '../screens/all.ts';
import type { Screen, ScreenAddress } from '../screens/screen.ts';
import { useMe } from '../session/session.tsx';
import { useWords } from '../words/language.ts';
import { Frame } from './frame.tsx';
import { frameWords } from './words.ts';

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound, validateSearch: readAddress });
const start = createRoute({ getParentRoute: () => root, path: '/', component: Start });

const routes = screens.flatMap((screen) =>
  screen.addresses.map((address) =>
    createRoute({ getParentRoute: () => root, path: address.path, component: shown(screen, address), errorComponent: Broken }),
  ),
);

export const router = createRouter({
  routeTree: root.addChildren([start, ...routes]),
  basepath: '/console',
  defaultPreload: 'intent',
  // Texts stay as they are written: ?status=open, not ?status="open".
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(readAddress(search)).toString();
    return text === '' ? '' : `?${text}`;
  },
});

function shown(screen: Screen, { load }: ScreenAddress) {
  const Content = lazy(load);
  return () => {
    const me = useMe();
    if (!maySee(me, screen)) return <Refused screen={screen} />;
    return (
      <Suspense fallback={<div className="page" />}>
        <Content />
      </Suspense>
    );
  };
}

/** Leads to the first screen that the person may see. */
function Start() {
  const me = useMe();
  const first = screens.find((screen) => maySee(me, screen));
  return first === undefined ? <NotFound /> : <Navigate to={first.home} replace />;
}

function Refused({ screen }: { screen: Screen }) {
  const words = useWords(frameWords);
  const { title } = useWords(screen.title);
  return (
    <Page title={title}>
      <div className="failure">
        <Note kind="info">{words.notAllowed}</Note>
      </div>
    </Page>
  );
}

function NotFound() {
  const words = useWords(frameWords);
  return (
    <Page title="404">
      <div className="failure">
        <Note kind="info" action={<Link to="/">{words.toStart}</Link>}>
          {words.notFound}
        </Note>
      </div>
    </Page>
  );
}

/** Also where a file of an earlier build is asked for, after a new version was deployed. */
function Broken({ error }: ErrorComponentProps) {
  const words = useWords(frameWords);
  return (
    <Page title="Timonel">
      <div className="failure">
        <Note kind="bad" action={<Button onClick={() => location.reload()}>{words.reload}</Button>}>
          {words.broken} <span className="mono small">{problemOf(error).message}</span>
        </Note>
      </div>
    </Page>
  );
}
