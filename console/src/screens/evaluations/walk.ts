import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 120_000 };
const agent = 'booking';
const now = '2026-11-20T12:00:00-03:00';

export const walk: ScreenWalk = {
  title: 'adds a case, plays the cases of an agent as a job, and compares two evaluations case by case',
  async prepare(api) {
    const turns = [{ user: 'hola', expect: { outcome: 'replied' } }];
    await api.call('POST', '/api/v1/evaluations/cases', { agent, name: 'walk-greeting', now, turns });
    const { body } = await api.call<{ id: string }>('POST', '/api/v1/evaluations', { agent });
    return { id: body.id };
  },
  addresses: ({ id }) => [
    `/evaluations?agent=${agent}`,
    `/evaluations?agent=${agent}&view=cases`,
    `/evaluations/${id}`,
    `/evaluations/compare?base=${id}&other=${id}`,
  ],
  acts: [{ button: 'Evaluar', permission: 'evaluations:manage' }],
  async walk({ page, api, made: { id = '' }, go, shot }) {
    const dialog = page.getByRole('dialog');
    await go(`/evaluations?agent=${agent}&view=cases`);
    await page.getByRole('row', { name: /walk-greeting.*hola/ }).waitFor(patient);
    await page.getByRole('button', { name: 'Agregar un caso' }).click();
    await dialog.getByLabel('Nombre').fill('walk-hopeless');
    await dialog.getByLabel('El cliente dice').fill('hola');
    await dialog.getByLabel('La respuesta tiene').fill('zanahoria');
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await page.getByRole('row', { name: /walk-hopeless.*hola/ }).waitFor(patient);

    // Once the first is over, the next one is played and followed.
    await expect
      .poll(async () => (await api.call<{ status: string }>('GET', `/api/v1/evaluations/${id}`)).body.status, patient)
      .toBe('finished');
    await page.getByRole('button', { name: 'Evaluar', exact: true }).click();
    await dialog.getByLabel('Preguntarle al modelo').selectOption('no');
    await dialog.getByRole('button', { name: 'Evaluar' }).click();
    await page.getByText('2 de 2 casos jugados').waitFor(patient);
    await page.getByRole('row', { name: /walk-hopeless.*falló.*zanahoria/ }).waitFor(patient);
    await shot('evaluation-played');
    await page.getByRole('button', { name: 'Fallaron' }).click();
    await expect.poll(() => page.getByRole('row', { name: /walk-greeting/ }).count(), patient).toBe(0);

    await page.getByRole('link', { name: 'Todas las evaluaciones' }).click();
    const verdicts = page.getByRole('region', { name: 'Veredictos de las últimas evaluaciones' });
    await verdicts.getByRole('row', { name: /walk-hopeless.*falló.*no estaba/ }).waitFor(patient);
    await verdicts.getByRole('row', { name: /walk-greeting.*pasó.*pasó/ }).waitFor(patient);
    await shot('evaluations');
    for (const box of await page.getByRole('checkbox').all()) await box.check();
    await page.getByRole('button', { name: 'Comparar', exact: true }).click();
    await page.getByText('Igual en todos los casos que jugaron las dos.').waitFor(patient);
    await page.getByRole('row', { name: /walk-hopeless.*solo después/ }).waitFor(patient);
    await page.getByRole('button', { name: 'Dar vuelta' }).click();
    await page.getByRole('row', { name: /walk-hopeless.*solo antes/ }).waitFor(patient);
    await shot('evaluations-compared');

    // A case is changed from the version that was read, and removed by its name.
    await go(`/evaluations?agent=${agent}&view=cases`);
    await page.getByRole('button', { name: 'walk-hopeless' }).click();
    await dialog.getByRole('button', { name: 'Agregar un turno' }).click();
    await dialog.getByRole('group', { name: 'Turno 2' }).getByLabel('El cliente dice').fill('chau');
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await page.getByRole('row', { name: /walk-hopeless hola 2/ }).waitFor(patient);
    await page.getByRole('button', { name: 'walk-hopeless' }).click();
    await dialog.getByRole('button', { name: 'Borrar el caso' }).click();
    await dialog.getByLabel('Escribí «walk-hopeless» para confirmar').fill('walk-hopeless');
    await dialog.getByRole('button', { name: 'Borrar el caso' }).click();
    await page.getByRole('row', { name: /walk-hopeless/ }).waitFor({ state: 'detached', ...patient });
    await page.getByRole('button', { name: 'Traer los del agente' }).click();
    await page.getByText(/\d+ agregados, 0 cambiados/).waitFor(patient);
    expect(await page.getByRole('link', { name: 'De una ejecución' }).getAttribute('href')).toBe(`/console/runs?agent=${agent}`);
  },
};
