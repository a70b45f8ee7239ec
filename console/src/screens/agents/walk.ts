import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 20_000 };

export const walk: ScreenWalk = {
  title: 'shows an agent with its tools, rules and instructions, and what it would do, without doing it',
  async prepare() {
    return {};
  },
  addresses: () => [
    '/agents/notes?view=abilities',
    '/agents',
    '/agents/booking',
    '/agents/notes?view=instructions',
    '/agents/booking?view=rehearsal',
  ],
  acts: [{ button: 'Probarlo', permission: 'evaluations:manage' }],
  async walk({ page, api, go, shot }) {
    const left = async () => {
      const tables = ['runs', 'conversations', 'files'];
      const rows = tables.map((table) =>
        api.timonel.store.pool.executeText<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`),
      );
      return (await Promise.all(rows)).map(([row]) => row?.n);
    };
    await go('/agents');
    await page.getByRole('row', { name: /^notes/ }).waitFor(patient);
    await page.getByRole('row', { name: /^notes/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Versión vigente').waitFor(patient);
    await page.getByRole('button', { name: 'Herramientas y reglas' }).click();
    await page.getByRole('rowheader', { name: 'no-secrets' }).waitFor(patient);
    await page.getByText('Passwords are not stored').waitFor(patient);
    await page.getByRole('button', { name: 'Instrucciones' }).click();
    await page.getByText('You keep notes.').waitFor(patient);

    // What a model would do: the rule says no, then a write is not made.
    const before = await left();
    await page.getByRole('button', { name: 'Probarlo' }).click();
    const said = page.getByLabel('Qué escribe un cliente');
    const tried = page.getByRole('article');
    await said.fill('Guardá: mi password');
    await page.keyboard.press('Enter');
    await tried.getByText('denegada').first().waitFor(patient);
    await tried.getByText('no-secrets').first().click();
    await tried.getByText('No guardo contraseñas.').first().waitFor(patient);
    await page.getByRole('button', { name: 'Empezar de nuevo' }).click();
    await said.fill('Guardá: leche');
    await page.keyboard.press('Enter');
    await tried.getByText('Ahora llamaría a add_note. Acá termina.').waitFor(patient);
    await page.getByText('Instrucciones de este turno').waitFor(patient);
    expect(await page.getByRole('button', { name: 'Probar', exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Empezar de nuevo' }).click();
    await said.fill('Borrá todo');
    await page.keyboard.press('Enter');
    await tried.getByText('Ahora se le preguntaría a una persona por delete_notes.').waitFor(patient);

    // And what flows would do, in a second turn.
    await go('/agents/booking?view=rehearsal');
    await page.getByLabel('Quién planea').selectOption('flows');
    await said.fill('quiero un corte de pelo');
    await page.keyboard.press('Enter');
    await tried.first().waitFor(patient);
    await said.fill('¿qué horarios hay el viernes?');
    await page.keyboard.press('Enter');
    await expect.poll(() => tried.count(), patient).toBe(2);
    await page.getByText('Qué entendió del último mensaje').waitFor(patient);
    await shot('agent-rehearsal');
    expect(await left()).toEqual(before);
  },
};
