/** A Timonel with a console, and a browser in front of it. */
import { globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { booking } from '../../agents/booking/agent.ts';
import { notes } from '../notes-agent.ts';
import { findProgram } from '../programs.ts';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { codeProject } from './code-project.ts';
import type { ScreenWalk } from './screen-walk.ts';

/** A step in a browser on two busy cores. */
export const patient = { timeout: 60_000 };
const root = join(import.meta.dirname, '../..');
const pictures = process.env['TIMONEL_TEST_SCREENSHOTS'] === undefined ? undefined : join(root, 'console/artifacts');

export interface Opened {
  page: Page;
  context: BrowserContext;
  /** Refusals of the policy, errors of scripts, and requests to other hosts. */
  faults: string[];
  /** Answers of the API with 403. */
  refused: string[];
  go(address: string): Promise<void>;
}

export interface ConsoleTest extends AsyncDisposable {
  api: TestTimonel;
  url: string;
  /** A page of a new visitor, who is not signed in. */
  open(options?: { language?: 'es' | 'en'; width?: number; dark?: boolean }): Promise<Opened>;
  /** A page of the local administrator. */
  signedIn(options?: Parameters<ConsoleTest['open']>[0]): Promise<Opened>;
  /** A link that signs in once. */
  link(): Promise<string>;
}

/** What the model of these tests does, by what is said to the agent `notes`. */
const model = scriptedModel(({ prompt }) => {
  const last = prompt.at(-1);
  if (last?.role === 'tool') return 'Hecho.';
  const [part] = Array.isArray(last?.content) ? last.content : [];
  const said = part?.type === 'text' ? part.text : '';
  if (said.startsWith('Guardá: ')) return { calls: [{ tool: 'add_note', args: { text: said.slice(8) } }] };
  if (said.startsWith('Borrá')) return { calls: [{ tool: 'delete_notes', args: { why: said } }] };
  return `Anotado: ${said}`;
});

export async function openConsole(): Promise<ConsoleTest> {
  const fresh = await freshStoreEnvironment('embedded');
  const code = codeProject();
  const [browser, api]: [Browser, TestTimonel] = await Promise.all([
    chromium.launch({ executablePath: findProgram('chromium') ?? '', args: ['--no-sandbox', '--disable-gpu'] }),
    startTimonel(
      'embedded',
      { agents: [notes, booking, ...code.agents], models: { default: model, ...code.models } },
      // Nobody answers for providers: what is not refused before waits.
      { environment: { ...fresh.environment, TIMONEL_SAMPLE: 'true', TIMONEL_WHATSAPP_URL: 'http://127.0.0.1:9' } },
    ),
  ]);
  const url = await api.timonel.listen();
  const link = async () => {
    const headers = { authorization: `Bearer ${api.apiKey}` };
    const answer = await fetch(`${url}/api/v1/auth/local-links`, { method: 'POST', headers });
    return ((await answer.json()) as { url: string }).url;
  };
  const open: ConsoleTest['open'] = async ({ language = 'es', width = 1280, dark = false } = {}) => {
    const context = await browser.newContext({
      colorScheme: dark ? 'dark' : 'light',
      locale: language === 'es' ? 'es-AR' : 'en-GB',
      // What is measured in the middle of a change of colour is neither of both.
      reducedMotion: 'reduce',
      timezoneId: 'America/New_York',
      viewport: { width, height: width < 640 ? 844 : 800 },
    });
    const page = await context.newPage();
    const faults: string[] = [];
    const refused: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) faults.push(`asked ${request.url()}`);
    });
    page.on('response', (response) => {
      if (response.status() === 403) refused.push(`${response.request().method()} ${new URL(response.url()).pathname}`);
    });
    const go = async (address: string) => {
      await page.goto(`${url}/console${address}`);
      await page.locator('.sidebar').waitFor({ state: 'attached', ...patient });
      await settled(page);
    };
    return { page, context, faults, refused, go };
  };
  return {
    api,
    url,
    link,
    open,
    async signedIn(options) {
      const opened = await open(options);
      await opened.page.goto(await link());
      await opened.page.locator('.sidebar').waitFor({ state: 'attached', ...patient });
      return opened;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await api.close();
      await fresh.remove();
      code.remove();
    },
  };
}

/** Until everything that the page asked for has been answered, and nothing is a skeleton any more. */
export async function settled(page: Page): Promise<void> {
  await page
    .locator('body:not(:has(.skeleton)) h1')
    .first()
    .waitFor({ state: 'attached', ...patient });
}

export async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** The walks of all screens, by the name of the screen. */
export async function screenWalks(): Promise<[name: string, walk: ScreenWalk][]> {
  const files = globSync('console/src/screens/*/walk.ts', { cwd: root }).sort();
  return Promise.all(
    files.map(async (file): Promise<[string, ScreenWalk]> => {
      const { walk } = (await import(join(root, file))) as { walk: ScreenWalk };
      return [file.split('/').at(-2) ?? '', walk];
    }),
  );
}

/** All names of screens: each has a walk. */
export function screenNames(): string[] {
  return globSync('console/src/screens/*/screen.ts', { cwd: root })
    .map((file) => file.split('/').at(-2) ?? '')
    .sort();
}
