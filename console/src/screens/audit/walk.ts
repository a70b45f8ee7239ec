import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 60_000 };

export const walk: ScreenWalk = {
  title:
    'says who did what, filters by the address, verifies the chain against an end that was kept, finds a change in it, and exports it',
  async prepare(api) {
    for (const enabled of [true, false])
      await api.call('PUT', '/api/v1/flags/walk-audited', {
        type: 'boolean',
        enabled,
        variants: { on: true },
        defaultVariant: 'on',
      });
    const { body } = await api.call<{ entries: { sequence: number }[] }>('GET', '/api/v1/audit?target=walk-audited');
    return { sequence: String(body.entries[0]?.sequence) };
  },
  addresses: ({ sequence }) => ['/audit', `/audit?target=walk-audited&entry=${sequence}`],
  acts: [
    { button: 'Verificar', permission: 'audit:read' },
    { button: 'Exportar', permission: 'audit:read' },
  ],
  async walk({ page, api, made: { sequence = '' }, go, shot }) {
    await go('/audit');
    await page.getByRole('combobox', { name: 'Qué' }).selectOption('flag-changed');
    await page
      .getByRole('row', { name: /flag-changed.*walk-audited/ })
      .first()
      .waitFor(patient);
    expect(page.url()).toContain('action=flag-changed');
    await page
      .getByRole('row', { name: /walk-audited/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Solo sobre eso' }).click();
    await expect.poll(() => page.getByRole('row', { name: /walk-audited/ }).count(), patient).toBe(2);
    expect(page.url()).toContain('target=walk-audited');
    await page.getByLabel('Hasta').fill('2020-01-01');
    await page.getByText('Ninguna entrada coincide.').waitFor(patient);
    await page.getByLabel('Hasta').fill('');

    // What is exported is what is filtered.
    await page
      .getByRole('row', { name: /walk-audited/ })
      .first()
      .waitFor(patient);
    const download = page.waitForEvent('download', patient);
    await page.getByRole('button', { name: 'Exportar' }).click();
    const lines = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual(['flag-changed', 'flag-changed']);

    const dialog = page.getByRole('dialog');
    const verify = async (anchor: string) => {
      await page.getByRole('button', { name: 'Verificar' }).click();
      await dialog.getByLabel('Un final guardado en otro lado').fill(anchor);
      await dialog.getByRole('button', { name: 'Verificar' }).click();
      await dialog.waitFor({ state: 'detached', ...patient });
    };
    await verify('');
    await page.getByText(/^Entera: [\d.]+ entradas/).waitFor(patient);
    const kept = (await page.getByRole('note').locator('code').textContent()) ?? '';
    await shot('audit-whole');
    await verify(kept);
    await page.getByText(/hasta el final guardado y más allá/).waitFor(patient);
    // Somebody with the database changes an entry; it is found, and put back for the walks after this one.
    const { pool } = api.timonel.store;
    const change = (action: string) =>
      pool.inTransaction(async (client) => {
        await client.query(`SET LOCAL session_replication_role = 'replica'`);
        await client.query(`UPDATE audit_log SET action = $1 WHERE workspace_id = 'default' AND sequence = $2`, [action, sequence]);
      });
    await change('flag-removed');
    await verify('');
    await page
      .getByRole('alert')
      .getByText(/Rota en la entrada [\d.]+: se cambió\./)
      .waitFor(patient);
    await shot('audit-broken');
    await change('flag-changed');
    await verify('');
    await page.getByText(/^Entera: /).waitFor(patient);
  },
};
