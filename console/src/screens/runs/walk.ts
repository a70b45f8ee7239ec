import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 20_000 };

export const walk: ScreenWalk = {
  title: 'finds a run by its outcome, opens its steps, and scrolls through twenty thousand',
  async prepare(api) {
    const conversation = await api.converse('notes', { name: 'Runs' });
    await api.say(conversation, 'Guardá: el password es 1234');
    const { body } = await api.call<{ runs: { id: string }[] }>('GET', `/api/v1/runs?conversation=${conversation}`);
    const id = body.runs[0]?.id ?? '';
    const long = await api.converse('notes', { name: 'Long' });
    await api.say(long, 'Hola');
    const { body: other } = await api.call<{ runs: { id: string }[] }>('GET', `/api/v1/runs?conversation=${long}`);
    const longId = other.runs[0]?.id ?? '';
    const step = { kind: 'decision', callId: '0.0', tool: 'list_notes', verdict: { kind: 'allow' }, callHash: '' };
    await api.timonel.store.pool.executeText(
      `INSERT INTO steps (workspace_id, run_id, index, kind, data, fence)
       SELECT workspace_id, id, n, 'decision', $2, fence FROM runs, generate_series((SELECT max(index) + 1 FROM steps WHERE run_id = $1), 19999) n WHERE id = $1`,
      [longId, JSON.stringify(step)],
    );
    return { id, longId, conversation };
  },
  addresses: ({ id }) => [`/runs/${id}?step=1`, '/runs', '/runs?outcome=cancelled'],
  acts: [{ button: 'Agregar como caso de evaluación', permission: 'evaluations:manage' }],
  async walk({ page, api, made: { id = '', longId = '' }, go, shot }) {
    await go('/runs');
    await page.getByLabel('Resultado').selectOption({ label: 'respondió' });
    await expect.poll(() => page.url(), patient).toContain('outcome=replied');
    await page.getByRole('table').getByText('notes').first().waitFor(patient);
    await shot('runs-list');
    await go(`/runs/${id}`);
    const steps = page.getByRole('list', { name: 'Pasos' });
    await steps.getByText('denegada').first().waitFor(patient);
    await steps.getByRole('button', { name: /no-secrets/ }).click();
    await page.getByRole('complementary').getByText('No guardo contraseñas.', { exact: true }).waitFor(patient);
    await shot('run-step');
    await page.getByLabel('Pasos', { exact: true }).and(page.locator('select')).selectOption('notable');
    await expect.poll(() => steps.getByRole('listitem').count(), patient).toBe(2);
    await page.reload();
    await expect.poll(() => steps.getByRole('listitem').count(), patient).toBe(2);

    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes(`${longId}/steps`)) asked += 1;
    });
    await go(`/runs/${longId}`);
    await steps.getByRole('button').first().waitFor(patient);
    expect(asked).toBeLessThanOrEqual(3);
    expect(await page.locator('*').count()).toBeLessThan(2_000);
    await steps.evaluate((list) => list.parentElement?.scrollTo(0, list.scrollHeight));
    await steps.getByText('19,999').or(steps.getByText('19999')).first().waitFor(patient);
    expect(await page.locator('*').count()).toBeLessThan(2_000);
    expect((await api.call('GET', `/api/v1/runs/${longId}/steps?notable=true`)).body).toMatchObject({ steps: [], before: null });
  },
};
