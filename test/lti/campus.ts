/** A tutor that listens, a platform that it trusts, and browsers that go from one to the other. */
import { randomUUID } from 'node:crypto';
import { tutor } from '../../agents/tutor/agent.ts';
import { freePort } from '../postgres.ts';
import { freshStoreEnvironment, type StoreKind } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { learner, openPlatform, type PlatformUser, type SentLaunch, type SimulatedPlatform } from './platform.ts';

export interface Page {
  status: number;
  html: string;
  headers: Headers;
  /** What the scripts of the page are given. */
  data: Record<string, unknown> & { session?: { accessToken: string; refreshToken: string } };
  /** Hidden fields of its forms. */
  fields: Record<string, string>;
}

/** A browser without a window: follows no redirect by itself, and keeps cookies. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  forget(): void {
    this.#cookies.clear();
  }

  async open(address: string, form?: Record<string, string>): Promise<Page> {
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const html = await response.text();
    const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1];
    const fields = [...html.matchAll(/<input[^>]*name="([\w]+)"[^>]*value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
    return {
      status: response.status,
      html,
      headers: response.headers,
      data: data === undefined ? {} : (JSON.parse(data) as Page['data']),
      fields: Object.fromEntries(fields) as Record<string, string>,
    };
  }
}

export interface Campus extends AsyncDisposable {
  timonel: TestTimonel;
  /** For another process on the same store, once this one is closed. */
  environment: Record<string, string>;
  url: string;
  platform: SimulatedPlatform;
  login: string;
  launchAddress: string;
  /** Begins a launch as the platform does. @returns where the tool sends the browser */
  begin(browser: Browser, launch: LaunchWish, more?: Record<string, string>): Promise<Page>;
  /** A whole launch. */
  launch(launch: LaunchWish, browser?: Browser): Promise<Page>;
  /** Lets time pass. */
  skip(ms: number): void;
  command<T = Record<string, unknown>>(name: string, input?: object): Promise<T>;
  created(resource: string, row: object): Promise<Record<string, unknown>>;
  rows(text: string): Promise<Record<string, unknown>[]>;
  /** Has a job run now, and whatever pauses of grades and stores be over. */
  work(job: string): Promise<void>;
  /** Says something as the person of a page. */
  say(page: Page, conversation: string | undefined, text: string): Promise<{ conversation: string; text: string }>;
}

export type LaunchWish = Partial<Pick<SentLaunch, 'deployment' | 'claims' | 'forge'>> & { user: PlatformUser };

export const wrongProgram = 'def doble(n):\n    return n + 2';
export const rightProgram = 'def doble(n):\n    return n * 2';

export async function openCampus(kind: StoreKind): Promise<Campus> {
  let skipped = 0;
  const now = () => new Date(Date.now() + skipped);
  const [fresh, port, platform] = await Promise.all([freshStoreEnvironment(kind), freePort(), openPlatform({ now })]);
  const url = `http://localhost:${port}`;
  const environment = {
    ...fresh.environment,
    TIMONEL_PORT: String(port),
    TIMONEL_PUBLIC_URL: url,
    TIMONEL_AGENT_PRIVATE_ADDRESSES: 'true',
  };
  const timonel = await startTimonel(kind, { agents: [tutor] }, { environment, now });
  await timonel.timonel.listen();
  const at = '/api/v1/agents/tutor';
  const expecting = async <T>(answer: Promise<{ status: number; body: T }>): Promise<T> => {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return body;
  };
  const command: Campus['command'] = <T>(name: string, input: object = {}) =>
    expecting(timonel.call<T>('POST', `${at}/commands/${name}`, input));
  const created = (resource: string, row: object) =>
    expecting(timonel.call<Record<string, unknown>>('POST', `${at}/${resource}`, row));
  const rows: Campus['rows'] = (text) => timonel.timonel.store.pool.executeText(text);
  const setup = await command<{ launch: string; login: string; keys: string }>('lti-setup');
  platform.toolKeys = setup.keys;
  await created('courses', { code: 'LTI1', title: 'Programación 1' });
  await created('activities', { code: 'LTI1-A', course: 'LTI1', title: 'Funciones' });
  await command('import-exercises', {
    activity: 'LTI1-A',
    exercises: [
      {
        code: 'doble',
        title: 'El doble',
        statement: 'Escribí `doble(n)`.',
        starterCode: 'def doble(n):\n    pass\n',
        references: [rightProgram],
        tests: [
          { code: 'v', visible: true, kind: 'call', expression: 'doble(2)', expected: 4 },
          { code: 'canary_5520117', kind: 'call', expression: 'doble(7)', expected: 14, category: 'canary_category' },
        ],
      },
    ],
  });
  await created('lti-platforms', platform.settings);
  await created('lti-deployments', { platform: 'Campus', deployment: '1', course: 'LTI1' });

  const begin: Campus['begin'] = (browser, wish, more = {}) => {
    const hint = randomUUID();
    platform.launches.set(hint, { ...wish, loginAddress: setup.login, launchAddress: setup.launch });
    return browser.open(setup.login, {
      iss: platform.url,
      client_id: platform.clientId,
      login_hint: hint,
      target_link_uri: setup.launch,
      lti_message_hint: 'hint & more',
      lti_deployment_id: wish.deployment ?? '1',
      ...more,
    });
  };
  const headersOf = (page: Page) => ({ authorization: `Bearer ${page.data.session?.accessToken}` });
  return {
    timonel,
    environment,
    url,
    platform,
    login: setup.login,
    launchAddress: setup.launch,
    begin,
    async launch(wish, browser = new Browser()) {
      const begun = await begin(browser, wish);
      if (begun.status !== 303) throw new Error(`${begun.status}: ${begun.html}`);
      const { address, form } = await platform.authorize(begun.headers.get('location') ?? '');
      return browser.open(address, form);
    },
    skip(ms) {
      skipped += ms;
    },
    command,
    created,
    rows,
    async work(job) {
      await rows(`UPDATE tutor_lti_scores SET next_at = '2000-01-01' WHERE state IN ('waiting', 'unknown')`);
      await rows(`UPDATE tutor_xapi_stores SET next_at = '-infinity'`);
      const { jobs } = timonel.timonel;
      await jobs.schedule(
        { agent: 'tutor', name: job, workspaceId: 'default', payload: {}, at: now(), key: randomUUID() },
        undefined,
      );
    },
    async say(page, conversation, text) {
      const headers = headersOf(page);
      const id =
        conversation ??
        (await expecting(timonel.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'tutor' }, headers))).id;
      const { reply } = await timonel.say(id, text, headers);
      return { conversation: id, text: reply.text };
    },
    async [Symbol.asyncDispose]() {
      await timonel.close();
      await platform[Symbol.asyncDispose]();
      await fresh.remove();
    },
  };
}

export const eva: PlatformUser = { sub: 'eva-1', name: 'Eva Ríos', roles: [learner] };
