import { afterAll, describe, expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { type Body, startReleases } from './releases.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';

const code = (version: string, prompt = 'You keep notes.') => ({ ...notes, version, prompt });

describe.each(storeKinds)('the version of a conversation (%s)', (kind) => {
  const removals: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const remove of removals) await remove();
  });

  /** The same store, with one code after the other. */
  async function house() {
    const { environment, remove } = await freshStoreEnvironment(kind);
    removals.push(remove);
    return (...agents: (typeof notes)[]) => startReleases(kind, { environment, project: { agents } });
  }

  it('is another code, where the project has the agent in several versions, and outlives a restart', async () => {
    const open = await house();
    const first = await open(code('1.0.0'), code('1.1.0', 'You are POLITE.'));
    const { id, canary } = await first.release({ codeVersion: '1.1.0' }, { steps: [{ percentage: 99, bakeMinutes: 0 }] });
    expect(canary).toMatch(/^1\.1\.0\+/);
    const conversation = await first.converse('notes', { phone: '+54 9 351 234-5678' });
    expect((await first.say(conversation, 'Hola')).reply.text).toBe('Muy bien, gracias.');
    await first.post(`/api/v1/releases/${id}/rollback`, { reason: 'Enough.' });
    await first.close(false);

    const second = await open(code('1.0.0'), code('1.1.0', 'You are POLITE.'));
    // Rolled back without a tripwire: it goes on with what it began with.
    expect(await second.say(conversation, 'Hola')).toMatchObject({
      run: { agentVersion: canary },
      reply: { text: 'Muy bien, gracias.' },
    });
    const { body } = await second.call<Body>('GET', '/api/v1/agents/notes/versions');
    expect(body.versions.map(({ codeVersion }: Body) => codeVersion).sort()).toEqual(['1.0.0', '1.1.0']);
    await second.close(false);
  });

  it('becomes the one in force where its code is gone, and what was promoted as data is put over the new code', async () => {
    const open = await house();
    const first = await open(code('1.0.0'));
    const before = await first.converse('notes');
    expect(await first.say(before, 'Hola')).toMatchObject({ run: { agentVersion: expect.stringMatching(/^1\.0\.0\+/) } });
    const { id } = await first.release({ prompt: 'You are POLITE.' });
    await first.post(`/api/v1/releases/${id}/promote`, { force: true, reason: 'It is only a greeting.' });
    await first.close(false);

    const second = await open(code('2.0.0', 'Something new.'));
    const now = await second.say(await second.converse('notes'), 'Hola');
    expect(now).toMatchObject({
      run: { agentVersion: expect.stringMatching(/^2\.0\.0\+/) },
      reply: { text: 'Muy bien, gracias.' },
    });
    const moved = await second.say(before, 'Hola');
    expect(moved.run.agentVersion).toBe(now.run.agentVersion);
    expect((await second.call<Body>('GET', `/api/v1/conversations/${before}`)).body.agentVersion).toBe(now.run.agentVersion);
    await second.close(false);
  });
});

it('does not start with two of one name and one version', async () => {
  await expect(
    startReleases('embedded', { project: { agents: [code('1.0.0'), code('1.0.0', 'Another one.')] } }),
  ).rejects.toMatchObject({
    code: 'config_invalid',
  });
});
