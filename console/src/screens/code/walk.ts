import { expect, vi } from 'vitest';
import type { ScreenWalk } from '../../../../test/console/screen-walk.ts';
import type { TestTimonel } from '../../../../test/timonel.ts';

const patient = { timeout: 60_000 };
const root = '/api/v1/agents/codegen';
const project = 'tienda';

interface Execution {
  id: string;
  conversationId: string;
  runId: string;
  stage: string;
  result: string | null;
  round: number;
  branch: string | null;
  approvedBy: string | null;
}

/** Asks for code, and waits until a person is needed. */
async function asked(api: TestTimonel, more: object = {}): Promise<string> {
  const conversation = await api.converse('codegen');
  const request = 'Creá una función que sume dos números enteros';
  await api.say(conversation, `/generar ${JSON.stringify({ project, request, ...more })}`);
  return vi.waitFor(async () => {
    const { body } = await api.call<{ executions: Execution[] }>('GET', `${root}/executions`);
    const found = body.executions.find(({ conversationId }) => conversationId === conversation);
    expect(found?.stage).toMatch(/^(?:approval|plan|ended)$/);
    return found?.id ?? '';
  }, patient);
}

const executionOf = async (api: TestTimonel, id: string) => (await api.call<Execution>('GET', `${root}/executions/${id}`)).body;

/** The call that waits; the stage is stored a moment before it. */
function waiting(api: TestTimonel, runId: string): Promise<string> {
  return vi.waitFor(async () => {
    const { body } = await api.call<{ approvals: { callId: string; status: string }[] }>('GET', `/api/v1/runs/${runId}`);
    const call = body.approvals.find(({ status }) => status === 'pending');
    expect(call).toBeDefined();
    return call?.callId ?? '';
  }, patient);
}

export const walk: ScreenWalk = {
  title: 'shows stages, tasks, score and changes, asks for another round, and approves what is shown',
  async prepare(api) {
    const made = await api.call('POST', `${root}/commands/init`, { name: project });
    expect(made.status, JSON.stringify(made.body)).toBeLessThan(300);
    const id = crypto.randomUUID();
    const key = await api.timonel.apiKeys.create({ id, workspaceId: 'default', name: 'Ana Approver', role: 'admin' });
    const done = await asked(api);
    // Nothing is left waiting: other screens show the calls that wait, too.
    const { runId } = await executionOf(api, done);
    const path = `/api/v1/runs/${runId}/approvals/${await waiting(api, runId)}`;
    await api.call('POST', path, { decision: 'approve' }, { authorization: `Bearer ${key}` });
    await vi.waitFor(async () => expect((await executionOf(api, done)).result).toBe('committed'), patient);
    return { done, planned: await asked(api, { confirm: 'plan' }) };
  },
  addresses: ({ done, planned }) => [`/code/${done}`, `/code/${planned}`, '/code'],
  acts: [
    { button: 'Aprobar', permission: 'runs:decide', elsewhere: true },
    { button: 'Rechazar', permission: 'runs:decide', elsewhere: true },
  ],
  async walk({ page, api, made: { done = '' }, go, shot }) {
    await go(`/code/${done}`);
    await page.getByText('commit hecho').first().waitFor(patient);
    await page.getByText('+    """The sum."""').waitFor(patient);
    await page.getByText('terminada').nth(1).waitFor(patient);
    await page.getByRole('rowheader', { name: 'Pruebas' }).waitFor(patient);
    await page.getByRole('button', { name: 'Mostrar el registro' }).click();
    await page.getByText('"approvalStatus": "approved"').waitFor(patient);

    const id = await asked(api);
    await page
      .getByRole('list')
      .getByRole('button', { name: /espera aprobación/ })
      .first()
      .click();
    const approve = page.getByRole('button', { name: 'Aprobar' });
    await expect.poll(() => approve.isEnabled(), patient).toBe(true);
    await page.getByText('¿Escribir 2 archivos en tienda?').waitFor(patient);
    expect(await page.locator('.code-file').count()).toBe(2);
    await shot('code-proposal');
    await page.getByLabel('Qué hay que cambiar').fill('Que la documentación diga qué suma');
    await page.getByRole('button', { name: 'Pedir cambios' }).click();
    await page.getByText('+    """The sum of both."""').waitFor(patient);
    await expect.poll(() => approve.isEnabled(), patient).toBe(true);
    await page.locator('.code-one').focus();
    await page.keyboard.press('a');
    await expect.poll(async () => (await executionOf(api, id)).result, patient).toBe('committed');
    expect(await executionOf(api, id)).toMatchObject({ round: 2, approvedBy: expect.any(String) });
    await page.getByText('Lo aprobó').waitFor(patient);
    await shot('code-committed');
  },
};
