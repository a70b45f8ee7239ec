import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 60_000 };
const pictures = { type: 'boolean', variants: { on: true, off: false }, defaultVariant: 'off' };

export const walk: ScreenWalk = {
  title: 'makes a flag, says who gets what and why, shows both sides of a conflict, switches it off and removes it',
  async prepare(api) {
    await api.call('PUT', '/api/v1/flags/walk-menu', {
      ...pictures,
      description: 'The menu with pictures',
      rules: [
        { when: [{ attribute: 'channel', in: ['whatsapp', 'web'] }], variant: 'on' },
        { split: [{ variant: 'on', percentage: 25 }] },
      ],
    });
    await api.call('PUT', '/api/v1/flags/walk-limit', { type: 'number', variants: { few: 3, many: 12 }, defaultVariant: 'few' });
    return { id: await api.converse('notes') };
  },
  addresses: () => ['/flags', '/flags/walk-menu'],
  acts: [{ button: 'Crear un flag', permission: 'releases:manage' }],
  async walk({ page, api, made: { id = '' }, go, shot }) {
    const dialog = page.getByRole('dialog');
    await go('/flags');
    await page.getByRole('button', { name: 'Crear un flag' }).click();
    await dialog.getByLabel('Nombre').fill('walk-offer');
    await dialog.getByLabel('Tipo').selectOption('string');
    await dialog.getByLabel('Valor', { exact: true }).nth(0).fill('Dos por uno');
    await dialog.getByLabel('Valor', { exact: true }).nth(1).fill('Nada');
    await dialog.getByRole('button', { name: 'Agregar una regla' }).click();
    const rule = dialog.getByRole('group', { name: 'Regla 1' });
    await rule.getByRole('button', { name: 'Agregar una condición' }).click();
    await rule.getByLabel('Atributo').fill('agent');
    await rule.getByLabel('Valores').fill('notes\nbooking');
    await shot('flag-form');
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await page.getByText('Según una regla; todos los demás reciben «off».').waitFor(patient);

    // What a conversation gets is what its tools would get, and why.
    await page.getByRole('combobox', { name: 'Para', exact: true }).selectOption('conversation');
    await page.getByLabel('Id de la conversación').fill(id);
    await page.getByRole('button', { name: 'Preguntar' }).click();
    await page.getByText('una regla la nombra').waitFor(patient);
    await page.locator('.flag-result').getByText('Dos por uno').waitFor(patient);
    await page.getByRole('combobox', { name: 'Para', exact: true }).selectOption('somebody');
    await page.getByLabel('Qué más se sabe de ellos').fill('agent = other');
    await page.getByRole('button', { name: 'Preguntar' }).click();
    await page.getByText('ninguna regla se cumple').waitFor(patient);

    // Somebody else is faster: both sides are shown, and nothing is stored unseen.
    await page.getByRole('button', { name: 'Editar' }).click();
    await dialog.getByLabel('Para qué es').fill('Lo mío');
    const { body } = await api.call<{ flag: { description: string } & Record<string, unknown> }>('GET', '/api/v1/flags/walk-offer');
    const { key: _key, version: _version, ...definition } = body.flag;
    const theirs = { ...definition, description: 'Lo de otro' };
    expect((await api.call('PUT', '/api/v1/flags/walk-offer', theirs)).status).toBe(200);
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await dialog.getByText('Alguien lo cambió mientras tanto. No se guardó nada.').waitFor(patient);
    await dialog.getByRole('row', { name: /Para qué es\s+Lo mío\s+Lo de otro/ }).waitFor(patient);
    await shot('flag-conflict');
    const description = async () =>
      (await api.call<{ flag: { description: string } }>('GET', '/api/v1/flags/walk-offer')).body.flag.description;
    expect(await description()).toBe('Lo de otro');
    await dialog.getByRole('button', { name: 'Guardar lo mío encima' }).click();
    await dialog.waitFor({ state: 'detached', ...patient });
    expect(await description()).toBe('Lo mío');
    await page.getByRole('listitem').filter({ hasText: 'Versión 3' }).getByText('Lo de otro').waitFor(patient);

    await page.getByRole('button', { name: 'Apagar' }).click();
    // While the server has not said so, the focus stays in the dialog.
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    await page.route('**/api/v1/flags/walk-offer', async (route) => {
      if (route.request().method() === 'PUT') await held;
      await route.continue();
    });
    await dialog.getByRole('button', { name: 'Apagar' }).click();
    await dialog.locator('[aria-busy=true]').waitFor(patient);
    expect(await page.evaluate(`document.activeElement.closest('[role=dialog]') !== null`)).toBe(true);
    letGo();
    await page.getByText('Apagado: todos reciben «off».').waitFor(patient);
    await page.getByRole('button', { name: 'Quitar', exact: true }).click();
    await dialog.getByLabel('Escribí «walk-offer» para confirmar').fill('walk-offer');
    await dialog.getByRole('button', { name: 'Quitar' }).click();
    await page.getByRole('row', { name: /walk-menu/ }).waitFor(patient);
    await page.getByRole('row', { name: /walk-offer/ }).waitFor({ state: 'detached', ...patient });
  },
};
