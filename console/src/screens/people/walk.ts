import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';
import { addUser } from '../../../../test/identity/people.ts';

const patient = { timeout: 60_000 };
const invited = 'walk-invited@example.com';

export const walk: ScreenWalk = {
  title: 'invites, changes and disables somebody, defines a role, and makes, rotates and revokes a key, and ends a session',
  async prepare(api) {
    const { id } = await addUser(api, { email: 'walk-person@example.com', role: 'receptionist' });
    await api.call('POST', '/api/v1/api-keys', { name: 'walk web page' });
    return { id };
  },
  addresses: ({ id }) => ['/people', `/people/${id}`, '/people?view=roles', '/people?view=keys', '/people?view=sessions'],
  acts: [{ button: 'Invitar', permission: 'users:manage' }],
  async walk({ page, api, made: { id = '' }, go, shot }) {
    const dialog = page.getByRole('dialog');
    await go('/people');
    await page.getByRole('button', { name: 'Invitar' }).click();
    await dialog.getByLabel('Correo', { exact: true }).fill(invited);
    await dialog.getByLabel('Rol').selectOption('operator');
    await dialog.getByRole('button', { name: 'Mandar la invitación' }).click();
    await page.getByRole('row', { name: new RegExp(`${invited}.*operator`) }).waitFor(patient);
    await shot('people-invited');
    await page.getByRole('button', { name: `Retirar la invitación de ${invited}` }).click();
    await dialog.getByRole('button', { name: 'Retirar' }).click();
    await page.getByRole('row', { name: new RegExp(invited) }).waitFor({ state: 'detached', ...patient });

    // A role of the workspace, given to somebody.
    await page.getByRole('button', { name: 'Roles', exact: true }).click();
    await page.getByRole('button', { name: 'Definir un rol' }).click();
    await dialog.getByLabel('Nombre').fill('walk-desk');
    await dialog.getByLabel('conversations:reply').check();
    await dialog.getByLabel('conversations:read', { exact: false }).first().check();
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await page.getByRole('button', { name: 'Cambiar walk-desk' }).waitFor(patient);
    await go(`/people/${id}`);
    await page.getByRole('button', { name: 'Cambiar', exact: true }).click();
    await dialog.getByLabel('Rol').selectOption('walk-desk');
    await dialog.getByLabel('Conversaciones de agentes').selectOption('some');
    await dialog.getByLabel('notes').check();
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await page.getByRole('heading', { name: 'Qué puede el rol «walk-desk»' }).waitFor(patient);
    expect((await api.call('GET', `/api/v1/users/${id}`)).body).toMatchObject({ role: 'walk-desk', agents: ['notes'] });
    await page.getByRole('button', { name: 'Deshabilitar' }).click();
    await dialog.getByLabel('Escribí «walk-person@example.com» para confirmar').fill('walk-person@example.com');
    await dialog.getByRole('button', { name: 'Deshabilitar' }).click();
    await page.getByRole('button', { name: 'Habilitar', exact: true }).waitFor(patient);
    await page.getByText('deshabilitado', { exact: true }).waitFor(patient);

    // A key: its secret works, is shown once, and is refused when it is revoked.
    await go('/people?view=keys');
    await page.getByRole('button', { name: 'Crear una clave' }).click();
    await dialog.getByLabel('Nombre').fill('walk program');
    await dialog.getByRole('combobox', { name: /^Puede/ }).selectOption('scopes');
    await dialog.getByLabel('agents:read').check();
    await dialog.getByRole('button', { name: 'Crear una clave' }).click();
    await page.getByRole('heading', { name: 'Secreto de walk program' }).waitFor(patient);
    const authorization = `Bearer ${await dialog.locator('code').textContent()}`;
    await page.getByRole('button', { name: 'Ya lo guardé' }).click();
    const status = async () => (await api.call('GET', '/api/v1/agents', undefined, { authorization })).status;
    expect(await status()).toBe(200);
    await page.getByRole('button', { name: 'Rotar: walk program' }).click();
    await dialog.getByRole('button', { name: 'Rotar' }).click();
    await page.getByRole('heading', { name: 'Secreto de walk program' }).waitFor(patient);
    expect(`Bearer ${await dialog.locator('code').textContent()}`).not.toBe(authorization);
    await page.getByRole('button', { name: 'Ya lo guardé' }).click();
    await page.getByRole('button', { name: 'Revocar: walk program' }).click();
    await dialog.getByLabel('Escribí «walk program» para confirmar').fill('walk program');
    await dialog.getByRole('button', { name: 'Revocar' }).click();
    await page.getByRole('row', { name: /walk program.*revocada/ }).waitFor(patient);
    expect(await status()).toBe(401);

    // One signs in elsewhere, and ends that from here.
    const { origin } = new URL(page.url());
    const elsewhere = await fetch(`${origin}/api/v1/auth/local-links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.apiKey}` },
    });
    const { url } = (await elsewhere.json()) as { url: string };
    const signedIn = await fetch(`${origin}/api/v1/auth/local`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: url.split('=')[1] }),
    });
    expect(signedIn.status).toBe(200);
    await go('/people?view=sessions');
    await page.getByText('esta', { exact: true }).waitFor(patient);
    await page.getByRole('button', { name: 'Cerrar sesión: node' }).click();
    await dialog.getByRole('button', { name: 'Cerrar sesión' }).click();
    await page.getByRole('button', { name: 'Cerrar sesión: node' }).waitFor({ state: 'detached', ...patient });
  },
};
