import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 60_000 };

export const walk: ScreenWalk = {
  title: 'says what was spent by whom, sets and removes a budget, and reconciles costs with budgets and runs',
  async prepare(api) {
    const { pool } = api.timonel.store;
    const hours = [0, 26, 50, 74].map((ago) => new Date(Date.now() - ago * 3_600_000).toISOString());
    for (const [at, hour] of hours.entries())
      await pool.executeText(
        `INSERT INTO spending (id, workspace_id, hour, agent, model, user_id, key_id, calls, tokens, money, unpriced)
         VALUES ($1, 'default', date_trunc('hour', $2::timestamptz), $3, $4, NULL, NULL, $5, $6, $7, 0)`,
        [
          crypto.randomUUID(),
          hour,
          at % 2 === 0 ? 'walk-desk' : 'walk-night',
          `walk/model-${at % 2}`,
          40 + at,
          52_000 + 3_000 * at,
          1_250_000_000 + 400_000_000 * at,
        ],
      );
    // In tokens: models without a price are refused where money is limited, and those of other screens' turns have none.
    await api.call('PUT', '/api/v1/budgets', { scope: 'workspace', period: 'month', tokens: 5_000_000 });
    return {};
  },
  addresses: () => ['/costs', '/costs?period=last-30&by=day'],
  acts: [
    { button: 'Poner un presupuesto', permission: 'budgets:manage' },
    { button: 'Cambiar el presupuesto: el espacio de trabajo', permission: 'budgets:manage' },
    { button: 'Quitar el presupuesto: el espacio de trabajo', permission: 'budgets:manage' },
    { button: 'Sumar las ejecuciones', permission: 'conversations:read-all' },
  ],
  async walk({ page, api, go, shot }) {
    await go('/costs?period=last-30');
    const costs = page.getByRole('region', { name: 'Costos según: Agente' });
    // 1.25 + 2.05, and 1.65 + 2.45 dollars.
    await costs.getByRole('row', { name: /walk-desk.*US\$\s*3,30/ }).waitFor(patient);
    await costs.getByRole('row', { name: /walk-night.*4,10/ }).waitFor(patient);
    await page.getByRole('button', { name: 'Modelo', exact: true }).click();
    await page.getByRole('row', { name: /walk\/model-0/ }).waitFor(patient);
    expect(page.url()).toContain('by=model');

    await page.getByRole('button', { name: 'Poner un presupuesto' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Limita las llamadas de').selectOption('agent');
    await dialog.getByLabel('De quién').selectOption('booking');
    await dialog.getByLabel('Límite, en dólares').fill('12.5');
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    const budgets = page.getByRole('region', { name: 'Presupuestos' });
    await budgets.getByRole('row', { name: /booking.*12,50/ }).waitFor(patient);
    await page.getByRole('button', { name: 'Cambiar el presupuesto: booking' }).click();
    await dialog.getByLabel('Límite, en tokens').fill('90000');
    await dialog.getByRole('button', { name: 'Guardar' }).click();
    await budgets.getByRole('row', { name: /booking.*12,50.*90\.000 tokens/ }).waitFor(patient);
    const { body } = await api.call<{ budgets: { subject: string | null; limit: object }[] }>('GET', '/api/v1/budgets');
    expect(body.budgets.find(({ subject }) => subject === 'booking')?.limit).toEqual({ money: 12.5, tokens: 90_000 });
    await page.getByRole('button', { name: 'Quitar el presupuesto: booking' }).click();
    await dialog.getByLabel('Escribí «booking» para confirmar').fill('booking');
    await dialog.getByRole('button', { name: 'Quitar' }).click();
    await budgets.getByRole('row', { name: /booking/ }).waitFor({ state: 'detached', ...patient });

    await page.getByRole('button', { name: 'Hoy', exact: true }).click();
    await page.getByRole('button', { name: 'Sumar las ejecuciones' }).click();
    await page.getByText(/Se sumaron [\d.]+ ejecuciones\./).waitFor(patient);
    // What was put into the costs by hand is in no run.
    const compared = page.getByRole('region', { name: 'Cuadre' });
    await compared.getByRole('row', { name: /walk-desk.*ejecuciones -/ }).waitFor(patient);
    await shot('costs-reconciled');
  },
};
