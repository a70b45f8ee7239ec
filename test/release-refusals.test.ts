import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, startReleases } from './releases.ts';

describe('a release that cannot be', () => {
  let timonel: Awaited<ReturnType<typeof startReleases>>;
  beforeAll(async () => {
    timonel = await startReleases('embedded');
  });
  afterAll(() => timonel.close());

  const make = (body: object) => timonel.post('/api/v1/releases', { agent: 'notes', ...body });
  const config = (body: object, headers = {}) => timonel.post('/metrics/canary/config', body, headers);

  it('says what would have worked when it is made', async () => {
    const refusals: [object, number, string][] = [
      [{ agent: 'nobody', changes: { prompt: 'x' } }, 404, 'There are: notes'],
      [{ changes: {} }, 400, 'already'],
      [{ changes: { codeVersion: '9.9.9' } }, 400, 'There is: 1.0.0'],
      [{ changes: { tools: ['add_note', 'fly'] } }, 400, 'It has: add_note'],
      [{ changes: { policy: [] } }, 400, 'policy'],
      [{ changes: { prompt: '' } }, 400, 'prompt'],
      [{ changes: { prompt: 'x' }, plan: { steps: [{ percentage: 0, bakeMinutes: 1 }] } }, 400, 'must be above 0'],
      [{ changes: { prompt: 'x' }, plan: { steps: [{ percentage: 101, bakeMinutes: 1 }] } }, 400, 'at most 100'],
      [
        { changes: { prompt: 'x' }, plan: { steps: [25, 10].map((percentage) => ({ percentage, bakeMinutes: 1 })) } },
        400,
        'above the 25 percent',
      ],
      [{ changes: { prompt: 'x' }, plan: { strategy: 'coin' } }, 400, 'plan.strategy'],
      [{ changes: { prompt: 'x' }, plan: { strategy: 'geographic' } }, 400, 'rule on the region'],
      [{ changes: { prompt: 'x' }, plan: { eligibility: [{ attribute: 'region' }] } }, 400, 'either "in" or "notIn"'],
      [{ changes: { prompt: 'x' }, plan: { margin: { success: 0.5 } } }, 400, 'plan.margin.success'],
    ];
    for (const [body, status, detail] of refusals) {
      const answer = await make(body);
      expect([body, answer.status, answer.body.detail]).toEqual([body, status, expect.stringContaining(detail)]);
    }
  });

  it('is told from another one, by its state, its revision and its share', async () => {
    expect(await config({ percentage: 20 })).toMatchObject({ status: 404, body: { code: 'release_not_found' } });
    const { id, revision } = await timonel.release({ prompt: 'You are POLITE.' });
    const other = (await make({ changes: { prompt: 'Another one.' } })).body;
    expect(await timonel.post(`/api/v1/releases/${other.id}/start`)).toMatchObject({
      status: 409,
      body: { code: 'release_running', detail: expect.stringContaining(id) },
    });
    expect(await timonel.post(`/api/v1/releases/${id}/start`)).toMatchObject({ status: 409, body: { code: 'release_state' } });
    expect(await timonel.post(`/api/v1/releases/${id}/promote`)).toMatchObject({ status: 409, body: { code: 'release_unproven' } });
    expect(await timonel.post(`/api/v1/releases/${id}/promote`, { force: true })).toMatchObject({ status: 400 });

    for (const percentage of [0, -1, 100, 1_000, '20', null]) {
      expect([percentage, (await config({ percentage })).status]).toEqual([percentage, 400]);
    }
    expect(await config({ strategy: 'coin' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('percentage, workspace') },
    });
    expect(await config({ strategy: 'user_id' })).toMatchObject({ status: 409, body: { code: 'release_state' } });
    expect(await config({ percentage: 5 })).toMatchObject({ status: 409, body: { detail: expect.stringContaining('only grows') } });
    expect(await config({ percentage: 20, weight: 0.2 })).toMatchObject({ status: 400 });
    expect(await config({ agent: 'booking', percentage: 20 })).toMatchObject({ status: 404 });

    // What would be, and nothing of it is.
    const dry = await config({ weight: 0.2, dryRun: true });
    expect(dry).toMatchObject({ status: 200, body: { percentage: 20, weight: 0.2, dryRun: true } });
    expect(await timonel.show(id)).toMatchObject({ percentage: 10, revision });
    const changed = await config({ weight: 0.2 }, { 'if-match': `"${revision}"` });
    expect(changed).toMatchObject({
      status: 200,
      body: { percentage: 20, revision: revision + 1 },
      headers: { etag: `"${revision + 1}"` },
    });
    const stale = await config({ weight: 0.3 }, { 'if-match': `"${revision}"` });
    expect(stale).toMatchObject({
      status: 412,
      body: { code: 'version_conflict', detail: expect.stringContaining(String(revision + 1)) },
    });
    expect(await config({ weight: 0.3 }, { 'if-match': 'new' })).toMatchObject({ status: 400 });

    // Switched off, everybody who comes gets the stable version; the share stays.
    expect(await config({ enabled: false })).toMatchObject({ status: 200, body: { enabled: false, percentage: 20 } });
    const met = await Promise.all(Array.from({ length: 20 }, (_, person) => timonel.meet(person)));
    expect(new Set(met.map(({ arm }) => arm))).toEqual(new Set(['stable']));
    expect(await timonel.call<Body>('GET', '/metrics/canary/status')).toMatchObject({
      body: { enabled: false, releases: [{ id, weight: 0.2 }] },
    });

    const ended = await timonel.post(`/api/v1/releases/${id}/rollback`, { reason: 'Enough.' });
    expect(ended).toMatchObject({ status: 200, body: { status: 'rolled-back', reason: 'Enough.' } });
    expect(await timonel.post(`/api/v1/releases/${id}/rollback`, { reason: 'Again.' })).toMatchObject({ status: 409 });
    expect(await timonel.history(id)).toEqual([
      'release-created',
      'release-started',
      'release-changed',
      'release-changed',
      'release-rolled-back',
    ]);
    // Where another one was in the way it can begin now.
    expect(await timonel.post(`/api/v1/releases/${other.id}/start`)).toMatchObject({ status: 200 });
    expect(await timonel.post(`/api/v1/releases/${other.id}/ramp`)).toMatchObject({
      status: 200,
      body: { percentage: 25, step: 1 },
    });
  });

  it('takes no part of whom it does not know, or whom its rules leave out', async () => {
    const [current] = (await timonel.call<Body>('GET', '/api/v1/releases?status=running')).body.releases;
    await timonel.post(`/api/v1/releases/${current.id}/rollback`, { reason: 'Another one.' });
    const eligibility = [{ attribute: 'channel', in: ['whatsapp'] }];
    await timonel.release({ prompt: 'You are POLITE.' }, { eligibility, steps: [{ percentage: 99, bakeMinutes: 0 }] });
    const begin = async (body: object) => (await timonel.post('/api/v1/conversations', { agent: 'notes', ...body })).body;
    expect(await begin({ channel: 'whatsapp' })).toMatchObject({ arm: 'stable', release: null });
    expect(await begin({ channel: 'api', contact: { phone: '+54 9 351 234-5678' } })).toMatchObject({
      arm: 'stable',
      release: null,
    });
    expect(await begin({ channel: 'whatsapp', contact: { phone: '+54 9 351 234-5678' } })).toMatchObject({
      release: expect.any(String),
    });
  });
});
