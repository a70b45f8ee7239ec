import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 60_000 };
const queue = 'mail';
const fault = 'the walk of the console found no such host';

export const walk: ScreenWalk = {
  title: 'says what is wrong, retries a dead letter, takes and verifies a backup, and validates',
  async prepare(api) {
    const [row] = await api.timonel.store.pool.executeText<{ id: string }>(
      `INSERT INTO pgboss.job (name, data, state, completed_on, output, retry_limit, retry_count)
       VALUES ($1, '{}', 'failed', now(), jsonb_build_object('message', $2::text), 0, 5) RETURNING id::text AS id`,
      [queue, fault],
    );
    return { job: row?.id ?? '' };
  },
  addresses: () => ['/health'],
  acts: [
    { button: `Reintentar el trabajo de ${queue}`, permission: 'operations:manage' },
    { button: 'Hacer un respaldo', permission: 'operations:manage' },
    { button: 'Validar', permission: 'operations:manage' },
  ],
  async walk({ page, api, made: { job = '' }, go, shot }) {
    await go('/health');
    await page.getByText(/Trabajos abandonados: \d/).waitFor(patient);
    await page.getByText('No hay ningún respaldo verificado').waitFor(patient);
    await page.getByText('Pedidos sin fallas del servidor').waitFor(patient);
    await page.getByText('atiende', { exact: true }).waitFor(patient);
    const row = page.getByRole('row', { name: fault });
    await row.getByRole('button', { name: `Reintentar el trabajo de ${queue}` }).click();
    await page.getByText('El trabajo volvió a su cola.').waitFor(patient);
    const { body } = await api.call<{ entries: { action: string }[] }>(
      'GET',
      `/api/v1/audit?action=job-retried&target=${queue}/${job}`,
    );
    expect(body.entries).toHaveLength(1);
    await page.getByRole('button', { name: 'Hacer un respaldo' }).click();
    await page
      .getByRole('button', { name: /^Verificar / })
      .first()
      .click(patient);
    await page.getByText(/Restaurado y comparado: [\d.]+ filas/).waitFor(patient);
    await page.getByText(/Último respaldo verificado/).waitFor(patient);
    expect(await page.getByText('No hay ningún respaldo verificado').count()).toBe(0);
    await page
      .getByRole('row', { name: /models-down/ })
      .getByText('nunca')
      .waitFor(patient);
    await page.getByText('timonel drill <name> --report').waitFor(patient);
    await page.getByRole('button', { name: 'Validar', exact: true }).click();
    await page.getByText(/^(Nada|Algo) falló\.$/).waitFor(patient);
    await shot('health-validated');
  },
};
