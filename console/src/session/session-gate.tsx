/** Lets nobody past who is not signed in: by a session that is there, by the link of the terminal, or by the form. */
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { call, onSessionLost, send, setCsrfToken } from '../api/client.ts';
import { followChanges, stopFollowing } from '../api/live.ts';
import { problemOf } from '../api/problem.ts';
import { queries } from '../api/queries.ts';
import { setTimeZone } from '../words/format.ts';
import { useWords } from '../words/language.ts';
import { type Me, SessionProvider } from './session.tsx';
import { SignIn } from './sign-in.tsx';
import { sessionWords } from './words.ts';

type State =
  | { kind: 'asking'; failed: boolean }
  | { kind: 'out'; why: 'expired' | 'link-used' | undefined }
  | { kind: 'in'; me: Me };

/** Both effects of a strict development page are one sign-in: the link is good once. */
let entering: Promise<State> | undefined;

async function enter(): Promise<State> {
  const token = /^#sign-in=([\w-]+)$/.exec(location.hash)?.[1];
  if (token !== undefined) {
    // Out of the address before anything else: it must not be in the history, nor be shared.
    history.replaceState(null, '', location.pathname + location.search);
    const response = await send('POST', '/api/v1/auth/local', { body: { token } });
    if (!response.ok) {
      const already = await whoIsThere();
      return already.kind === 'in' ? already : { kind: 'out', why: 'link-used' };
    }
  }
  return whoIsThere();
}

async function whoIsThere(): Promise<State> {
  try {
    const me = await call('GET /api/v1/auth/me');
    setCsrfToken(me.csrfToken);
    const workspace = await call('GET /api/v1/workspace').catch(() => undefined);
    if (workspace !== undefined) {
      setTimeZone(workspace.timeZone);
      queries.setQueryData(['GET /api/v1/workspace', {}], workspace);
    }
    return { kind: 'in', me };
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status === 401) return { kind: 'out', why: undefined };
    return { kind: 'asking', failed: true };
  }
}

export function SessionGate({ children }: { children: ReactNode }) {
  const words = useWords(sessionWords);
  const [state, setState] = useState<State>({ kind: 'asking', failed: false });
  const begin = useCallback(() => {
    entering ??= enter().finally(() => {
      entering = undefined;
    });
    void entering.then(setState);
  }, []);
  useEffect(begin, [begin]);
  useEffect(() => {
    if (state.kind === 'asking' && state.failed) {
      const timer = setTimeout(begin, 3_000);
      return () => clearTimeout(timer);
    }
    if (state.kind !== 'in') return;
    followChanges();
    onSessionLost(() => setState({ kind: 'out', why: 'expired' }));
    return () => {
      stopFollowing();
      onSessionLost(() => {});
    };
  }, [state, begin]);
  if (state.kind === 'asking')
    return (
      <p className="only-read" role="status">
        {state.failed ? words.unreachable : words.loading}
      </p>
    );
  if (state.kind === 'out') {
    return (
      <SignIn
        why={state.why}
        onSignedIn={() => {
          queries.clear();
          begin();
        }}
      />
    );
  }
  return <SessionProvider me={state.me}>{children}</SessionProvider>;
}
