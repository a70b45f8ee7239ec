import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { booking } from '../agents/booking/agent.ts';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

describe.runIf(storeKinds.includes('postgres') && inject('redisUrl') !== '')(
  'several processes on one PostgreSQL and Redis',
  () => {
    let first: TestTimonel;
    let second: TestTimonel;
    beforeAll(async () => {
      // The answer goes by the message alone: turns of another test may still run.
      const model = scriptedModel(({ prompt }) =>
        JSON.stringify(prompt.at(-1)).includes('Borrá') ? { calls: [{ tool: 'delete_notes', args: { why: 'x' } }] } : 'Bien.',
      );
      const project = { agents: [notes, booking], models: { default: model } };
      first = await startTimonel('postgres', project);
      const environment = { ...first.environment, REDIS_URL: inject('redisUrl') };
      await first.close(false);
      // Both start at the same moment: the migrations and the seed wait for each other.
      [first, second] = await Promise.all([
        startTimonel('postgres', project, { environment }),
        startTimonel('postgres', project, { environment }),
      ]);
    });
    afterAll(async () => {
      await first.close();
      await second.close();
    });

    it('takes messages of one conversation at all of them, one at a time and in order', async () => {
      const conversation = await first.converse('notes');
      const turns = await Promise.all(
        Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? first : second).say(conversation, `m${index}`)),
      );
      expect(turns.every(({ run }) => run.outcome === 'replied')).toBe(true);
      const { body } = await second.call<{ messages: { turn: number; role: string }[] }>(
        'GET',
        `/api/v1/conversations/${conversation}`,
      );
      expect(body.messages.map(({ turn, role }) => `${turn} ${role}`)).toEqual(
        Array.from({ length: 12 }, (_, index) => [`${index + 1} user`, `${index + 1} assistant`]).flat(),
      );
    });

    it('counts what a visitor of a page sends at all of them together', async () => {
      const added = await first.call<{ id: string }>('POST', '/api/v1/channels', {
        channel: 'web',
        name: 'page',
        agent: 'notes',
        settings: { origins: ['https://salon.example.com'] },
      });
      const base = `/api/v1/web/${added.body.id}`;
      const begun = await first.call<{ token: string }>('POST', `${base}/session`, {}, { authorization: undefined });
      const headers = { authorization: `Bearer ${begun.body.token}` };
      const say = async (at: TestTimonel, id: string) =>
        (await at.call('POST', `${base}/messages`, { id, text: 'hola' }, headers)).status;
      await expect.poll(() => say(second, 'message-0'), { timeout: 20_000 }).toBe(202);
      // The same message again is counted too: it is taken for a duplicate, and costs a statement.
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, index) => say(index % 2 === 0 ? first : second, `message-${index}`)),
      );
      expect(answers.filter((status) => status === 202)).toHaveLength(19);
      expect(answers.filter((status) => status === 429)).toHaveLength(11);
    });

    it('answers an approval at another process than the one that asked', async () => {
      const conversation = await first.converse('notes');
      const { run } = await first.say(conversation, 'Borrá');
      const { body } = await second.call<{ approvals: { callId: string }[] }>('GET', `/api/v1/runs/${run.id}`);
      const answered = await second.call('POST', `/api/v1/runs/${run.id}/approvals/${body.approvals[0]?.callId}`, {
        decision: 'reject',
        reason: 'No.',
      });
      expect(answered.status).toBe(200);
      await expect
        .poll(async () => (await first.call('GET', `/api/v1/runs/${run.id}`)).body)
        .toMatchObject({ run: { status: 'finished' } });
    });

    it('says how Redis is, and does not need it', async () => {
      const { body } = await first.call('GET', '/health/ready');
      expect(body).toMatchObject({
        status: 'ok',
        dependencies: expect.arrayContaining([{ name: 'redis', status: 'up', required: false }]),
      });
    });

    it('seeds the sample salon once', async () => {
      const rows = await first.timonel.store.pool.executeText(
        'SELECT name FROM booking_services GROUP BY name HAVING count(*) > 1',
      );
      expect(rows).toEqual([]);
    });
  },
);

describe.runIf(storeKinds.includes('postgres'))('several processes on one PostgreSQL', () => {
  it('answer by a route that one of them changed as soon as they are told', async () => {
    const models = { default: scriptedModel(() => 'Soy el primero.'), other: scriptedModel(() => 'Soy el otro.') };
    const first = await startTimonel('postgres', { agents: [notes], models });
    onTestFinished(() => first.close());
    const second = await startTimonel('postgres', { agents: [notes], models }, { environment: first.environment });
    onTestFinished(() => second.close());
    const told: string[] = [];
    second.timonel.identity.notices.subscribe((notices) => {
      if (notices !== 'anything') told.push(...notices.map(({ kind }) => kind));
    });
    const answer = async () => {
      const { body } = await second.call<{ choices: { message: { content: string } }[] }>('POST', '/v1/chat/completions', {
        model: 'greeting',
        messages: [{ role: 'user', content: 'Hola' }],
      });
      return body.choices?.[0]?.message.content;
    };
    const lead = (model: string) => first.call('PUT', '/api/v1/routes/greeting', { targets: [{ model: `project/${model}` }] });
    for (const [model, text] of [
      ['default', 'Soy el primero.'],
      ['other', 'Soy el otro.'],
    ] as const) {
      told.length = 0;
      expect(await lead(model)).toMatchObject({ status: 200 });
      await expect.poll(() => told).toContain('routes');
      await expect.poll(answer).toBe(text);
    }
    expect((await first.call('DELETE', '/api/v1/routes/greeting')).status).toBe(204);
    await expect.poll(() => second.call('GET', '/api/v1/routes/greeting')).toMatchObject({ body: { route: null } });
  });
});
