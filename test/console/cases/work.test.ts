/** Approvals, runs, releases and figures: what others' consoles got wrong, each as it was reported. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../needs.ts';
import { type ConsoleTest, type Opened, openConsole, patient, settled } from '../console-test.ts';

const nightly = process.env['TIMONEL_NIGHTLY'] !== undefined;

describe.runIf(needs('Chromium'))('work in the console', () => {
  let test: ConsoleTest;
  let own: Opened;
  beforeAll(async () => {
    test = await openConsole();
    own = await test.signedIn();
  }, 120_000);
  afterAll(() => test?.[Symbol.asyncDispose]());
  const runOf = async (conversation: string) => {
    const { body } = await test.api.call<{ runs: { id: string; outcome: string | null }[] }>(
      'GET',
      `/api/v1/runs?conversation=${conversation}`,
    );
    return body.runs[0] ?? { id: '', outcome: null };
  };

  it('decides two calls of one run, one after the other, and the run goes on once both are', async () => {
    const { page, go } = own;
    const conversation = await test.api.converse('notes', { name: 'Dos' });
    await test.api.say(conversation, 'Borrá dos veces');
    await go('/approvals');
    const calls = page.getByRole('region', { name: /Aprob|esperan/i }).or(page.locator('main'));
    await page.keyboard.press('j');
    for (let left = 2; left > 0; left -= 1) {
      await calls
        .getByText(/La (primera|segunda)/)
        .first()
        .waitFor(patient);
      const approve = page.getByRole('button', { name: 'Aprobar' });
      await expect.poll(() => approve.isEnabled(), patient).toBe(true);
      expect((await runOf(conversation)).outcome).not.toBe('replied');
      await approve.click();
      if (left > 1) {
        await page.getByText('Elegí una llamada.').waitFor(patient);
        await page.keyboard.press('j');
      }
    }
    await expect.poll(async () => (await runOf(conversation)).outcome, patient).toBe('replied');
  });

  it('keeps one stream of changes, however often screens come and go', async () => {
    const { page, go } = own;
    const streams = new Set<object>();
    let most = 0;
    page.on('request', (request) => {
      if (!request.url().endsWith('/api/v1/events')) return;
      streams.add(request);
      most = Math.max(most, streams.size);
    });
    page.on('requestfinished', (request) => streams.delete(request));
    page.on('requestfailed', (request) => streams.delete(request));
    const conversation = await test.api.converse('notes', { name: 'Montada' });
    await test.api.say(conversation, 'Hola');
    await go(`/inbox/${conversation}?view=open`);
    const nav = page.locator('.sidebar a');
    const count = await nav.count();
    for (let at = 0; at < (nightly ? 100 : 24); at += 1) await nav.nth(at % count).click();
    await settled(page);
    expect(streams.size).toBeLessThanOrEqual(1);
    expect(most).toBeLessThanOrEqual(1);
    // What happens afterwards arrives.
    await go(`/inbox/${conversation}?view=open`);
    await test.api.say(conversation, '¿Seguís ahí?');
    await page.getByRole('log', { name: 'Mensajes' }).getByText('Anotado: ¿Seguís ahí?').waitFor(patient);
  });

  it('shows nobody anything without a session', async () => {
    const { page, context, faults } = await test.open();
    const answered: string[] = [];
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.startsWith('/api/') && response.ok()) answered.push(pathname);
    });
    for (const address of ['/releases', '/costs', '/people', '/runs', '/health']) {
      await page.goto(`${test.url}/console${address}`);
      await page.getByRole('heading', { name: 'Entrá a Timonel' }).waitFor(patient);
    }
    // What signing in needs to know; nothing of the workspace.
    expect(answered.filter((path) => !path.startsWith('/api/v1/auth/'))).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('has a button for what the API does with a release in that state, and for nothing else', async () => {
    const { page, go } = own;
    const { body } = await test.api.call<{ id: string }>('POST', '/api/v1/releases', {
      agent: 'notes',
      changes: { prompt: 'You keep notes, in few words.' },
    });
    const act = async (path: string, sent?: object) => {
      const { headers } = await test.api.call('GET', `/api/v1/releases/${body.id}`);
      const match = { 'if-match': String(headers['etag']) };
      const [method, address] = path === 'stop' ? ['PATCH', ''] : ['POST', `/${path}`];
      return (await test.api.call(method as 'POST', `/api/v1/releases/${body.id}${address}`, sent, match)).status;
    };
    const buttons = async () => {
      await go(`/releases/${body.id}`);
      return (await page.locator('.page-actions button').allTextContents()).map((each) => each.replace(/ a .*/, '')).sort();
    };
    const running = ['Promover sin prueba', 'Próximo paso', 'Revertir'];
    expect(await buttons()).toEqual(['Descartar', 'Empezar']);
    expect([await act('ramp'), await act('promote', {})]).toEqual([409, 409]);
    expect(await act('start', {})).toBe(200);
    expect(await buttons()).toEqual([...running, 'Dejar de asignar'].sort());
    expect([await act('start', {}), await act('promote', {})]).toEqual([409, 409]);
    expect(await act('stop', { enabled: false })).toBe(200);
    expect(await buttons()).toEqual(expect.arrayContaining(['Asignar de nuevo', 'Revertir']));
    expect(await act('rollback', { reason: 'Una prueba.' })).toBe(200);
    expect(await buttons()).toEqual([]);
    for (const [path, sent] of [
      ['start', {}],
      ['ramp'],
      ['promote', { force: true, reason: 'x' }],
      ['rollback', { reason: 'x' }],
    ] as const)
      expect([path, await act(path, sent)]).toEqual([path, 409]);
  });

  it('opens costs, people and keys where a budget is used up, says so, and shows the same after ten other screens', async () => {
    const { page, go } = own;
    await test.api.call('PUT', '/api/v1/budgets', { scope: 'agent', subject: 'notes', period: 'month', tokens: 1 });
    await test.api.say(await test.api.converse('notes', { name: 'Gasta' }), 'Hola');
    await go('/costs?period=last-30');
    const budgets = page.getByRole('region', { name: 'Presupuestos' });
    await budgets.getByRole('row', { name: /notes/ }).waitFor(patient);
    const before = await page.getByRole('region', { name: /Costos según/ }).textContent();
    for (let at = 0; at < 10; at += 1) {
      await go(at % 2 === 0 ? '/people?view=keys' : '/runs');
      expect(await page.locator('.failure').count()).toBe(0);
      await page.goBack();
      await budgets.getByRole('row', { name: /notes/ }).waitFor(patient);
    }
    await settled(page);
    expect(await page.getByRole('region', { name: /Costos según/ }).textContent()).toBe(before);
  });

  it.each([{ timeZone: 'America/New_York' }, { timeZone: 'Pacific/Kiritimati' }])(
    'keeps appointments on the day of the house for a browser in $timeZone',
    async ({ timeZone }) => {
      const root = '/api/v1/agents/booking';
      const day = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
      // The house is open by night then, and so is one person.
      for (const staff of [null, 'Carlos Medina']) {
        const periods = [{ from: '00:00', to: '24:00' }];
        const { status } = await test.api.call('POST', `${root}/special-dates`, {
          date: day,
          staff,
          periods,
          reason: 'Noche larga',
        });
        expect([201, 409]).toContain(status);
      }
      const name = timeZone === 'America/New_York' ? 'Noa Norte' : 'Kai Kiri';
      const made = await test.api.call('POST', `${root}/appointments`, {
        date: day,
        time: timeZone === 'America/New_York' ? '23:00' : '22:00',
        service: 'Corte de pelo',
        name,
        phone: `+54 11 5555 ${timeZone.length}77`,
      });
      expect(made.status, JSON.stringify(made.body)).toBe(201);
      const { page, context, go } = await test.signedIn({ timeZone });
      await go(`/bookings?date=${day}`);
      const entry = page.getByRole('button', { name: new RegExp(`^${name} 2[23]:00`) });
      await entry.waitFor(patient);
      for (const by of [-1, 1]) {
        await go(`/bookings?date=${new Date(Date.parse(day) + by * 86_400_000).toISOString().slice(0, 10)}`);
        expect(await entry.count()).toBe(0);
      }
      // A list tells the time of the house, too.
      await go('/data/booking/appointments?sort=-startsAt');
      await page.getByText(name).first().waitFor(patient);
      await context.close();
    },
  );
});
