/** Signing in: with an account, its second factor, or another service. */
import { type FormEvent, useEffect, useState } from 'react';
import { send, setCsrfToken } from '../api/client.ts';
import { type ApiProblem, problemOf, readProblem } from '../api/problem.ts';
import { PreferenceButtons } from '../frame/preference-buttons.tsx';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Note } from '../parts/note.tsx';
import { useWords } from '../words/language.ts';
import './sign-in.css';
import { sessionWords } from './words.ts';

interface Provider {
  id: string;
  name: string;
}

interface Choice {
  id: string;
  name: string;
}

export function SignIn({ why, onSignedIn }: { why: 'expired' | 'link-used' | undefined; onSignedIn(): void }) {
  const words = useWords(sessionWords);
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [workspace, setWorkspace] = useState('');
  const [asks, setAsks] = useState({ code: false, forgot: false, link: false });
  const [choices, setChoices] = useState<Choice[]>([]);
  const [problem, setProblem] = useState<ApiProblem>();
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [providers, setProviders] = useState<Provider[]>([]);

  useEffect(() => {
    send('GET', '/api/v1/auth/oidc', {})
      .then((response) => response.json())
      .then(({ providers: known }: { providers?: Provider[] }) => setProviders(known ?? []))
      .catch(() => {});
  }, []);

  const signIn = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const who = login.includes('@') ? { email: login.trim() } : { userName: login.trim() };
      const body = asks.link
        ? { password }
        : {
            ...who,
            password,
            cookies: true,
            ...(code === '' ? {} : { code: code.trim() }),
            ...(workspace === '' ? {} : { workspace }),
          };
      const response = await send('POST', asks.link ? '/api/v1/auth/oidc/link' : '/api/v1/auth/login', { body });
      if (!response.ok) throw await readProblem(response);
      setCsrfToken(((await response.json()) as { csrfToken?: string }).csrfToken);
      onSignedIn();
    } catch (error) {
      const found = problemOf(error);
      if (found.code === 'second_factor_required') setAsks((before) => ({ ...before, code: true }));
      else if (found.code === 'workspace_required') {
        const known = (found.details['workspaces'] ?? []) as Choice[];
        setChoices(known);
        setWorkspace(known[0]?.id ?? '');
      } else setProblem(found);
    } finally {
      setBusy(false);
    }
  };

  const reset = async () => {
    setSent(false);
    await send('POST', '/api/v1/auth/forgot-password', { body: { email: login.trim() } }).catch(() => {});
    setSent(true);
  };

  return (
    <main className="sign-in">
      <form onSubmit={signIn}>
        <h1>{words.title}</h1>
        {why !== undefined && problem === undefined && (
          <Note kind="info">{why === 'expired' ? words.expired : words.linkUsed}</Note>
        )}
        {asks.link && <Note kind="info">{words.linkPassword}</Note>}
        {!asks.link && (
          <Field label={words.login}>
            <input
              value={login}
              onChange={(event) => setLogin(event.target.value)}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
            />
          </Field>
        )}
        <Field label={words.password}>
          <input
            type="password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            autoComplete="current-password"
            required
          />
        </Field>
        {asks.code && (
          <Field label={words.code}>
            <input
              value={code}
              onChange={(event) => setCode(event.target.value)}
              autoComplete="one-time-code"
              inputMode="numeric"
              required
            />
          </Field>
        )}
        {choices.length > 0 && (
          <Field label={words.workspace}>
            <select value={workspace} onChange={(event) => setWorkspace(event.target.value)}>
              {choices.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
        )}
        {problem !== undefined && <Note kind="bad">{problem.status === 0 ? words.unreachable : problem.message}</Note>}
        <Button kind="primary" type="submit" busy={busy}>
          {busy ? words.signingIn : asks.link ? words.link : words.signIn}
        </Button>
        {providers.length > 0 && !asks.link && (
          <div className="sign-in-services">
            <span className="quiet small">{words.or}</span>
            {providers.map(({ id, name }) => (
              <a
                key={id}
                className="button"
                href={`/api/v1/auth/oidc/${encodeURIComponent(id)}/start?returnTo=${encodeURIComponent(location.pathname + location.search)}`}
              >
                {words.with(name)}
              </a>
            ))}
          </div>
        )}
        <details onToggle={(event) => setAsks((before) => ({ ...before, forgot: event.currentTarget.open }))}>
          <summary className="small">{words.forgot}</summary>
          <p className="small quiet">{words.forgotHint}</p>
          <Button onClick={reset} disabled={!login.includes('@')}>
            {words.sendReset}
          </Button>
          {sent && <p role="status">{words.sent}</p>}
        </details>
        <p className="small quiet">{words.local}</p>
      </form>
      <footer>
        <PreferenceButtons />
      </footer>
    </main>
  );
}
