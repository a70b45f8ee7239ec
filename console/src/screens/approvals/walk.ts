import { expect } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';

const patient = { timeout: 20_000 };

export const walk: ScreenWalk = {
  title: 'shows the exact arguments, keeps them over a reload, approves and rejects by keyboard',
  async prepare(api) {
    const first = await api.converse('notes', { name: 'First' });
    await api.say(first, 'Borrá las notas de marzo');
    const second = await api.converse('notes', { name: 'Second' });
    await api.say(second, 'Borrá las notas de abril');
    const { body } = await api.call<{ approvals: { runId: string; callId: string; conversationId: string }[] }>(
      'GET',
      '/api/v1/approvals',
    );
    const own = body.approvals.find(({ conversationId }) => conversationId === first);
    return { first, second, call: encodeURIComponent(`${own?.runId} ${own?.callId}`) };
  },
  addresses: ({ call }) => [`/approvals?call=${call}`, '/approvals?view=remembered'],
  acts: [
    { button: 'Aprobar', permission: 'runs:decide' },
    { button: 'Rechazar', permission: 'runs:decide' },
  ],
  async walk({ page, api, made: { first = '', second = '' }, go, shot }) {
    await go('/approvals');
    await page.keyboard.press('j');
    await page.getByText('Borrá las notas de marzo').waitFor(patient);
    await page.reload();
    await page.getByText('Borrá las notas de marzo').waitFor(patient);
    await page.getByText('Borrar necesita aprobación.').first().waitFor(patient);
    await shot('approval');
    const approve = page.getByRole('button', { name: 'Aprobar' });
    await expect.poll(() => approve.isEnabled(), patient).toBe(true);
    await page.keyboard.press('a');
    const outcomeOf = async (conversation: string) =>
      (await api.call<{ runs: { outcome: string | null }[] }>('GET', `/api/v1/runs?conversation=${conversation}`)).body.runs[0]
        ?.outcome;
    await expect.poll(() => outcomeOf(first), patient).toBe('replied');
    await page.getByText('Elegí una llamada.').waitFor(patient);
    await page.keyboard.press('j');
    await page.getByText('Borrá las notas de abril').waitFor(patient);
    await page.getByLabel('Motivo (opcional; se le dice al agente)').fill('Abril se queda.');
    await page.keyboard.press('Escape');
    await page.keyboard.press('d');
    await expect.poll(() => outcomeOf(second), patient).not.toBe('awaiting_approval');
    await page.getByText('Nada espera aprobación.').waitFor(patient);
  },
};
