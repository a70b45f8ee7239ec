/** How the console looks and weighs: axe on every screen, pictures, sizes, and what a browser is told about it. */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../needs.ts';
import { type ConsoleTest, openConsole, patient, picture, screenWalks, settled } from './console-test.ts';
import type { Made } from './screen-walk.ts';

const folder = join(import.meta.dirname, '../../console');
const axe = readFileSync(join(folder, 'node_modules/axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Each language, theme and width with each other at least once; all of them by night. */
const looks = [
  { language: 'es', dark: false, width: 390 },
  { language: 'es', dark: true, width: 1280 },
  { language: 'en', dark: true, width: 390 },
  { language: 'en', dark: false, width: 1280 },
  ...(process.env['TIMONEL_NIGHTLY'] === undefined
    ? []
    : ([
        { language: 'es', dark: false, width: 1920 },
        { language: 'es', dark: true, width: 320 },
        { language: 'en', dark: true, width: 1920 },
        { language: 'en', dark: false, width: 800 },
      ] as const)),
] as const;

describe.runIf(needs('Chromium'))('the console', () => {
  let test: ConsoleTest;
  const addresses: { name: string; address: string }[] = [];
  beforeAll(async () => {
    test = await openConsole();
    for (const [name, walk] of await screenWalks()) {
      const made: Made = await walk.prepare(test.api);
      addresses.push(...walk.addresses(made).map((address, at) => ({ name: at === 0 ? name : `${name}-${at + 1}`, address })));
    }
  }, 120_000);
  afterAll(() => test?.[Symbol.asyncDispose]());

  it.each(looks)('has nothing that axe objects to: $language, dark $dark, $width px', async (look) => {
    const { page, faults, go, context } = await test.signedIn(look);
    const found: string[] = [];
    for (const { name, address } of addresses) {
      await go(address);
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const { axe: runner } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
        return (await runner.run()).violations;
      });
      for (const { id, nodes } of violations)
        found.push(`${address}: ${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`);
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      if (overflow > 1) found.push(`${address}: wider than the page by ${overflow} px`);
      await picture(page, `${name}-${look.language}-${look.dark ? 'dark' : 'light'}-${look.width}`);
    }
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('signs in by the link of the terminal once, and keeps the link out of the address', async () => {
    const link = await test.link();
    const first = await test.open();
    await first.page.goto(link);
    await first.page.locator('.sidebar').waitFor(patient);
    expect(first.page.url()).not.toContain('sign-in');
    await settled(first.page);
    await picture(first.page, 'start');
    const second = await test.open({ language: 'en' });
    await second.page.goto(link);
    await second.page.getByText('That link was used already').waitFor(patient);
    await picture(second.page, 'sign-in');
    expect([...first.faults, ...second.faults]).toEqual([]);
    // One who is elsewhere, or comes through a proxy, has no use for it.
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7' };
    const body = JSON.stringify({ token: (await test.link()).split('=')[1] });
    const refused = await fetch(`${test.url}/api/v1/auth/local`, { method: 'POST', headers, body });
    expect(refused.status).toBe(403);
    // Whoever signs out is out.
    await first.page.getByRole('button', { name: 'Cuenta y preferencias' }).click();
    await first.page.getByRole('menuitem', { name: 'Salir' }).click();
    await first.page.getByRole('heading', { name: 'Entrá a Timonel' }).waitFor(patient);
    await Promise.all([first.context.close(), second.context.close()]);
  });

  it('says when the connection is lost, and shows what happened meanwhile without a reload', async () => {
    const { page, context, go, faults } = await test.signedIn();
    await go('/inbox?view=open');
    await page.getByText('En vivo').waitFor(patient);
    await context.setOffline(true);
    await page.getByText('Sin conexión').waitFor(patient);
    const id = await test.api.converse('notes', { name: 'Beto Meanwhile' });
    await test.api.say(id, 'Hola');
    await context.setOffline(false);
    await page.getByText('En vivo').waitFor(patient);
    await page.getByRole('button', { name: /Beto Meanwhile/ }).waitFor(patient);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('goes anywhere by Ctrl-K', async () => {
    const { page, context, go } = await test.signedIn({ language: 'en' });
    await go('/inbox');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'A screen, an id, or something to do' }).fill('idioma');
    await page.getByText('Nothing of that name.').waitFor(patient);
    await page.getByRole('combobox').fill('dark');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.documentElement.dataset.theme'), patient).toBe('dark');
    await context.close();
  });

  it('is small, kept by browsers where it may be, and tells them what it may do', async () => {
    const page = await fetch(`${test.url}/console/runs/anything`);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';style-src 'self'");
    expect(policy).not.toContain('unsafe');
    const [script = ''] = /\/console\/assets\/index-[\w-]+\.js/.exec(html) ?? [];
    const asset = await fetch(test.url + script, { headers: { 'accept-encoding': 'br' } });
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-encoding')).toBe('br');
    expect((await fetch(`${test.url}/console/assets/gone-123.js`)).status).toBe(404);
    const unknown = await fetch(`${test.url}/api/v1/nothing`);
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);

    const sizes = new Map(
      globSync('dist/assets/*.js.gz', { cwd: folder }).map((file) => [file, statSync(join(folder, file)).size]),
    );
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const first = /(?:src|href)="\/console\/(assets\/[\w-]+\.js)"/g;
    const atOnce = [...html.matchAll(first)].reduce((sum, [, file]) => sum + (sizes.get(`dist/${file}.gz`) ?? Number.NaN), 0);
    expect(atOnce).toBeLessThan(180_000);
    expect(total).toBeLessThan(700_000);
  });
});
