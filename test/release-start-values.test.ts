import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, startReleases } from './releases.ts';
import { freshStoreEnvironment } from './stores.ts';

describe('what a release begins with', () => {
  let timonel: Awaited<ReturnType<typeof startReleases>>;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment('embedded');
    remove = fresh.remove;
    const settings = { CANARY_PERCENTAGE: '30', CANARY_STRATEGY: 'geographic', CANARY_ENABLED: 'false' };
    const proxies = { TIMONEL_REGION_HEADER: 'X-Region', TIMONEL_TRUSTED_PROXIES: '10.0.0.0/8,::1' };
    timonel = await startReleases('embedded', { environment: { ...fresh.environment, ...settings, ...proxies } });
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });

  it('is what the environment says, where the plan says nothing', async () => {
    const eligibility = [{ attribute: 'region', in: ['AR'] }];
    const release = await timonel.release({ prompt: 'You are POLITE.' }, { eligibility });
    expect(release).toMatchObject({ percentage: 30, enabled: false, plan: { strategy: 'geographic' } });
    expect(release.plan.steps.map((step: Body) => step.percentage)).toEqual([30, 50, 100]);
    expect(await timonel.call('GET', '/metrics/canary/status')).toMatchObject({ body: { enabled: false } });
    expect(await timonel.post('/metrics/canary/config', { enabled: true })).toMatchObject({ body: { enabled: true } });
  });

  it('takes the region from a trusted proxy, and from nobody else', async () => {
    const begin = async (remoteAddress: string, region?: string) => {
      const response = await timonel.timonel.app.inject({
        method: 'POST',
        url: '/api/v1/conversations',
        remoteAddress,
        headers: { authorization: `Bearer ${timonel.apiKey}`, ...(region === undefined ? {} : { 'x-region': region }) },
        payload: { agent: 'notes', contact: { phone: '+54 9 351 234-5678' } },
      });
      return (response.json() as Body).release !== null;
    };
    expect(await begin('10.1.2.3', 'AR')).toBe(true);
    expect(await begin('::1', 'AR')).toBe(true);
    expect(await begin('::ffff:10.1.2.3', 'AR')).toBe(true);
    expect(await begin('10.1.2.3', 'ES')).toBe(false);
    expect(await begin('10.1.2.3')).toBe(false);
    expect(await begin('203.0.113.9', 'AR')).toBe(false);
  });
});
