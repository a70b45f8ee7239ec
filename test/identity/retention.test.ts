import { expect, it } from 'vitest';
import { notes } from '../notes-agent.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel } from '../timonel.ts';
import { newPerson } from './people.ts';

it.each(storeKinds)('the daily job erases what is older than the settings keep it (%s)', async (kind) => {
  const { environment, remove } = await freshStoreEnvironment(kind);
  let clock = 0;
  const at = await startTimonel(
    kind,
    { agents: [notes] },
    {
      environment: { ...environment, TIMONEL_RETENTION_CONVERSATIONS_DAYS: '30', TIMONEL_RETENTION_AUDIT_DAYS: '30' },
      now: () => new Date(Date.now() + clock),
    },
  );
  const person = await newPerson(at, { role: 'admin' });
  const conversation = await at.converse('notes', { name: 'Inés' });
  await at.say(conversation, 'note that Inés called');
  const texts = async () => JSON.stringify((await at.call('GET', `/api/v1/conversations/${conversation}`)).body);
  const runRetention = async () => {
    const { pool } = at.timonel.store;
    const done = () => pool.executeText(`SELECT 1 FROM pgboss.job WHERE name = 'retention' AND state = 'completed'`);
    const before = (await done()).length;
    await at.timonel.jobs.enqueue('retention', {});
    await expect.poll(async () => (await done()).length, { timeout: 20_000 }).toBe(before + 1);
  };

  await runRetention();
  expect(await texts()).toContain('Inés called');
  // A workspace may keep its conversations for less long than the installation, and not for longer.
  const keep = async (conversationDays: number) => (await at.call('PATCH', '/api/v1/workspace', { conversationDays })).status;
  expect([await keep(31), await keep(10)]).toEqual([400, 200]);
  clock = 11 * 86_400_000;
  await runRetention();
  expect(await texts()).not.toContain('Inés');
  clock = 31 * 86_400_000;
  await runRetention();
  expect(await texts()).not.toContain('Inés');
  clock = 0;
  const { body } = await at.call<{ entries: { personal: unknown }[] }>(
    'GET',
    `/api/v1/audit?actor=${person.id}`,
    undefined,
    person.headers,
  );
  expect(body.entries.map(({ personal }) => personal)).toEqual([null]);
  expect(await at.call('GET', '/api/v1/audit/verification', undefined, person.headers)).toMatchObject({ body: { intact: true } });
  await at.close();
  await remove();
});
