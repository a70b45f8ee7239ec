import { afterAll, describe, expect, it } from 'vitest';
import { type Body, startReleases } from './releases.ts';
import { storeKinds } from './stores.ts';

/** What a call of the scripted model costs with these: 100 tokens in, 20 out. */
const prices = { default: { input: 10, output: 50 } };
const callDollars = 0.002;

describe.each(storeKinds)('shadow traffic (%s)', (kind) => {
  const running: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const each of running) await each.close();
  });

  async function started(shadow: object, changes: object) {
    const timonel = await startReleases(kind, { project: { prices } });
    running.push(timonel);
    const { id } = await timonel.release(changes, { shadow, steps: [{ percentage: 1, bakeMinutes: 0 }] });
    /** Says something to the stable version, and waits until the canary has rehearsed it. */
    const say = async (text: string) => {
      const conversation = await timonel.converse('notes');
      const turn = await timonel.say(conversation, text);
      await timonel.timonel.shadows.settle(10_000);
      return turn;
    };
    const report = async (query = '') => (await timonel.call<Body>('GET', `/api/v1/releases/${id}/shadows${query}`)).body;
    const files = async () => (await timonel.timonel.store.pool.executeText('SELECT content FROM files')).length;
    return { ...timonel, id, say, report, files };
  }

  it('has the canary answer unseen, makes no write of it, and shows both side by side', async () => {
    const { say, report, files, id, show } = await started({ share: 1, dollars: 1 }, { prompt: 'You are POLITE.' });
    const turn = await say('Guardá: leche');
    expect(turn).toMatchObject({ run: { arm: 'stable' }, reply: { text: 'Hecho.' } });
    expect(await files()).toBe(1);
    await say('Hola');
    const found = await report();
    expect(found).toMatchObject({ turns: 2, sameOutcome: 2, sameCalls: 2, ended: null });
    expect(found.dollars).toBeCloseTo(3 * callDollars);
    expect(found.comparisons).toMatchObject([
      { text: 'Hola', stable: { reply: 'Bien.' }, canary: { reply: 'Muy bien, gracias.', calls: [] } },
      {
        runId: turn.run.id,
        stable: { reply: 'Hecho.', calls: [{ tool: 'add_note', status: 'completed' }] },
        canary: { reply: 'Hecho.', calls: [{ tool: 'add_note', status: 'completed', output: { stored: 'leche' } }] },
      },
    ]);
    expect(await report('?different=true')).toMatchObject({ comparisons: [] });
    // It is evidence for people, not for the statistics.
    expect((await show(id)).standing).toBeNull();
  });

  it('shows where the canary would have done something else, and does not do it', async () => {
    const { say, report, files } = await started({ share: 1, dollars: 1 }, { prompt: 'You are EAGER.' });
    await say('Hola');
    expect(await files()).toBe(0);
    expect(await report('?different=true')).toMatchObject({
      sameCalls: 0,
      comparisons: [{ stable: { calls: [] }, canary: { calls: [{ tool: 'add_note', status: 'failed' }] } }],
    });
  });

  it('spends what the plan gives and no more, as an agent of its own', async () => {
    const { say, report } = await started({ share: 1, dollars: callDollars * 1.5 }, { prompt: 'You are POLITE.' });
    for (let turn = 0; turn < 4; turn++) await say('Hola');
    const found = await report();
    expect(found.turns).toBe(2);
    expect(found.ended).toContain('are spent');
  });

  it('mirrors nothing where nobody asked for it', async () => {
    const { say, report, model } = await started({ share: 0, dollars: 1 }, { prompt: 'You are POLITE.' });
    await say('Hola');
    expect(model.asked).toHaveLength(1);
    expect(await report()).toMatchObject({ turns: 0 });
  });
});

describe('shadow traffic without prices', () => {
  it('stops after the first turn, because the limit of money could not be kept', async () => {
    const timonel = await startReleases('embedded');
    const plan = { shadow: { share: 1, dollars: 1 }, steps: [{ percentage: 1, bakeMinutes: 0 }] };
    const { id } = await timonel.release({ prompt: 'You are POLITE.' }, plan);
    for (let turn = 0; turn < 3; turn++) {
      await timonel.say(await timonel.converse('notes'), 'Hola');
      await timonel.timonel.shadows.settle(10_000);
    }
    const { body } = await timonel.call<Body>('GET', `/api/v1/releases/${id}/shadows`);
    expect(body).toMatchObject({ turns: 1, ended: expect.stringContaining('price') });
    await timonel.close();
  });
});
