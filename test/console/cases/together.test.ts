/** Several people and an agent on the same conversations: what others' consoles got wrong, each as it was reported. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPerson } from '../../identity/people.ts';
import { needs } from '../../needs.ts';
import { type ConsoleTest, openConsole, patient, settled } from '../console-test.ts';
import { doorTo } from './proxy.ts';

describe.runIf(needs('Chromium'))('people who work together', () => {
  let test: ConsoleTest;
  beforeAll(async () => {
    test = await openConsole();
  }, 120_000);
  afterAll(() => test?.[Symbol.asyncDispose]());
  const begun = async (name: string) => {
    const id = await test.api.converse('notes', { name });
    await test.api.say(id, `Hola, soy ${name}`);
    return id;
  };

  it('shows after an interruption what a colleague did, keeps the draft, and sends nothing over it', async () => {
    const id = await begun('Delia Uno');
    const { page, context, go, userId } = await test.signedInAs('operator');
    await go(`/inbox/${id}?view=open`);
    await page.getByRole('button', { name: 'Tomar' }).click();
    const field = page.getByRole('textbox', { name: 'Responder' });
    await field.fill('Enseguida te cuen');
    await context.setOffline(true);
    await page.getByText('Sin conexión').waitFor(patient);
    const colleague = await newPerson(test.api, { role: 'admin' });
    const of = (path: string, body?: object) =>
      test.api.call('POST', `/api/v1/conversations/${id}/${path}`, body, colleague.headers);
    expect((await of('assign', { assignee: colleague.id })).status).toBe(200);
    expect((await of('replies', { text: 'Te lo cambio yo.' })).status).toBeLessThan(300);
    await context.setOffline(false);
    await page.getByRole('log', { name: 'Mensajes' }).getByText('Te lo cambio yo.').waitFor(patient);
    await page.getByText('Esta conversación la tiene Ana Prueba.').waitFor(patient);
    expect(await page.getByRole('button', { name: 'Enviar' }).count()).toBe(0);
    // Nothing says that the agent is still writing.
    expect(await page.getByText(/escribiendo/i).count()).toBe(0);
    expect((await of('assign', { assignee: userId })).status).toBe(200);
    await page.getByRole('button', { name: 'Responder', exact: true }).click();
    await expect.poll(() => field.inputValue(), patient).toBe('Enseguida te cuen');
    await context.close();
  });

  it('says who was faster where two take one conversation', async () => {
    const id = await begun('Delia Dos');
    const { page, context, go } = await test.signedInAs('operator');
    // This page does not hear of changes.
    await context.route('**/api/v1/events', (route) => route.abort());
    await go(`/inbox/${id}?view=open`);
    await page.getByRole('button', { name: 'Tomar' }).waitFor(patient);
    const faster = await newPerson(test.api, { role: 'operator' });
    expect((await test.api.call('POST', `/api/v1/conversations/${id}/take`, {}, faster.headers)).status).toBe(200);
    await page.getByRole('button', { name: 'Tomar' }).click();
    await page.getByText('Esta conversación la tiene Ana Prueba.').waitFor(patient);
    await expect.poll(() => page.getByRole('button', { name: 'Tomar' }).count(), patient).toBe(0);
    await context.close();
  });

  it('keeps the rows of the view that is shown where the answer for another one comes late', async () => {
    await begun('Delia Tres');
    const { page, context, go } = await test.signedIn();
    await go('/inbox?view=open');
    await page.getByRole('button', { name: /Delia Tres/ }).waitFor(patient);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(/conversations\?.*assignee=me/, async (route) => {
      await held;
      await route.continue();
    });
    const mine = (each: { url(): string }) => /conversations\?.*assignee=me/.test(each.url());
    // The page may have given it up by then.
    const late = Promise.any([
      page.waitForResponse(mine, patient),
      page.waitForEvent('requestfailed', { predicate: mine, ...patient }),
    ]);
    await page.getByRole('button', { name: 'Mías' }).click();
    await page.getByRole('button', { name: 'Abiertas' }).click();
    release();
    await late;
    await settled(page);
    await page.getByRole('button', { name: /Delia Tres/ }).waitFor(patient);
    expect(page.url()).toContain('view=open');
    await context.close();
  });

  it('shows conversations that the agent has beside those of people', async () => {
    const agents = await begun('Delia Cuatro');
    const peoples = await begun('Delia Cinco');
    await test.api.call(
      'POST',
      `/api/v1/conversations/${peoples}/take`,
      {},
      (await newPerson(test.api, { role: 'admin' })).headers,
    );
    const { page, context, go } = await test.signedInAs('operator');
    await go('/inbox?view=open');
    for (const name of ['Delia Cuatro', 'Delia Cinco']) await page.getByRole('button', { name: new RegExp(name) }).waitFor(patient);
    await go(`/inbox/${agents}?view=open`);
    await page.getByRole('log', { name: 'Mensajes' }).getByText('Anotado: Hola, soy Delia Cuatro').waitFor(patient);
    await context.close();
  });

  it('says in words that a conversation is not there for who may not read it', async () => {
    const id = await begun('Delia Seis');
    const { page, context, go, faults } = await test.signedInAs('member');
    await go(`/inbox/${id}?view=open`);
    await page.getByRole('alert').or(page.locator('.failure')).first().waitFor(patient);
    expect(await page.locator('.failure').textContent()).toMatch(/conversa|conversation/i);
    expect(await page.getByText('Delia Seis').count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('shows what came while the server was away, without a reload', async () => {
    await using door = await doorTo(Number(new URL(test.url).port));
    const { page, context } = await test.open();
    const there = `http://127.0.0.1:${door.port}`;
    const link = new URL(await test.link());
    await page.goto(`${there}${link.pathname}${link.hash}`);
    await page.locator('.sidebar').waitFor({ state: 'attached', ...patient });
    await page
      .getByRole('link', { name: /Bandeja|Conversaciones/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Abiertas' }).click();
    await page.getByText('En vivo').waitFor(patient);
    door.shut();
    await page.getByText('Sin conexión').waitFor(patient);
    await begun('Delia Siete');
    door.open();
    await page.getByText('En vivo').waitFor(patient);
    await page.getByRole('button', { name: /Delia Siete/ }).waitFor(patient);
    await context.close();
  });
});
