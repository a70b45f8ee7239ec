import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 60_000 };

export const walk: ScreenWalk = {
  title: 'changes the workspace and its hand-off, adds a webhook, replays a delivery, and makes, fills and disables a workspace',
  async prepare(api) {
    const { pool } = api.timonel.store;
    const events = ['run.ended', 'alert'];
    const { body } = await api.call<{ id: string }>('POST', '/api/v1/webhooks', {
      url: 'https://walk-desk.example.com/hooks',
      events,
    });
    // Nothing is sent from here.
    await api.call('PATCH', `/api/v1/webhooks/${body.id}`, { enabled: false });
    const [told] = await pool.executeText<{ id: string }>(
      `INSERT INTO webhook_deliveries (workspace_id, endpoint_id, event, data, state, attempts, status, error, ended_at)
       VALUES ('default', $1, 'test', '{"name": "walk"}', 'dead', 15, 503, 'answered 503', now()) RETURNING id`,
      [body.id],
    );
    return { hook: body.id, told: told?.id ?? '' };
  },
  addresses: ({ told }) => [
    '/settings',
    '/settings?view=handoff',
    '/settings?view=webhooks',
    '/settings?view=deliveries',
    `/settings?view=deliveries&delivery=${told}`,
    '/settings?view=workspaces',
  ],
  acts: [
    { button: 'Pedir tipos de caracteres', permission: 'workspace:manage' },
    { button: 'Webhooks', permission: 'webhooks:manage' },
    { button: 'Espacios', permission: 'workspace:manage' },
  ],
  async walk({ page, api, made: { hook = '', told = '' }, go, shot }) {
    const dialog = page.getByRole('dialog');
    await go('/settings');
    await page.getByRole('button', { name: 'Pedir tipos de caracteres' }).click();
    await dialog.getByRole('button', { name: 'Pedir tipos de caracteres' }).click();
    await page.getByText(/Necesitan además una mayúscula/).waitFor(patient);
    await page.getByRole('button', { name: 'Cambiar', exact: true }).click();
    await dialog.getByRole('textbox', { name: 'Nombre', exact: true }).fill('Salón Walk');
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await page.locator('.sidebar').getByText('Salón Walk').waitFor(patient);
    const { body } = await api.call<{ name: string; classicPasswords: boolean }>('GET', '/api/v1/workspace');
    expect(body).toMatchObject({ name: 'Salón Walk', classicPasswords: true });
    await page.getByRole('button', { name: 'Guardar conversaciones menos tiempo' }).click();
    await dialog.getByLabel('Conversaciones de este espacio, días').fill('400');
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await page.getByText('400 días').waitFor(patient);
    await api.call('PATCH', '/api/v1/workspace', { name: 'Default', classicPasswords: false, conversationDays: null });

    await page.getByRole('button', { name: 'Derivación' }).click();
    await page.getByRole('button', { name: 'Cambiar', exact: true }).click();
    await dialog.getByLabel('Tomarlas dentro de, minutos').fill('25');
    const settings = (await api.call<Record<string, unknown>>('GET', '/api/v1/handoff-settings')).body;
    const { version: _version, ...theirs } = settings;
    expect((await api.call('PUT', '/api/v1/handoff-settings', { ...theirs, urgentMinutes: 7 })).status).toBe(200);
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await dialog.getByRole('row', { name: /Tomarlas dentro de, minutos\s+25 min/ }).waitFor(patient);
    await dialog.getByRole('button', { name: 'Guardar lo mío encima' }).click();
    await page.getByText('25 min', { exact: true }).waitFor(patient);
    await api.call('PUT', '/api/v1/handoff-settings', theirs);

    // A delivery that was given up is sent again, once its endpoint is on.
    await go('/settings?view=deliveries&state=dead');
    await page
      .getByRole('row', { name: /test.*abandonado/ })
      .first()
      .waitFor(patient);
    await go(`/settings?view=deliveries&delivery=${told}`);
    await page.getByText('503 · answered 503').first().waitFor(patient);
    await page.getByRole('button', { name: 'Mandar de nuevo' }).click();
    await dialog.getByRole('button', { name: 'Mandar de nuevo' }).click();
    await page.getByRole('complementary', { name: 'test' }).getByText('espera').waitFor(patient);
    await page.getByRole('button', { name: 'Webhooks' }).click();
    const webhooks = page.getByRole('region', { name: 'Webhooks' });
    await webhooks.getByRole('row', { name: /walk-desk\.example\.com.*apagada/ }).waitFor(patient);
    await page.getByRole('button', { name: 'Cambiar walk-desk.example.com' }).click();
    await dialog.getByLabel('se decidió algo de un lanzamiento').check();
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await webhooks.getByRole('row', { name: /se decidió algo de un lanzamiento/ }).waitFor(patient);
    // An address inside of the network is refused, and the form says why.
    await page.getByRole('button', { name: 'Agregar una dirección' }).click();
    await dialog.getByLabel('Dirección').fill('https://127.0.0.1/hooks');
    await dialog.getByLabel('terminó una ejecución').check();
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await dialog.getByRole('alert').waitFor(patient);
    await shot('settings-webhook-refused');
    await dialog.getByRole('button', { name: 'Cancelar' }).click();
    await page.getByRole('button', { name: 'Quitar walk-desk.example.com' }).click();
    await dialog.getByLabel('Escribí «walk-desk.example.com» para confirmar').fill('walk-desk.example.com');
    await dialog.getByRole('button', { name: 'Quitar' }).click();
    await webhooks.getByRole('row', { name: /walk-desk/ }).waitFor({ state: 'detached', ...patient });
    expect((await api.call('GET', `/api/v1/webhooks/${hook}`)).status).toBe(404);

    await page.getByRole('button', { name: 'Espacios' }).click();
    await page.getByRole('button', { name: 'Crear un espacio' }).click();
    await dialog.getByRole('textbox', { name: 'Nombre', exact: true }).fill('Sucursal norte');
    await dialog.getByRole('textbox', { name: /^Id / }).fill('walk-north');
    await dialog.getByRole('combobox', { name: /^Zona horaria/ }).fill('America/Argentina/Cordoba');
    await dialog.getByLabel('Crear también una clave de API').check();
    await dialog.getByRole('button', { name: 'Crear un espacio' }).click();
    await page.getByRole('heading', { name: 'Secreto de la clave de administrador de Sucursal norte' }).waitFor(patient);
    const authorization = `Bearer ${await dialog.locator('code').textContent()}`;
    await page.getByRole('button', { name: 'Ya lo guardé' }).click();
    const status = async () => (await api.call('GET', '/api/v1/agents', undefined, { authorization })).status;
    expect(await status()).toBe(200);
    await page.getByRole('button', { name: 'Llenar Sucursal norte' }).click();
    await dialog.getByLabel('Agente').selectOption('booking');
    await dialog.getByRole('button', { name: 'Llenar' }).click();
    await page.getByText(/^booking: /).waitFor(patient);
    await page.getByRole('button', { name: 'Apagar Sucursal norte' }).click();
    await dialog.getByLabel('Escribí «walk-north» para confirmar').fill('walk-north');
    await dialog.getByRole('button', { name: 'Apagar' }).click();
    await page.getByRole('row', { name: /Sucursal norte.*apagado/ }).waitFor(patient);
    await shot('settings-workspaces');
    expect(await status()).toBe(403);
  },
};
