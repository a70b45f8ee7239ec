/** What calls cost, by agent, model, user, key, day and workspace: the same money as runs and budgets have. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCredentials } from '../../src/cli/credentials.ts';
import { defaultWorkspace } from '../../src/main.ts';
import { commandHere } from '../command.ts';
import { newPerson } from '../identity/people.ts';
import { notes } from '../notes-agent.ts';
import { scriptedModel } from '../scripted-model.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

interface Row {
  name: string | null;
  calls: number;
  tokens: number;
  money: number;
  unpriced: number;
}

describe.each(storeKinds)('timonel costs (%s)', (kind) => {
  let at: TestTimonel;
  let home: string;
  beforeAll(async () => {
    at = await startTimonel(
      kind,
      {
        agents: [notes, { ...notes, name: 'free', model: 'free' }],
        models: { default: scriptedModel(() => 'Bien.'), free: scriptedModel(() => 'Bien.') },
        prices: { 'project/default': { input: 3, output: 15 } },
      },
      // Two in the morning in Buenos Aires, where the workspace is: in UTC it is the same day, an hour before midnight there it is not.
      { now: () => new Date('2026-11-21T02:30:00Z') },
    );
    home = at.environment['TIMONEL_HOME'] ?? '';
    writeCredentials(home, { url: await at.timonel.listen(), apiKey: at.apiKey });
  });
  afterAll(() => at.close());

  const costs = async (query: string) => (await at.call<{ costs: Row[]; total: Row }>('GET', `/api/v1/costs${query}`)).body;

  it('adds up to what runs and budgets say, to the nano-dollar', async () => {
    await at.call('PUT', '/api/v1/budgets', { scope: 'agent', subject: 'notes', period: 'day', money: 100 });
    let told = 0;
    for (const text of ['uno', 'dos', 'tres']) {
      const { run } = await at.say(await at.converse('notes'), text);
      expect(run.outcome).toBe('replied');
      told += run.usage?.cost ?? Number.NaN;
    }
    const { total, costs: byAgent } = await costs('?by=agent');
    // 100 tokens in and 20 out a call.
    expect(byAgent).toEqual([{ name: 'notes', calls: 3, tokens: 360, money: 0.0018, unpriced: 0 }]);
    expect(total.money).toBeCloseTo(told, 12);
    // Budgets are stored about a second later.
    const spent = async () =>
      (await at.call<{ budgets: { uses: { spent: object }[] }[] }>('GET', '/api/v1/budgets')).body.budgets[0]?.uses[0]?.spent;
    await expect.poll(spent, { timeout: 20_000 }).toEqual({ money: total.money, tokens: total.tokens });
  });

  it('groups by model, day of the workspace, user and workspace, and counts calls without a price apart', async () => {
    const { id: ana, headers } = await newPerson(at, { role: 'operator' });
    const conversation = await at.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'free' }, headers);
    await at.call('POST', `/api/v1/conversations/${conversation.body.id}/messages`, { text: 'hola' }, headers);
    expect((await costs('?by=model')).costs.map(({ name, unpriced }) => [name, unpriced])).toEqual([
      ['project/default', 0],
      ['project/free', 1],
    ]);
    expect((await costs('?by=day')).costs.map(({ name, calls }) => [name, calls])).toEqual([['2026-11-20', 4]]);
    expect((await costs('?by=user')).costs).toContainEqual(expect.objectContaining({ name: ana, calls: 1 }));
    const all = await at.call<{ costs: Row[] }>('GET', '/api/v1/costs/workspaces');
    expect(all.body.costs).toMatchObject([{ name: defaultWorkspace, calls: 4 }]);
    await at.call('POST', '/api/v1/privacy/erase', { userId: ana });
    expect((await costs('?by=user')).costs).toEqual([expect.objectContaining({ name: null, calls: 4 })]);
  });

  it('limits turns of agents by the budget of the user who asks', async () => {
    const { id, headers } = await newPerson(at, { role: 'operator' });
    await at.call('PUT', '/api/v1/budgets', { scope: 'user', subject: id, period: 'day', tokens: 1 });
    const { body } = await at.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'notes' }, headers);
    const turn = await at.call<{ run: { outcome: string } }>(
      'POST',
      `/api/v1/conversations/${body.id}/messages`,
      { text: 'hola' },
      headers,
    );
    expect(turn.body.run.outcome).toBe('failed');
    const { run } = await at.say(await at.converse('notes'), 'hola');
    expect(run.outcome).toBe('replied');
  });

  it('is a command', async () => {
    const command = commandHere(home, 'costs');
    expect((await command('--by', 'agent')).out).toMatch(/^agent .*US dollars.*\nnotes +4 +480 +0\.002400/);
    expect(await command('--by', 'weather')).toMatchObject({ code: 2, err: expect.stringContaining('agent, model') });
    expect(await command('--since', 'yesterday')).toMatchObject({ code: 2, err: expect.stringContaining('2026-11-01') });
    expect(await command('--since', '2027-01-01')).toMatchObject({ code: 1, err: expect.stringContaining('before "until"') });
  });
});
