/** `timonel smoke` against a system that works, and against one that does not; `timonel clean` takes away what it made. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booking } from '../../agents/booking/agent.ts';
import { writeCredentials } from '../../src/cli/credentials.ts';
import { commandHere } from '../command.ts';
import { scriptedModel } from '../scripted-model.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

interface Round {
  status: string;
  flows: { name: string; status: string; said: string }[];
}

const silent = { name: 'silent', version: '1.0.0', description: 'd', prompt: 'p', tools: [], policy: [], handOff: false };

describe.each(storeKinds)('timonel smoke (%s)', (kind) => {
  let at: TestTimonel;
  let home: string;
  beforeAll(async () => {
    at = await startTimonel(kind, { agents: [booking] });
    home = at.environment['TIMONEL_HOME'] ?? '';
    writeCredentials(home, { url: await at.timonel.listen(), apiKey: at.apiKey });
  });
  afterAll(() => at.close());

  /** Conversations whose person is known. Without the person their rows stay, to count by. */
  const known = async () =>
    (await at.timonel.store.pool.executeText<{ id: string }>('SELECT id FROM conversations WHERE contact IS NOT NULL')).map(
      ({ id }) => id,
    );
  const smoke = async (...options: string[]) => {
    const { code, out, err } = await commandHere(home, 'smoke')('--json', ...options);
    return { code, err, round: JSON.parse(out) as Round };
  };

  it('goes through all flows, books and cancels, and leaves nothing', async () => {
    const { code, round, err } = await smoke('--write');
    expect(round.flows.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'services pass',
      'strangers pass',
      'flags pass',
      'turns pass',
      'telemetry pass',
      'booking pass',
      'policy denial pass',
      'fallback skipped',
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(round.flows[5]?.said).toMatch(/booked \([A-Z0-9]{6}\) and cancelled/);
    expect(await known()).toEqual([]);
  });

  it('leaves what it made where it is asked to, and clean takes it away', async () => {
    await smoke('--keep');
    const other = await at.converse('booking', { email: 'ana@example.com' });
    const made = await known();
    const clean = commandHere(home, 'clean');
    expect((await clean('--test-data', '--dry-run')).out).toMatch(/^Would erase \d+ rows: .*\d of conversations/);
    expect(await known()).toEqual(made);
    expect((await clean('--test-data')).out).toMatch(/^Erased \d+ rows/);
    expect((await clean('--test-data')).out).toBe('There is no test data.\n');
    expect(await known()).toEqual([other]);
    expect(await clean()).toMatchObject({ code: 2, err: expect.stringContaining('--test-data') });
  });

  it('has an answer without a model where there is one, and removes the key and the budget that it takes', async () => {
    const withModel = await startTimonel(kind, { agents: [booking], models: { default: scriptedModel(() => 'Soy un modelo.') } });
    try {
      const itsHome = withModel.environment['TIMONEL_HOME'] ?? '';
      writeCredentials(itsHome, { url: await withModel.timonel.listen(), apiKey: withModel.apiKey });
      const { out } = await commandHere(itsHome, 'smoke')();
      expect(out).toMatch(/^pass +turns +booking: "Soy un modelo\."/m);
      expect(out).toMatch(/^pass +fallback +Without a model booking says "¡Hola!/m);
      const { budgets } = (await withModel.call<{ budgets: unknown[] }>('GET', '/api/v1/budgets')).body;
      const { apiKeys } = (
        await withModel.call<{ apiKeys: { name: string; revokedAt: string | null }[] }>('GET', '/api/v1/api-keys')
      ).body;
      expect(budgets).toEqual([]);
      expect(apiKeys.filter(({ name, revokedAt }) => name.startsWith('smoke') && revokedAt === null)).toEqual([]);
    } finally {
      await withModel.close();
    }
  });

  it('fails where an agent cannot answer, and says which', async () => {
    // One has no model, the other nothing else.
    const hotel = { ...silent, name: 'hotel', model: 'talking' };
    const broken = await startTimonel(kind, { agents: [silent, hotel], models: { talking: scriptedModel(() => 'Bien.') } });
    try {
      const brokenHome = broken.environment['TIMONEL_HOME'] ?? '';
      writeCredentials(brokenHome, { url: await broken.timonel.listen(), apiKey: broken.apiKey });
      const { code, out } = await commandHere(brokenHome, 'smoke')();
      expect(code).toBe(1);
      expect(out).toMatch(/^fail +turns +silent: the run /m);
      expect(out).toMatch(/^fail +fallback +hotel had no answer without a model: /m);
      expect(out).toMatch(/^skipped +booking /m);
    } finally {
      await broken.close();
    }
  });
});
