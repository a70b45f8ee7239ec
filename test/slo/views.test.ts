import { afterEach, describe, expect, it } from 'vitest';
import { logTo } from '../../src/telemetry/logs.ts';
import { storeKinds } from '../stores.ts';
import { type BusyTimonel, startBusyTimonel } from './busy-timonel.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of the API, asserted on
type Body = any;

const paths = [
  '/metrics/health',
  '/metrics/tools/performance',
  '/metrics/slo/status',
  '/metrics/alerts/active',
  '/metrics/dashboard/overview',
];

describe.each(storeKinds)('the live views (%s)', (kind) => {
  let open: BusyTimonel[] = [];
  afterEach(async () => {
    for (const each of open.reverse()) await each.close();
    open = [];
  });

  async function start(options: Parameters<typeof startBusyTimonel>[1] = {}) {
    let now = Date.now();
    const busy = await startBusyTimonel(kind, { now: () => new Date(now), ...options });
    open.push(busy);
    const view = async (path: string): Promise<Body> => {
      // What was seen a moment ago would do for whoever asks.
      now += 1_000;
      const { status, body } = await busy.timonel.call('GET', path);
      expect([path, status]).toEqual([path, 200]);
      return body;
    };
    const pass = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute++) {
        now += 60_000;
        await busy.timonel.call('GET', '/metrics/alerts/active');
      }
    };
    return { ...busy, view, pass };
  }

  it('say nothing of what did not happen', async () => {
    const { view } = await start();
    expect((await view('/metrics/alerts/active')).alerts).toEqual([]);
    const overview = await view('/metrics/dashboard/overview');
    expect(overview).toMatchObject({
      status: 'ok',
      runs: { active: 0, byOutcome: {}, byAgent: {} },
      models: { calls: 0, costDollars: 0, failedAttempts: 0, breakersNotClosed: [] },
      cache: { hitShare: null, savedDollars: 0 },
      tools: { calls: 0, failedShare: null },
      alerts: { firing: { critical: 0, warning: 0, info: 0 }, pending: 0 },
    });
    expect((await view('/metrics/tools/performance')).tools).toEqual([]);
    const slos: Body[] = (await view('/metrics/slo/status')).indicators;
    expect(slos.map(({ sli, status, budgetLeft }) => [sli, status, budgetLeft])).toEqual([
      ['availability', 'unknown', null],
      ['run-errors', 'unknown', null],
      ['turn-latency', 'unknown', null],
      ['request-latency', 'unknown', null],
    ]);
  });

  it('say what happened, and how often', async () => {
    const { view, work } = await start();
    const before = await view('/metrics/dashboard/overview');
    const day = await work();
    expect(day).toMatchObject({ turns: 6, toolCalls: 2, degraded: 1, hits: 1, limited: 2, overBudget: 1 });
    expect(day.failed).toBeGreaterThanOrEqual(5);

    const overview = await view('/metrics/dashboard/overview');
    expect(overview.runs.byAgent).toEqual({ notes: 5, booking: 1 });
    expect(Object.values<number>(overview.runs.byOutcome).reduce((sum, each) => sum + each, 0)).toBe(day.turns);
    expect(overview.models.failedAttempts).toBeGreaterThanOrEqual(5);
    expect(overview.models.costDollars).toBeGreaterThan(0);
    expect(overview.models.breakersNotClosed).toContain('configured/fails-for-work');
    expect(overview.cache.lookups).toMatchObject({ hit: 1, miss: 1 });
    expect(overview.cache.hitShare).toBe(0.5);
    expect(overview.requests.count).toBeGreaterThan(before.requests.count + 15);
    expect(overview.requests.failedShare).toBeCloseTo(day.failed / overview.requests.count, 10);

    const health = await view('/metrics/health');
    expect(health.runs).toMatchObject({ ended: day.turns, failedShare: 0, degradedShare: 1 / 6 });
    expect(health.requests.failed).toBe(day.failed);
    expect(health.pool.size).toBeGreaterThan(0);
    expect(health.process.residentBytes).toBeGreaterThan(50_000_000);
    expect(health.dependencies.map(({ name }: Body) => name)).toContain('database');

    const { tools } = await view('/metrics/tools/performance');
    const addNote = tools.find(({ tool }: Body) => tool === 'add_note');
    expect(addNote).toMatchObject({ agent: 'notes', byStatus: { completed: day.toolCalls }, failedShare: 0 });
    expect(addNote.p95Seconds).toBeGreaterThan(0);

    const slos = new Map<string, Body>((await view('/metrics/slo/status')).indicators.map((each: Body) => [each.sli, each]));
    expect(slos.get('availability').windows[0]).toMatchObject({ window: '5m', bad: day.failed });
    expect(slos.get('availability').budgetLeft).toBeLessThan(0);
    expect(slos.get('run-errors')).toMatchObject({ status: 'kept', budgetLeft: 1 });
    expect(slos.get('run-errors').windows.at(-1)).toMatchObject({ window: '3d', events: day.turns, bad: 0, burnRate: 0 });
    expect(slos.get('turn-latency').windows[0].events).toBe(day.turns);
  });

  it('have no figure that is the same whatever happens', async () => {
    const { view, work, pass } = await start();
    const calm = new Map<string, unknown>();
    for (const path of paths) for (const [name, value] of flat(path, await view(path))) calm.set(name, value);
    await work();
    await pass(3);
    const busy = new Map<string, unknown>();
    for (const path of paths) for (const [name, value] of flat(path, await view(path))) busy.set(name, value);
    const same = [...busy]
      .filter(([name, value]) => calm.has(name) && JSON.stringify(calm.get(name)) === JSON.stringify(value))
      .map(([name]) => name);
    // Words, promises, limits, what work that went well has no influence on, and the memory, which a process that has enough leaves as it is.
    const allowed =
      /\.(since|window|slo|sli|meaning|objective|resolutionSeconds|watched|version|status|unit|required|name)$|\/health\.(pool|dependencies)|\/overview\.(queues|runs\.(active|openStreams))|\/health\.runs\.(active|window)|run-errors\.windows\.\w+\.bad|latency\.windows\.\w+\.bad|firing\.warning$|residentBytes$/;
    expect(same.filter((name) => !allowed.test(name))).toEqual([]);
    expect(busy.size).toBeGreaterThan(calm.size);
  });

  it('show an alert from its first moment to an hour after its end, and who looks after it', async () => {
    const { view, work, pass, timonel } = await start();
    await work();
    const alertsNow = async (): Promise<Body[]> => (await view('/metrics/alerts/active')).alerts;
    const named = async (name: string) => (await alertsNow()).find((each) => each.name === name);
    expect(await named('BreakerOpen')).toMatchObject({ state: 'pending', firingAt: null, severity: 'critical' });
    const hits = await named('RateLimitHits');
    expect(hits).toMatchObject({ state: 'firing', labels: { scope: 'user' }, value: 2, acknowledgement: null });
    await pass(3);
    const breaker = await named('BreakerOpen');
    expect(breaker).toMatchObject({ state: 'firing', summary: expect.stringContaining('configured/fails-for-work') });
    expect((await view('/metrics/dashboard/overview')).alerts.firing).toMatchObject({ info: 1 });

    const acknowledge = (fingerprint: string, body?: object) =>
      timonel.call<Body>('POST', `/metrics/alerts/${fingerprint}/acknowledge`, body);
    const { status, body } = await acknowledge(breaker.fingerprint, { note: 'I ask the provider' });
    expect([status, body.acknowledgement]).toEqual([
      200,
      { by: expect.stringMatching(/^api-key:/), note: 'I ask the provider', at: expect.any(String) },
    ]);
    expect((await named('BreakerOpen')).acknowledgement).toEqual(body.acknowledgement);
    expect((await named('RateLimitHits')).acknowledgement).toBeNull();
    expect((await acknowledge('0000000000000000')).status).toBe(404);
    expect((await acknowledge(breaker.fingerprint, { note: '' })).status).toBe(400);
    const { body: log } = await timonel.call<Body>('GET', '/api/v1/audit?action=alert-acknowledged');
    expect(log.entries).toMatchObject([
      { target: { kind: 'alert', id: breaker.fingerprint }, details: { alert: 'BreakerOpen', severity: 'critical' } },
    ]);

    // Nobody asks for the model any more: it is over, and shown as such for an hour.
    await pass(12);
    expect(await named('BreakerOpen')).toMatchObject({ state: 'resolved', resolvedAt: expect.any(String) });
    expect((await acknowledge(breaker.fingerprint)).status).toBe(404);
    await pass(65);
    expect(await named('BreakerOpen')).toBeUndefined();

    // Hours later it is another trouble. The breaker itself knows no other clock than that of the machine.
    const probe = { target: 'configured/fails-for-work', state: 'half-open' };
    expect((await timonel.call('POST', '/api/v1/health/circuit-breaker', probe)).status).toBe(200);
    await work();
    await pass(3);
    expect(await named('BreakerOpen')).toMatchObject({ state: 'firing', fingerprint: breaker.fingerprint, acknowledgement: null });
  });

  it('write a line to the log when an alert fires and when it is over', async () => {
    const lines: Body[] = [];
    const logs = logTo({ write: (line) => void lines.push(JSON.parse(line)) }, 'info');
    try {
      const { work, pass } = await start();
      await work();
      await pass(3);
      await pass(12);
      const told = lines
        .filter(({ alert }) => alert === 'BreakerOpen')
        .map(({ level, msg, labels }) => [level, msg, labels.target]);
      const what = 'The circuit breaker of configured/fails-for-work does not close';
      expect(told).toEqual([
        [50, `alert firing: ${what}`, 'configured/fails-for-work'],
        [30, `alert resolved: ${what}`, 'configured/fails-for-work'],
      ]);
    } finally {
      logs.end();
    }
  });

  if (kind === 'embedded') return;

  it('show in every process what was acknowledged in one', async () => {
    const one = await start();
    const two = await start({ on: one.timonel.environment });
    await one.work();
    const [here] = (await one.view('/metrics/alerts/active')).alerts.filter(({ name }: Body) => name === 'RateLimitHits');
    expect((await one.timonel.call('POST', `/metrics/alerts/${here.fingerprint}/acknowledge`)).status).toBe(200);
    const [there] = (await two.view('/metrics/alerts/active')).alerts.filter(({ name }: Body) => name === 'RateLimitHits');
    expect(there).toMatchObject({ fingerprint: here.fingerprint, acknowledgement: { by: expect.stringMatching(/^api-key:/) } });
  });
});

/** Every single value with the way to it; members of lists by their names. */
function flat(path: string, value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((each, index) => flat(`${path}.${nameOf(each) ?? index}`, each));
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, each]) => flat(`${path}.${name}`, each));
}

function nameOf(value: Body): string | undefined {
  return value?.sli ?? (typeof value?.window === 'string' && value.events !== undefined ? value.window : value?.name);
}
