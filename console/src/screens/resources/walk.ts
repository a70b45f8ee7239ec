import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 20_000 };
const path = '/api/v1/agents/booking/services';

export const walk: ScreenWalk = {
  title: 'adds a row, changes it, shows both sides of a conflict, deletes it by its name, and imports',
  async prepare(api) {
    const { body } = await api.call<{ items: { id: string }[] }>('GET', `${path}?limit=1`);
    return { id: body.items[0]?.id ?? '' };
  },
  addresses: ({ id }) => [`/data/booking/services/${id}`, '/data/booking/staff', '/data'],
  acts: [
    { button: 'Agregar', permission: 'booking:manage' },
    { button: 'Borrar', permission: 'booking:manage' },
  ],
  async walk({ page, api, go, shot }) {
    await go('/data');
    await page.getByRole('link', { name: 'Servicios' }).click();
    await page.getByRole('button', { name: 'Agregar' }).waitFor(patient);
    await page.keyboard.press('n');
    const form = page.getByRole('complementary');
    await form.getByLabel('Nombre *').fill('Peinado de prueba');
    await form.getByLabel('Precio *').fill('1500');
    await form.getByLabel('Duración *').fill('4');
    await form.getByRole('button', { name: 'Guardar' }).click();
    // The browser knows the least from the description.
    expect(
      await form
        .getByLabel('Duración *')
        .evaluate((input) => (input as unknown as { validity: { valid: boolean } }).validity.valid),
    ).toBe(false);
    await form.getByLabel('Duración *').fill('45');
    await form.getByRole('button', { name: 'Guardar' }).click();
    await form.getByRole('heading', { name: 'Peinado de prueba' }).waitFor(patient);
    await page.getByRole('row', { name: /Peinado de prueba/ }).waitFor(patient);
    const id = page.url().split('/').at(-1)?.split('?')[0] ?? '';
    // Somebody else was faster.
    const { headers } = await api.call('GET', `${path}/${id}`);
    await api.call('PATCH', `${path}/${id}`, { price: 1800 }, { 'if-match': String(headers['etag']) });
    await form.getByLabel('Precio *').fill('2000');
    await form.getByRole('button', { name: 'Guardar' }).click();
    await form.getByText('Alguien lo cambió mientras escribías.').waitFor(patient);
    await form.getByRole('row', { name: 'Precio 2000 1800' }).waitFor(patient);
    await shot('resource-conflict');
    await form.getByRole('button', { name: 'Guardar lo mío encima' }).click();
    await form.getByText('Guardado.').waitFor(patient);
    expect((await api.call<{ price: number }>('GET', `${path}/${id}`)).body.price).toBe(2000);
    await form.getByRole('button', { name: 'Borrar' }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: 'Borrar' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill('Peinado de prueba');
    await confirm.click();
    await expect.poll(() => page.getByRole('row', { name: /Peinado de prueba/ }).count(), patient).toBe(0);
    // A file is tried before it is taken.
    await page.getByRole('button', { name: 'Importar' }).click();
    const csv = 'name,price,durationMinutes\nMasaje de prueba,900,30\n';
    await dialog
      .locator('input[type=file]')
      .setInputFiles({ name: 'services.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await dialog.getByRole('button', { name: 'Probarlo' }).click();
    await dialog.getByText(/1 agregadas, 0 cambiadas/).waitFor(patient);
    expect((await api.call<{ items: unknown[] }>('GET', `${path}?q=masaje de prueba`)).body.items).toEqual([]);
    await dialog.getByRole('button', { name: 'Importarlo' }).click();
    await dialog.getByText('Importado.').waitFor(patient);
    await dialog.getByRole('button', { name: 'Cerrar' }).click();
    await page.getByLabel('Buscar').fill('masaje');
    await expect.poll(() => page.url(), patient).toContain('q=masaje');
    await page.getByRole('row', { name: /Masaje de prueba/ }).waitFor(patient);
  },
};
