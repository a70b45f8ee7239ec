import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 60_000 };
const phoneNumberId = '5550001117';
const secrets = { accessToken: 'walk-access-token', appSecret: 'walk-app-secret', verifyToken: 'walk-verify-token' };
const reminder = { name: 'reminder', language: 'es_AR', parameters: ['when'], text: 'Tu turno es {{when}}.' };

export const walk: ScreenWalk = {
  title: 'connects a chat, copies its tag, adds a template, tries a connection, and replays what did not arrive',
  async prepare(api) {
    const { body } = await api.call<{ id: string }>('POST', '/api/v1/channels', {
      channel: 'whatsapp',
      name: 'Walk WhatsApp',
      agent: 'notes',
      settings: { phoneNumberId, templates: [reminder] },
      secrets,
    });
    // A free text to somebody who never wrote: refused for good.
    await api.call('POST', `/api/v1/channels/${body.id}/messages`, { to: '+54 9 351 555 0177', text: 'Hola, ¿llegó?' });
    return { id: body.id };
  },
  addresses: ({ id }) => ['/channels', `/channels/${id}`, '/channels?view=deliveries'],
  acts: [{ button: 'Conectar un canal', permission: 'channels:manage' }],
  async walk({ page, api, made: { id = '' }, go, shot }) {
    const dialog = page.getByRole('dialog');
    await go('/channels');
    await page.getByRole('row', { name: /Walk WhatsApp.*anda.*notes/ }).waitFor(patient);
    await page.getByRole('button', { name: 'Conectar un canal' }).click();
    await dialog.getByRole('combobox', { name: 'Canal' }).selectOption('web');
    await dialog.getByRole('textbox', { name: /^Nombre/ }).fill('Walk web');
    await dialog.getByRole('combobox', { name: /^Agente/ }).selectOption('notes');
    await dialog.getByRole('textbox', { name: /^Páginas que/ }).fill('https://salon.example.com');
    await dialog.getByRole('textbox', { name: /^Título/ }).fill('Salón Alma');
    await dialog.getByRole('button', { name: 'Conectar un canal' }).click();
    await page.getByRole('heading', { name: 'Walk web' }).waitFor(patient);
    await page.getByText(/<script async src=".*widget\.js" data-connection=/).waitFor(patient);
    const chatPage = await page.getByRole('link', { name: 'Abrir la página' }).getAttribute('href');
    expect(chatPage).toMatch(/\/api\/v1\/web\/[\w-]+\/page$/);
    await shot('channel-web');
    await page.getByRole('button', { name: 'Comprobar' }).click();
    await page.getByText('https://salon.example.com', { exact: true }).waitFor(patient);
    await page.getByRole('button', { name: 'Cambiar', exact: true }).click();
    await dialog.getByRole('textbox', { name: /^Saludo/ }).fill('Hola');
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await dialog.waitFor({ state: 'detached', ...patient });
    await page.getByRole('button', { name: 'Deshabilitar' }).click();
    await dialog.getByLabel('Escribí «Walk web» para confirmar').fill('Walk web');
    await dialog.getByRole('button', { name: 'Deshabilitar' }).click();
    await page.getByRole('button', { name: 'Habilitar', exact: true }).waitFor(patient);
    const { body } = await api.call<{ connections: { name: string; settings: object; disabledAt: string | null }[] }>(
      'GET',
      '/api/v1/channels',
    );
    expect(body.connections.find(({ name }) => name === 'Walk web')).toMatchObject({
      settings: { greeting: 'Hola', files: true },
      disabledAt: expect.any(String),
    });

    // A template is added; secrets are written and not read; a message tells what became of it.
    await go(`/channels/${id}`);
    await page.getByRole('row', { name: /reminder es_AR when Tu turno es/ }).waitFor(patient);
    await page.getByRole('button', { name: 'Agregar una plantilla' }).click();
    await dialog.getByRole('textbox', { name: /^Nombre/ }).fill('bare');
    await dialog.getByRole('button', { name: 'Agregar una plantilla' }).click();
    await page.getByRole('row', { name: /bare es_AR/ }).waitFor(patient);
    await page.getByRole('button', { name: 'Reemplazar secretos' }).click();
    await dialog.getByLabel(/^Token de verificación/).fill('another-verify-token');
    await dialog.getByRole('button', { name: 'Reemplazar secretos' }).click();
    await page.getByText(/Los de antes se aceptan hasta/).waitFor(patient);
    expect(await page.getByText('another-verify-token').count()).toBe(0);
    await page.getByRole('button', { name: 'Mandar un mensaje de prueba' }).click();
    await dialog.getByLabel(/^A quién/).fill('+54 9 351 555 0178');
    await dialog.getByRole('textbox', { name: 'Texto' }).fill('Prueba');
    await dialog.getByRole('button', { name: 'Mandar', exact: true }).click();
    await dialog.getByText('El contacto escribió hace demasiado').waitFor(patient);
    await shot('channel-test-message');
    await dialog.getByRole('button', { name: 'Cerrar' }).click();

    // What did not arrive, with why; sent once more, once.
    await go('/channels?view=deliveries');
    const row = page.getByRole('row', { name: /Hola, ¿llegó\?.*rechazada.*hace demasiado/ });
    await row.first().waitFor(patient);
    await row.first().getByRole('button', { name: 'Mandar otra vez' }).click();
    await dialog.getByRole('button', { name: 'Mandar otra vez' }).click();
    await page.getByText('Se manda otra vez.').waitFor(patient);
    await expect.poll(() => row.count(), patient).toBe(2);
    await expect.poll(() => row.getByRole('button', { name: 'Mandar otra vez' }).count(), patient).toBe(1);
    await shot('channel-deliveries');
  },
};
