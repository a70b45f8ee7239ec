import { afterAll, describe, expect, it } from 'vitest';
import { type Body, startReleases } from './releases.ts';
import { storeKinds } from './stores.ts';

describe.each(storeKinds)('a release (%s)', (kind) => {
  const running: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const each of running) await each.close();
  });

  async function started(options: Parameters<typeof startReleases>[1] = {}) {
    const timonel = await startReleases(kind, options);
    running.push(timonel);
    return timonel;
  }

  it('gives a share of people the new version, keeps each conversation with its own, and everybody the new one once it is promoted', async () => {
    const { release, meet, say, post, show, history, call } = await started();
    const { id, canary, stable } = await release({ prompt: 'You are POLITE.' }, { steps: [{ percentage: 50, bakeMinutes: 0 }] });
    expect(canary).toMatch(/^1\.0\.0\+[0-9a-f]{12}$/);
    const met = await Promise.all(Array.from({ length: 40 }, (_, person) => meet(person)));
    const polite = met.filter(({ arm }) => arm === 'canary');
    expect(polite.length).toBeGreaterThan(8);
    expect(polite.length).toBeLessThan(32);
    for (const { agentVersion } of polite) expect(agentVersion).toBe(canary);
    // The same person gets the same version again.
    for (const [person, before] of met.slice(0, 10).entries()) expect((await meet(person)).arm).toBe(before.arm);

    const [first] = polite;
    const other = met.find(({ arm }) => arm === 'stable');
    if (first === undefined || other === undefined) throw new Error('Both arms were expected.');
    expect(await say(first.id, 'Hola')).toMatchObject({
      run: { agentVersion: canary, arm: 'canary' },
      reply: { text: 'Muy bien, gracias.' },
    });
    expect((await say(other.id, 'Hola')).reply.text).toBe('Bien.');

    // Nobody has shown anything yet.
    expect(await post(`/api/v1/releases/${id}/promote`)).toMatchObject({ status: 409, body: { code: 'release_unproven' } });
    const forced = await post(`/api/v1/releases/${id}/promote`, { force: true, reason: 'The shop asked for it.' });
    expect(forced).toMatchObject({ status: 200, body: { status: 'promoted', reason: 'The shop asked for it.' } });
    expect((await say(other.id, 'Hola')).reply.text).toBe('Bien.');
    expect(await meet(77)).toMatchObject({ agentVersion: canary, arm: 'stable', release: null });
    expect((await show(id)).stable).toBe(stable);
    expect(await history(id)).toEqual(['release-created', 'release-started', 'release-promoted']);
    const versions = await call<Body>('GET', '/api/v1/agents/notes/versions');
    expect(versions.body).toMatchObject({ inForce: canary, code: [stable] });
  });

  it('rolls itself back when the new version fails, with the numbers, and leaves the stable one alone', async () => {
    const { release, talk, look, show, history, meet } = await started();
    const { id, stable } = await release(
      { prompt: 'You are BROKEN.', limits: { toolCalls: 2 } },
      { steps: [{ percentage: 50, bakeMinutes: 0 }] },
    );
    await talk(60);
    await look();
    const ended = await show(id);
    expect(ended).toMatchObject({ status: 'rolled-back', standing: { verdict: 'roll-back' } });
    expect(ended.standing.metrics.success).toMatchObject({ finding: 'fail', stable: { events: 0 } });
    expect(ended.standing.metrics.success.canary.events).toBe(ended.standing.metrics.success.canary.turns);
    expect(ended.reason).toMatch(/\d/);
    expect(await history(id)).toEqual(['release-created', 'release-started', 'release-rolled-back']);
    expect(await meet(7)).toMatchObject({ agentVersion: stable, arm: 'stable', release: null });
  });

  it('rolls back at once when a safety rule refuses a call, and takes open conversations back with their next turn', async () => {
    const { release, talk, look, show, say } = await started();
    const { id, stable } = await release({ prompt: 'You are UNSAFE.' }, { steps: [{ percentage: 50, bakeMinutes: 0 }] });
    const met = await talk(20);
    const moved = met.find(({ arm }) => arm === 'canary');
    if (moved === undefined) throw new Error('A canary was expected.');
    await look();
    expect(await show(id)).toMatchObject({ status: 'rolled-back', reason: expect.stringContaining('safety rule') });
    expect(await say(moved.id, 'Hola')).toMatchObject({ run: { agentVersion: stable, arm: 'stable' }, reply: { text: 'Bien.' } });
  });

  it('rolls back at once when turns of the new version take their process with them, or when it costs more than it may', async () => {
    const plan = { steps: [{ percentage: 50, bakeMinutes: 0 }] };
    const { release, talk, look, show, timonel } = await started();
    const { id } = await release({ prompt: 'You are POLITE.' }, plan);
    // So many that chance gives the canary enough of them.
    await talk(20);
    // As the record has a turn that three processes died of.
    await timonel.store.pool.executeText(`UPDATE runs SET recoveries = 3 WHERE release = $1 AND arm = 'canary'`, [id]);
    await look();
    expect(await show(id)).toMatchObject({
      status: 'rolled-back',
      reason: expect.stringMatching(/^Tripwire: \d+ turn\(s\) of the canary took/),
    });

    const dear = await started({ project: { prices: { default: { input: 10, output: 50 } } } });
    const { id: second } = await dear.release({ prompt: 'You are POLITE.' }, { ...plan, tripwires: { dollars: 0.005 } });
    await dear.talk(30);
    await dear.look();
    expect(await dear.show(second)).toMatchObject({
      status: 'rolled-back',
      reason: expect.stringMatching(/^Tripwire: the canary cost 0\.0\d US dollars/),
    });
  });

  it('holds where nothing is known, counts each turn once whoever looks, and goes on step by step when the time is over', async () => {
    let hours = 0;
    const { release, talk, look, show, timonel } = await started({ now: () => new Date(Date.now() + hours * 3_600_000) });
    const steps = [
      { percentage: 40, bakeMinutes: 1 },
      { percentage: 60, bakeMinutes: 1 },
      { percentage: 100, bakeMinutes: 0 },
    ];
    const { id } = await release({ prompt: 'You are POLITE.' }, { steps, minimumTurns: 2 });
    await look();
    expect(await show(id)).toMatchObject({ status: 'running', standing: { verdict: 'inconclusive' }, percentage: 40 });
    await talk(30);
    await Promise.all([look(), look(), timonel.releases.watch.look()]);
    const counted = (await show(id)).standing.metrics.success;
    expect(counted.stable.turns + counted.canary.turns).toBe(30);
    // Nobody watched while the clock jumped: a minute at most counts, and one that goes back counts for nothing.
    hours = -2;
    await look();
    expect(await show(id)).toMatchObject({ step: 0, percentage: 40, status: 'running' });
    hours = 3;
    await look();
    const gone = await show(id);
    expect([gone.standing.reason, gone]).toMatchObject([expect.any(String), { step: 1, percentage: 60, watchedMinutes: 0 }]);
    hours = 30;
    await look();
    // The minute is over, and thirty turns prove nothing yet: it waits.
    expect(await show(id)).toMatchObject({ step: 1, status: 'running', standing: { verdict: 'inconclusive' } });
  });
});
