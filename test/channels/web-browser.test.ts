/** The chat in a real browser: on a page of another origin with a strict policy, by keyboard, offline and back. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../needs.ts';
import { findProgram } from '../programs.ts';
import { openPageChat, type PageChat } from './page-visitor.ts';

const patient = { timeout: 20_000 };
/** Where screenshots go, for those who want to look at them. */
const folder = process.env['TIMONEL_TEST_SCREENSHOTS'];

interface Shop extends AsyncDisposable {
  url: string;
  page(script: string, api: string): void;
}

/** A page of another origin that allows scripts and connections of Timonel, and no inline style. */
async function openShop(): Promise<Shop> {
  let body = '';
  let policy = '';
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    page(script, api) {
      policy = `default-src 'none'; script-src ${api}; connect-src ${api}; style-src 'none'; require-trusted-types-for 'script'`;
      body = `<!doctype html><html lang="es"><title>Salón</title><body><h1>Salón Alma</h1><p>Cortes, color y peinados.</p>${script}</body></html>`;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe.runIf(needs('Chromium'))('the chat in Chromium', () => {
  let browser: Browser;
  let shop: Shop;
  let chat: PageChat;
  beforeAll(async () => {
    shop = await openShop();
    [browser, chat] = await Promise.all([
      chromium.launch({ executablePath: findProgram('chromium') ?? '', args: ['--no-sandbox', '--disable-gpu'] }),
      openPageChat('embedded', {
        settings: { origins: [shop.url], title: 'Salón Alma', greeting: '¡Hola! ¿En qué te ayudamos?', color: '#0f766e' },
        model: (said) => `Anotado: ${said}`,
      }),
    ]);
    const { body } = await chat.test.call<{ script: string }>('GET', `/api/v1/channels/${chat.connection}`);
    // The server of the test listens on a port that was not known when the tag was made.
    shop.page(body.script.replace(/src="https?:\/\/[^/]+/, `src="${chat.url}`), chat.url);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all([chat?.[Symbol.asyncDispose](), shop?.[Symbol.asyncDispose]()]);
  });

  const open = async (dark = false): Promise<{ page: Page; faults: string[] }> => {
    const context = await browser.newContext({ colorScheme: dark ? 'dark' : 'light', viewport: { width: 1000, height: 720 } });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy|TrustedHTML|CORS/.test(message.text())) faults.push(message.text());
    });
    await page.goto(shop.url);
    return { page, faults };
  };
  const shot = (page: Page, name: string) =>
    folder === undefined ? Promise.resolve() : page.screenshot({ path: `${folder}/${name}.png` }).then(() => {});
  const texts = (page: Page) => page.locator('.log .bubble:not(.working)').allTextContents();

  it('is opened, written in and closed by keyboard, and says who speaks', async () => {
    const { page, faults } = await open();
    const launcher = page.getByRole('button', { name: 'Abrir el chat' });
    await launcher.waitFor();
    await shot(page, 'closed');
    await page.keyboard.press('Tab');
    expect(await page.locator('.launcher:focus').count()).toBe(1);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Salón Alma' }).waitFor();
    // The field has the focus: what is typed is a message.
    await page.keyboard.type('hola <b>mundo</b>');
    await page.keyboard.press('Enter');
    const greeting = '¡Hola! ¿En qué te ayudamos?';
    await expect.poll(() => texts(page), patient).toEqual([greeting, 'hola <b>mundo</b>', 'Anotado: hola <b>mundo</b>']);
    const log = page.getByRole('log', { name: 'Conversación' });
    expect(await log.getAttribute('aria-live')).toBe('polite');
    expect(await log.locator('b').count()).toBe(0);
    expect(await log.textContent()).toContain('Asistente');
    await chat.test.timonel.store.pool.executeText(
      `INSERT INTO channel_deliveries (workspace_id, connection_id, contact_id, conversation_id, said_by, content)
       SELECT workspace_id, connection_id, contact_id, conversation_id, 'assistant', $1 FROM channel_threads`,
      [JSON.stringify({ text: '¿Qué te hacemos?', options: ['Corte', 'Color y peinado', '<i>Otra cosa</i>'] })],
    );
    const option = page.getByRole('group', { name: 'Respuestas para elegir' }).getByRole('button', { name: 'Color y peinado' });
    await option.waitFor();
    await shot(page, 'options');
    await option.press('Enter');
    await expect.poll(async () => (await texts(page)).at(-1), patient).toBe('Anotado: Color y peinado');
    expect(await option.count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await launcher.getAttribute('aria-expanded')).toBe('false');
    expect(await page.locator('.launcher:focus').count()).toBe(1);
    expect(faults).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
    await page.context().close();
  });

  it('sends a file, tells that a person answers, and keeps the visitor over a reload', async () => {
    const { page, faults } = await open(true);
    await page.getByRole('button', { name: 'Abrir el chat' }).click();
    await page.getByLabel('Escribí un mensaje').fill('quiero una persona');
    await page.getByRole('button', { name: 'Enviar' }).click();
    await expect.poll(async () => (await texts(page)).at(-1), patient).toBe('Anotado: quiero una persona');
    const [row] = await chat.test.timonel.store.pool.executeText<{ id: string }>(
      `SELECT conversation_id AS id FROM messages WHERE text = 'quiero una persona'`,
    );
    const path = `/api/v1/conversations/${row?.id}`;
    await chat.test.call('POST', `${path}/take`);
    const status = page.getByRole('status');
    await expect.poll(() => status.textContent(), patient).toBe('Ahora responde una persona del equipo');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'precios.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') });
    await expect.poll(async () => (await texts(page)).at(-1), patient).toContain('precios.pdf');
    await expect.poll(() => page.locator('.sent').count(), patient).toBe(0);
    await chat.test.call('POST', `${path}/replies`, { text: 'Hola, soy Luz. ¿Te va el jueves?' });
    await expect.poll(async () => (await texts(page)).at(-1), patient).toBe('Hola, soy Luz. ¿Te va el jueves?');
    await shot(page, 'dark-person');
    const before = await texts(page);
    await page.reload();
    await page.getByRole('button', { name: /Abrir el chat/ }).click();
    await expect.poll(async () => (await texts(page)).length, patient).toBe(before.length);
    expect(await texts(page)).toEqual(before.map((text) => text.replace(/\d+ kB$/, '')));
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('keeps what is written without a connection, and sends it once when there is one', async () => {
    const { page } = await open();
    await page.getByRole('button', { name: 'Abrir el chat' }).click();
    const field = page.getByLabel('Escribí un mensaje');
    await field.fill('primero');
    await field.press('Enter');
    await expect.poll(async () => (await texts(page)).at(-1), patient).toBe('Anotado: primero');
    await page.context().setOffline(true);
    await page.getByRole('alert').filter({ hasText: 'Sin conexión' }).waitFor();
    await field.fill('desde el subte');
    await field.press('Enter');
    await expect.poll(() => page.locator('.sent').textContent(), patient).toBe('Enviando…');
    await shot(page, 'offline');
    await page.context().setOffline(false);
    await expect.poll(async () => (await texts(page)).at(-1), patient).toBe('Anotado: desde el subte');
    expect((await texts(page)).filter((text) => text === 'desde el subte')).toHaveLength(1);
    await page.setViewportSize({ width: 390, height: 780 });
    await shot(page, 'phone');
    // The window fills a small screen: nothing lies over the button.
    await field.fill('desde el teléfono');
    await page.getByRole('button', { name: 'Enviar' }).click({ timeout: 10_000 });
    await expect.poll(async () => (await texts(page)).at(-1), patient).toBe('Anotado: desde el teléfono');
    await page.context().close();
  });
});
