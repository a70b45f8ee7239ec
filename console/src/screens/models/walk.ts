import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 60_000 };
const target = 'openai/walk-model';

export const walk: ScreenWalk = {
  title:
    'says who answers, makes and edits a route with failover, shows a conflict, lets a call through a breaker, closes it, and clears the cache',
  async prepare(api) {
    await api.call('PUT', '/api/v1/routes/walk', {
      targets: [{ model: 'anthropic/claude-sonnet-5-5' }, { model: target }],
      cache: { ttlSeconds: 600 },
    });
    // A model that does not answer: its breaker opens, and stays so long enough to be seen.
    const { breakers } = api.timonel.gateway;
    breakers.force(target, 'half-open', 'the walk');
    return {};
  },
  addresses: () => ['/models', '/models/walk'],
  acts: [
    { button: 'Crear una ruta', permission: 'models:manage' },
    { button: 'Olvidar todas las respuestas', permission: 'models:manage' },
  ],
  async walk({ page, api, go, shot }) {
    const dialog = page.getByRole('dialog');
    await go('/models');
    await page
      .getByRole('region', { name: 'Precios' })
      .getByRole('row', { name: /claude-sonnet-5-5.*hace \d+ días/ })
      .waitFor(patient);
    const breakers = page.getByRole('region', { name: 'Disyuntores', exact: true });
    await breakers.getByRole('row', { name: new RegExp(`${target}.*a prueba`) }).waitFor(patient);
    await page.getByRole('button', { name: `Cerrar el disyuntor de ${target}` }).click();
    await dialog.getByRole('button', { name: 'Cerrar' }).click();
    await breakers.getByRole('row', { name: new RegExp(`${target}.*cerrado`) }).waitFor(patient);
    expect(api.timonel.gateway.breakers.state(target)).toBe('closed');
    await page
      .getByRole('region', { name: 'Qué hicieron los disyuntores en este proceso' })
      .getByRole('row', { name: /cerrado\s+forced by/ })
      .waitFor(patient);
    await page.getByRole('button', { name: 'Olvidar todas las respuestas' }).click();
    await dialog.getByRole('button', { name: 'Olvidar todas las respuestas' }).click();
    await page.getByText(/^Olvidadas: \d+/).waitFor(patient);

    await page.getByRole('button', { name: 'Crear una ruta' }).click();
    await dialog.getByLabel('Ruta').fill('walk-fast');
    await dialog.getByLabel('Modelo').fill(target);
    await dialog.getByRole('button', { name: 'Agregar un destino' }).click();
    await dialog.getByLabel('Modelo').nth(1).fill('anthropic/claude-haiku-4-5');
    await dialog.getByRole('button', { name: 'Subir anthropic/claude-haiku-4-5' }).click();
    await shot('route-form');
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await page.getByRole('heading', { name: 'walk-fast' }).waitFor(patient);
    await page.getByRole('listitem').filter({ hasText: 'Versión 1' }).waitFor(patient);
    type Read = { route: { targets: { model: string }[]; attempts: number } & Record<string, unknown> };
    const stored = async () => (await api.call<Read>('GET', '/api/v1/routes/walk-fast')).body.route;
    expect((await stored()).targets.map(({ model }) => model)).toEqual(['anthropic/claude-haiku-4-5', target]);

    // Somebody else is faster; the person goes on with what is stored now.
    await page.getByRole('button', { name: 'Editar' }).click();
    await dialog.getByLabel('Intentos en un destino').fill('2');
    const { alias: _alias, version: _version, source: _source, ...definition } = await stored();
    expect((await api.call('PUT', '/api/v1/routes/walk-fast', { ...definition, attempts: 5 })).status).toBe(200);
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await dialog.getByRole('row', { name: /Intentos en un destino\s+2\s+5/ }).waitFor(patient);
    await dialog.getByRole('button', { name: 'Seguir con lo otro' }).click();
    await dialog.getByLabel('Intentos en un destino').waitFor(patient);
    expect(await dialog.getByLabel('Intentos en un destino').inputValue()).toBe('5');
    await dialog.getByLabel('Guardar respuestas').check();
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Versión 3' })
      .getByText(/no se guardan respuestas/)
      .waitFor(patient);
    expect(await stored()).toMatchObject({ attempts: 5, cache: { ttlSeconds: 3600 } });

    await page.getByRole('button', { name: 'Quitar', exact: true }).click();
    await dialog.getByLabel('Escribí «walk-fast» para confirmar').fill('walk-fast');
    await dialog.getByRole('button', { name: 'Quitar' }).click();
    await page.getByRole('row', { name: /^walk / }).waitFor(patient);
    await page.getByRole('link', { name: 'walk-fast' }).waitFor({ state: 'detached', ...patient });
  },
};
