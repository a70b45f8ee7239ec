import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { drills } from '../../src/operations/drill/catalogue.ts';
import type { DrillReport } from '../../src/operations/drill/contract.ts';
import { DrillReports } from '../../src/operations/drill/drills.ts';
import { commandHere } from '../command.ts';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel } from '../timonel.ts';
import { played, withouts } from './drills/played.ts';

/** `all`, or their names with commas between them; CI plays those that a start or two of a process are enough for. */
const asked = process.env['TIMONEL_TEST_DRILLS'] ?? 'database-stopped,redis-stopped,models-down,process-killed';
const names = asked === 'all' ? drills.map(({ name }) => name) : asked.split(',');
const kinds = process.env['TIMONEL_TEST_DRILLS'] === undefined ? (['embedded'] as const) : storeKinds;
const longestMs = 900_000;
/** What is not found within this time without its protection is not found. */
const patienceMs = process.env['TIMONEL_TEST_DRILLS'] === undefined ? 6_000 : 30_000;

describe.each(kinds)('a drill on the %s store', (kind) => {
  const databaseUrl = kind === 'postgres' ? inject('postgresUrl') : undefined;
  const where = databaseUrl === undefined ? {} : { databaseUrl };

  it.each(names)(
    '%s passes, and fails where the protection is taken out',
    async (name) => {
      const lacking = await drills.find((drill) => drill.name === name)?.lacks({ databaseUrl });
      const whole = await played(name, where);
      if (lacking !== undefined) {
        expect(whole).toMatchObject({ verdict: 'inconclusive', fault: null, said: expect.stringContaining(lacking) });
        return;
      }
      expect(whole, JSON.stringify(whole, undefined, 2)).toMatchObject({ verdict: 'pass', store: kind, seed: 7 });
      expect(whole.probes.every(({ ok }) => ok)).toBe(true);
      const { only, ...without } = withouts[name] ?? {};
      if (withouts[name] === undefined || (only !== undefined && only !== kind)) return;
      const broken = await played(name, { ...where, without, patienceMs });
      expect(broken, JSON.stringify(broken, undefined, 2)).toMatchObject({ verdict: 'fail' });
    },
    longestMs,
  );
});

it('keeps reports for HTTP and the metrics, and starts a drill only where the settings allow it', async () => {
  const { environment, remove } = await freshStoreEnvironment('embedded');
  const home = environment['TIMONEL_HOME'] ?? '';
  const report = { name: 'models-down', verdict: 'fail', said: 'Something did not hold meanwhile.', seed: 7, store: 'embedded' };
  const rest = { startedAt: '2026-11-20T12:00:00.000Z', milliseconds: 9, fault: 'It was stopped.', recoveryMs: null, probes: [] };
  await new DrillReports(join(home, 'drills')).keep({ ...report, ...rest } as DrillReport);
  type Page = { startable: boolean; underWay: string | null; drills: { name: string; last: { verdict: string } | null }[] };
  const last = ({ drills: all }: Page, name: string) => all.find((each) => each.name === name)?.last?.verdict;
  for (const startable of [false, true]) {
    const at = await startTimonel(
      'embedded',
      { agents: [notes] },
      { environment: { ...environment, TIMONEL_DRILLS: String(startable) } },
    );
    const start = (name: string) => at.call<Page & { code?: string }>('POST', '/api/v1/drills', { name });
    const { body } = await at.call<Page>('GET', '/api/v1/drills');
    expect(body).toMatchObject({ startable, underWay: null });
    expect(body.drills.map(({ name }) => name)).toEqual(drills.map(({ name }) => name));
    expect(last(body, 'models-down')).toBe('fail');
    const metrics = await at.timonel.app.inject('/metrics');
    expect(metrics.body).toContain('timonel_drill_verdict{drill="models-down"} 0');
    // It has no connections to exhaust, and says so without a rehearsal.
    const started = await start('connections-exhausted');
    if (!startable) expect(started).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    else {
      expect(started).toMatchObject({ status: 202, body: { underWay: 'connections-exhausted' } });
      expect(await start('nothing')).toMatchObject({ status: 404 });
      expect(await start('models-down')).toMatchObject({ status: 503, body: { code: 'overloaded' } });
      await expect
        .poll(async () => (await at.call<Page>('GET', '/api/v1/drills')).body, { timeout: 60_000 })
        .toSatisfy((page: Page) => page.underWay === null && last(page, 'connections-exhausted') === 'inconclusive');
    }
    await at.close();
  }
  await remove();
}, 120_000);

it('lists the drills with why one cannot be played here, and knows a name that is nearly right', async () => {
  const drill = commandHere('', 'drill');
  const listed = JSON.parse((await drill('--json')).out) as { name: string; summary: string; lacks: string | null }[];
  expect(listed.map(({ name }) => name)).toEqual(drills.map(({ name }) => name));
  expect(listed.find(({ name }) => name === 'connections-exhausted')?.lacks).toMatch(/Give --database-url/);
  expect(await drill('models-dwon')).toMatchObject({ code: 2, err: expect.stringContaining('models-down') });
  expect(await drill('models-down', '--seed', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('--seed 7') });
});
