import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 20_000 };

export const walk: ScreenWalk = {
  title: 'says where a release is, starts it, and rolls it back with a reason and the name of the agent',
  async prepare(api) {
    const { body } = await api.call<{ id: string }>('POST', '/api/v1/releases', {
      agent: 'notes',
      changes: { prompt: 'You keep notes, briefly.' },
    });
    return { id: body.id };
  },
  addresses: ({ id }) => [`/releases/${id}`, '/releases'],
  acts: [
    { button: 'Empezar', permission: 'releases:manage' },
    { button: 'Descartar', permission: 'releases:manage' },
  ],
  async walk({ page, api, made: { id = '' }, go, shot }) {
    await go('/releases');
    await page.getByRole('row', { name: /notes/ }).click();
    await page.getByText(/Un borrador: nadie recibe/).waitFor(patient);
    await page.getByRole('button', { name: 'Empezar' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Empezar' }).click();
    await page.getByText(/al 10/).first().waitFor(patient);
    await api.timonel.releases.watch.look();
    await page.getByRole('heading', { name: 'Éxito' }).waitFor(patient);
    await shot('release-running');
    // Somebody else went on meanwhile: what was decided on is no longer what is.
    const { body } = await api.call<{ revision: number }>('GET', `/api/v1/releases/${id}`);
    expect((await api.call('POST', `/api/v1/releases/${id}/ramp`, undefined, { 'if-match': `"${body.revision}"` })).status).toBe(
      200,
    );
    await page.getByText(/al 25/i).first().waitFor(patient);
    await page.getByRole('button', { name: /Revertir a/ }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: /Revertir a/ });
    await dialog.getByLabel('Escribí «notes» para confirmar').fill('notes');
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Motivo').fill('Una prueba.');
    await confirm.click();
    await page.getByText(/Todos reciben 1\.0\.0/).waitFor(patient);
    await page.getByText('Una prueba.').first().waitFor(patient);
    expect(await page.getByRole('button', { name: 'Próximo paso' }).count()).toBe(0);
  },
};
