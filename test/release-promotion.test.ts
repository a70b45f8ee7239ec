import { afterAll, describe, expect, it } from 'vitest';
import { verifyChain } from '../src/identity/audit/verify.ts';
import { makeCollection, putDocument } from './knowledge-client.ts';
import { type Body, startReleases } from './releases.ts';
import { storeKinds } from './stores.ts';
import type { TestTimonel } from './timonel.ts';

/** Turns as the record has them once they ended: more than a test could have in time. */
const insertTurns = `
  WITH people AS (
    SELECT gen_random_uuid() AS id, gen_random_uuid() AS run, md5(person::text) AS unit, person % 2 = 0 AS taken, person
    FROM generate_series(1, $3) person
  ), begun AS (
    INSERT INTO conversations (id, workspace_id, agent, agent_version, arm, release, unit, weight, channel, last_turn)
    SELECT id, 'default', 'notes', 'x', CASE WHEN taken THEN 'canary' ELSE 'stable' END, $1, unit, 0.5, 'api', 1 FROM people
  )
  INSERT INTO runs (id, workspace_id, conversation_id, turn, agent, agent_version, arm, release, status, outcome, usage, first_event_ms, finished_at)
  SELECT run, 'default', id, 1, 'notes', 'x', CASE WHEN taken THEN 'canary' ELSE 'stable' END, $1, 'finished', 'replied',
    jsonb_build_object('modelCalls', 1, 'inputTokens', 1, 'outputTokens', 1,
      'cost', 0.01 * (1 + (person * 7919 % 100) / 500.0) * CASE WHEN taken THEN $2::float8 ELSE 1 END),
    100 + person % 50, now()
  FROM people`;

describe.each(storeKinds)('a release that nobody looks after (%s)', (kind) => {
  const running: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const each of running) await each.close();
  });

  async function started(costs: number, plan: object = {}, before: (timonel: TestTimonel) => Promise<unknown> = async () => {}) {
    let hours = 0;
    const timonel = await startReleases(kind, { now: () => new Date(Date.now() + hours * 3_600_000) });
    running.push(timonel);
    await before(timonel);
    const steps = [
      { percentage: 50, bakeMinutes: 1 },
      { percentage: 100, bakeMinutes: 0 },
    ];
    const { id, canary } = await timonel.release({ prompt: 'You are POLITE.' }, { steps, ...plan });
    const pass = async () => {
      await timonel.timonel.store.pool.executeText(insertTurns, [id, costs, 4_000]);
      for (let look = 0; look < 4; look++) {
        await timonel.look();
        hours++;
      }
    };
    return { ...timonel, id, canary, pass };
  }

  it('is promoted once it is shown to be as good, and its entry in the audit log has the numbers', async () => {
    const { pass, show, id, canary, meet, call, timonel } = await started(1);
    await pass();
    expect(await show(id)).toMatchObject({ status: 'promoted', standing: { verdict: 'promote' } });
    expect(await meet(1)).toMatchObject({ agentVersion: canary, arm: 'stable' });
    const { body } = await call<Body>('GET', `/api/v1/releases/${id}/history`);
    expect(body.entries.at(-1)).toMatchObject({
      action: 'release-promoted',
      by: 'system',
      details: {
        forced: false,
        evidence: { metrics: { success: { finding: 'pass', canary: { turns: 2_000 } }, cost: { finding: 'pass' } } },
      },
    });
    expect(await timonel.store.pool.executeText('SELECT FROM release_units')).toHaveLength(0);
    expect(await verifyChain(timonel.store.pool, timonel.identity.audit, 'default')).toMatchObject({ intact: true });
  });

  it('is held where a collection that it names became worse, and not promoted before that was looked at', async () => {
    const rules = Array.from(
      { length: 8 },
      (_, at) => `## Regla ${at}\n\nEn la sala ${'abcdefgh'[at]}${'abcdefgh'[at]}${at}z se puede jugar.`,
    );
    const questions = rules.map((_, at) => ({
      question: `¿qué hay en la sala ${'abcdefgh'[at]}${'abcdefgh'[at]}${at}z?`,
      relevant: [`${at}.md`],
    }));
    const evaluate = (timonel: TestTimonel) =>
      timonel.call<Body>('POST', '/api/v1/knowledge/collections/house/evaluations', { questions });
    const fill = async (timonel: TestTimonel) => {
      await makeCollection(timonel, 'house', { language: 'es' });
      for (const [at, text] of rules.entries()) await putDocument(timonel, 'house', `${at}.md`, text);
      expect((await evaluate(timonel)).body.figures).toMatchObject({ mrr: 1 });
    };
    const { pass, show, id, post, look, ...timonel } = await started(1, { collections: ['house'] }, fill);
    await pass();
    const waiting = await show(id);
    expect(waiting).toMatchObject({
      status: 'running',
      standing: { verdict: 'inconclusive', collections: [{ verdict: 'missing' }] },
    });
    expect(waiting.standing.reason).toContain('no two evaluations of the same questions');
    for (let at = 0; at < 7; at++) await timonel.call('DELETE', `/api/v1/knowledge/collections/house/documents?key=${at}.md`);
    await evaluate(timonel);
    await look();
    expect(await show(id)).toMatchObject({
      status: 'running',
      standing: { verdict: 'hold', collections: [{ collection: 'house', verdict: 'worse', better: 0, worse: 7, p: 0.0156 }] },
    });
    expect(await post(`/api/v1/releases/${id}/promote`)).toMatchObject({
      status: 409,
      body: { code: 'release_unproven', detail: expect.stringContaining('"house" became worse') },
    });
    // As good as before again: nothing is in the way.
    for (const [at, text] of rules.entries()) await putDocument(timonel, 'house', `${at}.md`, text);
    await evaluate(timonel);
    await look();
    expect(await show(id)).toMatchObject({ status: 'promoted' });
  });

  it('is rolled back when it costs a third more', async () => {
    const { pass, show, id } = await started(1.33);
    await pass();
    const ended = await show(id);
    expect(ended).toMatchObject({
      status: 'rolled-back',
      standing: { metrics: { cost: { finding: 'fail' }, success: { stable: { events: 0 } } } },
    });
    expect(ended.standing.metrics.cost.estimate.ratio).toBeCloseTo(1.33, 2);
  });
});
