import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPerson } from './identity/people.ts';
import { startReleases } from './releases.ts';
import { storeKinds } from './stores.ts';

describe.each(storeKinds)('feedback (%s)', (kind) => {
  let timonel: Awaited<ReturnType<typeof startReleases>>;
  beforeAll(async () => {
    timonel = await startReleases(kind);
  });
  afterAll(() => timonel.close());

  it('is kept once for each who gives it, replaced when given anew, and counted', async () => {
    const { run } = await timonel.say(await timonel.converse('notes'), 'Hola');
    const give = (body: object, headers = {}) => timonel.post(`/api/v1/runs/${run.id}/feedback`, body, headers);
    expect(await give({ rating: -1, comment: 'No me entendió.' })).toMatchObject({
      status: 200,
      body: { runId: run.id, rating: -1 },
    });
    expect(await give({ rating: 1 })).toMatchObject({ status: 200 });
    const rows = await timonel.timonel.store.pool.executeText('SELECT rating, comment FROM run_feedback WHERE run_id = $1', [
      run.id,
    ]);
    expect(rows).toEqual([{ rating: 1, comment: null }]);
    const { body } = await timonel.call<string>('GET', '/metrics/prometheus');
    expect(body).toMatch(/timonel_feedback_total\{[^}]*agent="notes"[^}]*rating="negative"[^}]*\} 1/);

    for (const wrong of [{}, { rating: 2 }, { rating: 'good' }, { rating: 1, comment: '' }, { rating: 1, stars: 5 }]) {
      expect([wrong, (await give(wrong)).status]).toEqual([wrong, 400]);
    }
    const stranger = await newPerson(timonel, { role: 'member' });
    expect(await give({ rating: 1 }, stranger.headers)).toMatchObject({ status: 404, body: { code: 'run_not_found' } });
  });

  it('of people who got the canary holds a release that they find worse', async () => {
    const { id } = await timonel.release({ prompt: 'You are POLITE.' }, { steps: [{ percentage: 50, bakeMinutes: 0 }] });
    const met = await timonel.talk(30);
    const runs = await timonel.timonel.store.pool.executeText<{ id: string; arm: string }>(
      'SELECT id, arm FROM runs WHERE conversation_id = ANY($1::uuid[])',
      [met.map((each) => each.id)],
    );
    for (const run of runs) await timonel.post(`/api/v1/runs/${run.id}/feedback`, { rating: run.arm === 'canary' ? -1 : 1 });
    await timonel.look();
    const { standing, status } = await timonel.show(id);
    expect(standing.metrics.feedback).toMatchObject({ finding: 'fail', stable: { events: 0 } });
    expect({ status, verdict: standing.verdict }).toEqual({ status: 'running', verdict: 'hold' });
    expect(await timonel.history(id)).toEqual(['release-created', 'release-started', 'release-held']);
    // Said once, not with every look.
    await timonel.look();
    expect(await timonel.history(id)).toHaveLength(3);
  });
});
