import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 60_000 };
const phone = '+54 9 351 612-7788';

export const walk: ScreenWalk = {
  title: 'finds a customer by a phone number, downloads what there is of her, and erases it once the number is typed',
  async prepare(api) {
    const id = await api.converse('notes', { name: 'Carla Walk', phone });
    await api.say(id, 'Soy Carla Walk y quiero algo');
    return { id };
  },
  addresses: () => ['/privacy'],
  acts: [{ button: 'Buscar', permission: 'privacy:manage' }],
  async walk({ page, api, made: { id = '' }, go, shot }) {
    await go('/privacy');
    await page.getByLabel('Correo').fill('nobody-walk@example.com');
    await page.getByRole('button', { name: 'Buscar', exact: true }).click();
    await page.getByText('Acá no hay nada de esta persona.').waitFor(patient);
    await page.getByLabel('Correo').fill('');
    await page.getByLabel('Teléfono').fill('0351 15 612 7788');
    await page.getByRole('button', { name: 'Buscar', exact: true }).click();
    await page.getByText(/Alguien sin cuenta acá.*una conversación/).waitFor(patient);
    const there = page.getByRole('region', { name: 'Qué hay' });
    await there.getByRole('row', { name: /Mensajes\s+2\s+vacía/ }).waitFor(patient);
    await shot('privacy-found');

    const download = page.waitForEvent('download', patient);
    await page.getByRole('button', { name: 'Descargar todo' }).click();
    const document = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as { data: { messages: object[] } };
    expect(document.data.messages).toHaveLength(2);
    await page.getByText('Descargado. Que se entregó queda en la auditoría.').waitFor(patient);

    await page.getByRole('button', { name: 'Borrar', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/no hay vuelta atrás/).waitFor(patient);
    expect(await dialog.getByRole('button', { name: 'Borrar' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Escribí «0351 15 612 7788» para confirmar').fill('0351 15 612 7788');
    await shot('privacy-confirm');
    await dialog.getByRole('button', { name: 'Borrar' }).click();
    await page.getByText(/^Borrado: \d+ filas/).waitFor(patient);
    await page
      .getByRole('region', { name: 'Entregas y borrados hasta ahora' })
      .getByRole('row', { name: /borró/ })
      .first()
      .waitFor(patient);
    const { body } = await api.call<{ messages: { text: string }[] }>('GET', `/api/v1/conversations/${id}/messages`);
    expect(JSON.stringify(body)).not.toContain('Carla');
  },
};
